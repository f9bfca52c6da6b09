import { expect, test } from 'vitest'
import { StoppedClock, VirtualClock } from '../../clock/clock.ts'
import { HOUR, SECOND } from '../../clock/moment.ts'
import { FakeSite } from './fake-site.ts'
import { house, MemorySecrets, ORDERS, START } from './house.ts'

class CrashError extends Error {}

/**
 * A process that dies at its `at`-th step: before or after a write, before a request leaves or after
 * its answer came. Dead, it does nothing any more.
 */
class Mortal {
  steps = 0
  dead = false
  readonly #at: number

  constructor(at: number) {
    this.#at = at
  }

  step(): void {
    if (this.dead) throw new CrashError()
    this.steps += 1
    if (this.steps === this.#at) {
      this.dead = true
      throw new CrashError()
    }
  }
}

function mortalHouse(site: FakeSite, secrets: MemorySecrets, clock: VirtualClock, life: Mortal) {
  const http = async (request: Request) => {
    life.step()
    const answer = await site.http(request)
    life.step()
    return answer
  }
  const mortal = {
    async read() {
      if (life.dead) throw new CrashError()
      return secrets.read()
    },
    async write(value: string) {
      life.step()
      await secrets.write(value)
      life.step()
    },
    async clear() {
      life.step()
      await secrets.clear()
    },
  }
  const pause = async () => {
    if (life.dead) throw new CrashError()
    clock.advance(SECOND)
  }
  return house({ site, secrets, clock, ports: { http, secrets: mortal, pause } })
}

const quietly = async (work: () => Promise<unknown>) => {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof CrashError)) throw error
  }
}

/** No token goes out that was not in the store before. */
function watchTokens(site: FakeSite, secrets: MemorySecrets): string[] {
  const unstored: string[] = []
  site.fault = () => 'none'
  const { push } = site.calls
  site.calls.push = (...calls) => {
    for (const { token, attempt } of calls) {
      for (const written of [token, attempt]) {
        if (written !== null && !secrets.history.some((text) => text.includes(written))) {
          unstored.push(written)
        }
      }
    }
    return push.apply(site.calls, calls)
  }
  return unstored
}

const laters = [
  { later: 0, words: 'at once' },
  { later: 5 * SECOND, words: '5 seconds later' },
  { later: 11 * SECOND, words: '11 seconds later' },
  { later: 8 * HOUR, words: '8 hours later' },
]

test.each(laters)(
  'dies at any step of a refresh, comes back $words: still signed in',
  async ({ later }) => {
    let at = 1
    for (; ; at++) {
      const clock = new VirtualClock(new StoppedClock(START))
      const site = new FakeSite(clock)
      const secrets = new MemorySecrets()
      await house({ site, secrets, clock }).engine.signIn()
      clock.advance(2 * HOUR)
      const unstored = watchTokens(site, secrets)
      const life = new Mortal(at)
      const dying = mortalHouse(site, secrets, clock, life)
      await quietly(() => dying.engine.fetch(ORDERS))
      const attemptsBefore = attempts(site)
      clock.advance(later)
      const { engine } = house({ site, secrets, clock })
      expect(await engine.start(), `step ${at}`).toMatchObject({ at: 'signed_in' })
      expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
      expect(site.alive).toHaveLength(1)
      expect(site.alive[0]?.displaced.size, `step ${at}: no successor was lost`).toBe(0)
      expect(site.rotations, `step ${at}: one rotation for each attempt`).toBe(attempts(site))
      expect(attemptsBefore).toBeLessThanOrEqual(1)
      expect(unstored).toEqual([])
      expect(secrets.held.session?.refreshToken).toBe(site.alive[0]?.current)
      if (!life.dead) break
    }
    expect(at).toBeGreaterThan(12)
  },
)

test.each(laters)(
  'dies at any step of a sign-in, comes back $words: signed in or asked again, never half',
  async ({ later }) => {
    let at = 1
    for (; ; at++) {
      const clock = new VirtualClock(new StoppedClock(START))
      const site = new FakeSite(clock)
      const secrets = new MemorySecrets()
      const unstored = watchTokens(site, secrets)
      const life = new Mortal(at)
      const dying = mortalHouse(site, secrets, clock, life)
      await quietly(() => dying.engine.signIn())
      const redeemed = [...site.codes.values()].some((code) => code.redeemed)
      clock.advance(later)
      const { engine } = house({ site, secrets, clock })
      const state = await engine.start()
      // A code that the site has taken is never wasted: its session is found again.
      if (redeemed) expect(state, `step ${at}`).toMatchObject({ at: 'signed_in' })
      expect(['signed_in', 'signed_out']).toContain(state.at)
      expect(secrets.held.session === undefined).toBe(state.at === 'signed_out')
      expect(await engine.signIn()).toEqual({ kind: 'ok' })
      expect(site.devices.size, `step ${at}: one key, one device`).toBe(1)
      expect(site.alive, `step ${at}: no session is left behind`).toHaveLength(1)
      expect(unstored).toEqual([])
      expect(secrets.held.pendingSignIn).toBeUndefined()
      if (!life.dead) break
    }
    expect(at).toBeGreaterThan(20)
  },
)

test('dies at any step of a sign-out: signed out, and the site hears of it', async () => {
  let at = 1
  for (; ; at++) {
    const clock = new VirtualClock(new StoppedClock(START))
    const site = new FakeSite(clock)
    const secrets = new MemorySecrets()
    await house({ site, secrets, clock }).engine.signIn()
    const life = new Mortal(at)
    const dying = mortalHouse(site, secrets, clock, life)
    await quietly(() => dying.engine.signOut())
    const wiped = secrets.held.session === undefined
    const { engine } = house({ site, secrets, clock })
    const state = await engine.start()
    expect(state.at, `step ${at}`).toBe(wiped ? 'signed_out' : 'signed_in')
    expect(site.alive, `step ${at}`).toHaveLength(wiped ? 0 : 1)
    if (!life.dead) break
  }
  expect(at).toBeGreaterThan(4)
})

const attempts = (site: FakeSite): number =>
  new Set(site.calls.filter(({ path }) => path === '/refresh').map(({ attempt }) => attempt)).size
