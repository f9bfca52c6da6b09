import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SystemClock, VirtualClock } from '../../clock/clock.ts'
import { type DueMoment, DueRunner, type DueWork } from '../../clock/due.ts'
import { HOUR, MINUTE, SECOND } from '../../clock/moment.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }))
afterEach(() => void vi.useRealTimers())

class Plan implements DueWork {
  readonly #clock: VirtualClock
  readonly done: string[] = []
  readonly plan: DueMoment[] = []
  runs = 0

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  add(after: number, name: string) {
    this.plan.push({ at: this.#clock.now() + after, name })
  }

  async next() {
    return this.plan.toSorted((a, b) => a.at - b.at)[0]
  }

  async run(now: number) {
    this.runs++
    const ready = this.plan.filter(({ at }) => at <= now)
    for (const one of ready) {
      this.plan.splice(this.plan.indexOf(one), 1)
      this.done.push(one.name)
    }
    return ready
  }
}

function setUp() {
  const clock = new VirtualClock(new SystemClock())
  const plan = new Plan(clock)
  const failures: unknown[] = []
  const runner = new DueRunner(clock, plan, (error) => failures.push(error))
  return { clock, plan, runner, failures }
}

test('real time reaches a due moment: it happens then, not before', async () => {
  const { plan, runner } = setUp()
  plan.add(10 * SECOND, 'retry')
  await runner.run()
  await vi.advanceTimersByTimeAsync(9 * SECOND)
  expect(plan.done).toEqual([])
  await vi.advanceTimersByTimeAsync(SECOND + 1)
  expect(plan.done).toEqual(['retry'])
  await runner.stop()
})

test('the shared clock jumped while it slept: noticed within half a minute', async () => {
  const { clock, plan, runner } = setUp()
  plan.add(5 * HOUR, 'sweep')
  await runner.run()
  clock.advance(6 * HOUR)
  await vi.advanceTimersByTimeAsync(31 * SECOND)
  expect(plan.done).toEqual(['sweep'])
  await runner.stop()
})

test('two who ask at once: one run after the other, never two together', async () => {
  const { plan, runner } = setUp()
  plan.add(0, 'one')
  const [first, second] = await Promise.all([runner.run(), runner.run()])
  expect([...first, ...second].map(({ name }) => name)).toEqual(['one'])
  expect(plan.runs).toBe(2)
  await runner.stop()
})

test('after stop nothing runs any more', async () => {
  const { plan, runner } = setUp()
  plan.add(MINUTE, 'late')
  await runner.run()
  await runner.stop()
  await vi.advanceTimersByTimeAsync(HOUR)
  expect(plan.done).toEqual([])
  expect(await runner.run()).toEqual([])
})

test('work that fails is told, and tried again later', async () => {
  const { plan, runner, failures } = setUp()
  let broken = true
  const run = plan.run.bind(plan)
  plan.run = async (now) => {
    if (broken) throw new Error('no network')
    return run(now)
  }
  plan.add(0, 'delivery')
  runner.poke()
  await vi.advanceTimersByTimeAsync(5 * SECOND + 1)
  // Not a hot loop: once at first, then once a second.
  expect(failures).toHaveLength(6)
  broken = false
  await vi.advanceTimersByTimeAsync(31 * SECOND)
  expect(plan.done).toEqual(['delivery'])
  await runner.stop()
})
