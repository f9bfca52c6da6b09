import { expect, test } from 'vitest'
import { StoppedClock, VirtualClock } from '../../clock/clock.ts'
import { DAY, fromSeconds, SECOND, toSeconds } from '../../clock/moment.ts'
import { Store } from '../../mock-provider/store.ts'

function openStore() {
  const clock = new VirtualClock(new StoppedClock(fromSeconds(1_800_000_000)))
  const store = new Store(clock)
  const at = (policy: string, model: string) => {
    const factory = store.adapterFor(policy)
    if (typeof factory !== 'function') throw new Error('The adapters are made by a function.')
    return factory(model)
  }
  return { clock, store, at, seconds: () => toSeconds(clock.now()) }
}

const A = 'B2C_1_a'
const B = 'B2C_1_b'

test('what became of a token: alive, of another policy, expired on day 15, revoked, never given out', async () => {
  const { clock, store, at, seconds } = openStore()
  const issued = seconds()
  const expires = issued + toSeconds(14 * DAY)
  await at(A, 'RefreshToken').upsert(
    'one',
    { iat: issued, exp: expires, grantId: 'g' },
    14 * 86_400,
  )
  expect(store.fateOf('one', { id: A })).toEqual({ kind: 'alive' })
  expect(store.fateOf('one', { id: B })).toEqual({ kind: 'of-another-policy', policy: A })
  expect(store.fateOf('two', { id: A })).toEqual({ kind: 'unknown' })
  clock.advance(15 * DAY)
  expect(store.fateOf('one', { id: A })).toEqual({ kind: 'expired', issued, expires })
  await at(A, 'RefreshToken').revokeByGrantId('g')
  expect(store.fateOf('one', { id: A })).toEqual({ kind: 'revoked' })
  expect(await at(A, 'RefreshToken').find('one')).toBeUndefined()
})

test('a session is found by its other name too, until it is over or is called another', async () => {
  const { clock, at } = openStore()
  const sessions = at(A, 'Session')
  await sessions.upsert('old', { uid: 'u' }, 60)
  await sessions.destroy('old')
  await sessions.upsert('new', { uid: 'u', accountId: 'alice' }, 60)
  expect(await at(B, 'Session').findByUid('u')).toMatchObject({ accountId: 'alice' })
  expect(await at(A, 'Interaction').findByUid('u')).toBeUndefined()
  clock.advance(61 * SECOND)
  expect(await sessions.findByUid('u')).toBeUndefined()
})

test('of ten thousand used codes the newest are remembered, and no more; what is alive stays', async () => {
  const { store, at, seconds } = openStore()
  const codes = at(A, 'AuthorizationCode')
  const exp = seconds() + 600
  await at(A, 'RefreshToken').upsert('first', { exp }, 600)
  for (let nth = 0; nth < 9_999; nth++) {
    await codes.upsert(`code-${nth}`, { exp }, 600)
    await codes.consume(`code-${nth}`)
  }
  const kindOf = (token: string) => store.fateOf(token, { id: A }).kind
  expect(kindOf('first')).toBe('alive')
  expect(kindOf('code-9998')).toBe('revoked')
  expect(kindOf('code-8000')).toBe('unknown')
})
