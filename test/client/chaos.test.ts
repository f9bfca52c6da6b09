import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoppedClock } from '../../clock/clock.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'
import { FakeSite, type Fault, SkewedClock } from './fake-site.ts'
import { house, MemorySecrets, ORDERS, START } from './house.ts'

const FAULTS = [
  'none',
  'request_lost',
  'answer_lost',
  'unavailable',
  'too_many',
  'portal',
  'portal_json',
  'bad_proof',
] as const satisfies readonly Fault[]

const step = fc.oneof(
  fc.record({ do: fc.constant('use' as const), at_once: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    do: fc.constant('wait' as const),
    for: fc.constantFrom(SECOND, 9 * SECOND, 20 * MINUTE, HOUR, 8 * HOUR, 2 * DAY),
  }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('refresh' as const) }),
  fc.record({ do: fc.constant('wake' as const) }),
  fc.record({
    do: fc.constant('set_wall_clock' as const),
    by: fc.integer({ min: -DAY, max: DAY }),
  }),
)

test('whatever the network does and whenever the app is started: nobody is signed out but by the site', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.array(fc.constantFrom(...FAULTS), { maxLength: 30 }),
      async (steps, faults) => {
        const clock = new SkewedClock(new StoppedClock(START))
        const serverClock = { now: () => clock.now() - clock.skew, elapsed: () => clock.elapsed() }
        const site = new FakeSite(serverClock)
        const secrets = new MemorySecrets()
        let { engine } = house({ site, secrets, clock })
        await engine.signIn()
        const script = [...faults]
        let lastAnswered = serverClock.now()
        site.fault = () => script.shift() ?? 'none'
        for (const one of steps) {
          switch (one.do) {
            case 'use':
              await Promise.allSettled(
                Array.from({ length: one.at_once }, () => engine.fetch(ORDERS)),
              )
              break
            case 'wait':
              // Within the rolling window: nobody is to be signed out by time either.
              if (serverClock.now() + one.for - lastAnswered < 13 * DAY) clock.advance(one.for)
              break
            case 'restart':
              engine = house({ site, secrets, clock }).engine
              await engine.start()
              break
            case 'refresh':
              await engine.refresh()
              break
            case 'wake':
              engine.woke()
              break
            case 'set_wall_clock':
              clock.skew = one.by
              break
          }
          lastAnswered = Math.max(...[...site.sessions.values()].map((s) => s.refreshedAt))
          expect(secrets.held.session).toBeDefined()
          expect(['signed_in', 'offline', 'starting']).toContain(engine.state.at)
          expect(site.alive).toHaveLength(1)
        }
        script.length = 0
        clock.advance(2 * MINUTE)
        expect(await engine.refresh()).toEqual({ kind: 'ok' })
        expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
        expect(site.alive[0]?.displaced.size).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
}, 60_000)

test.each([-DAY, -20 * MINUTE, 20 * MINUTE, DAY])(
  'a wall clock that is %s ms wrong changes nothing',
  async (skew) => {
    const clock = new SkewedClock(new StoppedClock(START))
    const serverClock = { now: () => clock.now() - clock.skew, elapsed: () => clock.elapsed() }
    const site = new FakeSite(serverClock)
    clock.skew = skew
    const { engine } = house({ site, clock })
    expect(await engine.signIn()).toEqual({ kind: 'ok' })
    clock.advance(59 * MINUTE)
    await engine.fetch(ORDERS)
    expect(site.rotations).toBe(0)
    clock.skew = -skew
    await engine.fetch(ORDERS)
    expect(site.rotations).toBe(0)
    clock.advance(2 * MINUTE)
    expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
    expect(site.rotations).toBe(1)
  },
)
