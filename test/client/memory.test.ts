import { expect, test } from 'vitest'
import { StoppedClock, VirtualClock } from '../../clock/clock.ts'
import { HOUR, MINUTE } from '../../clock/moment.ts'
import { house, MemorySecrets, ORDERS, START, signedIn } from './house.ts'

/** A process whose platform keeps a memory for it, signed in; and how the next one begins. */
async function mortal() {
  const memory = new MemorySecrets()
  const first = await signedIn({ ports: { memory } })
  const { site, clock, secrets } = first
  const next = () => house({ site, clock, secrets, ports: { memory } })
  return { ...first, memory, next }
}

test('the process dies and comes back within the hour: it goes on with its token, and refreshes nothing', async () => {
  const { site, clock, next } = await mortal()
  clock.advance(20 * MINUTE)
  const { engine } = next()
  expect(await engine.start()).toMatchObject({ at: 'signed_in', me: { user: { name: 'Ada' } } })
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(site.rotations).toBe(0)
})

test('waking up alone asks nobody anything', async () => {
  const { site, next } = await mortal()
  const before = site.calls.length
  await next().engine.start()
  expect(site.calls.slice(before)).toEqual([])
})

test('it comes back after two hours: one refresh before the first use', async () => {
  const { site, clock, next } = await mortal()
  clock.advance(2 * HOUR)
  const { engine } = next()
  await engine.start()
  const before = site.calls.length
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(site.rotations).toBe(1)
  expect(site.calls.slice(before)).toHaveLength(1)
})

test('minute 30: it dies; minute 61: the hour counts from the token, not from the process', async () => {
  const { site, clock, next } = await mortal()
  clock.advance(30 * MINUTE)
  const { engine } = next()
  await engine.start()
  clock.advance(31 * MINUTE)
  await engine.fetch(ORDERS)
  expect(site.rotations).toBe(1)
})

test('this machine’s clock stands still meanwhile: the service finds the token too old, one refresh, and it goes through', async () => {
  const { site, clock, memory, secrets } = await mortal()
  const stopped = new VirtualClock(new StoppedClock(START))
  clock.advance(2 * HOUR)
  const { engine } = house({ site, secrets, clock: stopped, ports: { memory } })
  await engine.start()
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(site.rotations).toBe(1)
})

test('this machine’s clock was set back: refreshed before use', async () => {
  const { site, secrets, memory } = await mortal()
  const early = new VirtualClock(new StoppedClock(START - HOUR))
  await house({ site, secrets, clock: early, ports: { memory } }).engine.start()
  expect(site.rotations).toBe(1)
})

test('after the computer slept, what waited is not trusted', async () => {
  const { site, next } = await mortal()
  const { engine } = next()
  await engine.start()
  engine.woke()
  await engine.fetch(ORDERS)
  expect(site.rotations).toBe(1)
})

test('a token of another session is not taken up', async () => {
  const { site, memory, next } = await mortal()
  memory.value = JSON.stringify({ ...JSON.parse(memory.value ?? ''), sessionId: 'another' })
  await next().engine.start()
  expect(site.rotations).toBe(1)
})

test.each(['', 'not JSON', '{}', '{"accessToken":1}'])(
  'rubbish that waits there is none: %j',
  async (rubbish) => {
    const { site, memory, next } = await mortal()
    memory.value = rubbish
    expect(await next().engine.start()).toMatchObject({ at: 'signed_in' })
    expect(site.rotations).toBe(1)
  },
)

test('signed out: nothing waits there any more', async () => {
  const { engine, memory, next } = await mortal()
  expect(memory.value).toContain('accessToken')
  await engine.signOut()
  expect(memory.value).toBeUndefined()
  expect(await next().engine.start()).toMatchObject({ at: 'signed_out' })
})

test('it never holds the refresh token', async () => {
  const { memory, secrets } = await mortal()
  const { refreshToken = '' } = secrets.held.session ?? {}
  expect(memory.history.join()).not.toContain(refreshToken)
})

test('a memory that fails costs a refresh, and nobody is signed out', async () => {
  const memory = new MemorySecrets()
  const { site, clock, secrets } = await signedIn({ ports: { memory } })
  memory.read = () => Promise.reject(new Error('gone'))
  memory.write = () => Promise.reject(new Error('gone'))
  const { engine } = house({ site, clock, secrets, ports: { memory } })
  expect(await engine.start()).toMatchObject({ at: 'signed_in' })
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok' })
  expect(site.rotations).toBe(1)
})
