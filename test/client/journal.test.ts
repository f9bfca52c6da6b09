import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeHeld, encodeHeld, type Held } from '../../client/held.ts'
import { Journal } from '../../client/journal.ts'
import { MemorySecrets } from './house.ts'

const noLock = { withLock: <T>(_: string, work: () => Promise<T>) => work() }

const tick = () => new Promise((resolve) => setTimeout(resolve, 0))

class SlowSecrets extends MemorySecrets {
  override async read() {
    await tick()
    return super.read()
  }

  override async write(value: string) {
    await tick()
    await super.write(value)
  }
}

const adds = (token: string) => (held: Held) => ({
  ...held,
  revocations: [...(held.revocations ?? []), token],
})

test('changes of one process never overlap, however slow the keychain is', async () => {
  const journal = new Journal(new SlowSecrets(), noLock, () => {})
  const tokens = ['a', 'b', 'c', 'd', 'e']
  await Promise.all(tokens.map((token) => journal.update(adds(token))))
  expect((await journal.read()).revocations).toEqual(tokens)
})

test('a write that fails changes nothing, and the next one works', async () => {
  const secrets = new MemorySecrets()
  const journal = new Journal(secrets, noLock, () => {})
  await journal.update(adds('a'))
  const write = secrets.write.bind(secrets)
  secrets.write = () => Promise.reject(new Error('Locked.'))
  await expect(journal.update(adds('b'))).rejects.toThrow('Locked.')
  secrets.write = write
  expect((await journal.update(adds('c'))).revocations).toEqual(['a', 'c'])
})

test('a change that changes nothing writes nothing', async () => {
  const secrets = new MemorySecrets()
  const journal = new Journal(secrets, noLock, () => {})
  await journal.update((held) => held)
  expect(secrets.history).toEqual([])
})

test('any text at all is a whole document or none', () => {
  const whole: Held = {
    version: 1,
    device: { jkt: 'k', keep: 'secret', id: 'd' },
    pendingSignIn: {
      state: 's',
      codeVerifier: 'v',
      redirectUri: 'r',
      redeem: { code: 'c', attempt: 'a' },
    },
    session: { id: 'i', refreshToken: 't', attempt: 'a' },
    ended: { reason: 'idle_expired', actor: 'system', at: 1 },
    revocations: ['t'],
  }
  const text = encodeHeld(whole)
  expect(decodeHeld(text)).toEqual(whole)
  for (let end = 0; end < text.length; end++) expect(decodeHeld(text.slice(0, end))).toBeUndefined()
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (noise) => {
      const held = decodeHeld(noise)
      expect(held === undefined || held.version === 1).toBe(true)
    }),
  )
})
