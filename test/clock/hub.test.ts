import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoppedClock } from '../../clock/clock.ts'
import type { DueMoment } from '../../clock/due.ts'
import { ClockHub, type ClockTick } from '../../clock/hub.ts'
import { DAY, HOUR, MINUTE, type Moment, SECOND } from '../../clock/moment.ts'

const START: Moment = Date.UTC(2026, 0, 1)

const newHub = (patience = 10 * SECOND) =>
  new ClockHub({ base: new StoppedClock(START), epoch: 'first', patience })

/** A party in this process: does what is planned, as a real one would over HTTP. */
function follow(hub: ClockHub, party: string, plan: DueMoment[], log: string[] = []) {
  const runs: Moment[] = []
  const leave = hub.follow(party, {
    party,
    tell({ step, offset, stage }) {
      const now = START + offset
      if (stage === 'set') {
        queueMicrotask(() => hub.answer(party, { step, ran: [] }))
        return
      }
      runs.push(now)
      queueMicrotask(() => {
        plan.sort((a, b) => a.at - b.at)
        const ran: DueMoment[] = []
        for (let due = plan[0]; due && due.at <= now; due = plan[0]) {
          plan.shift()
          ran.push(due)
          log.push(`${party} ${due.name}`)
        }
        hub.answer(party, { step, ran, next: plan[0] })
      })
    },
  })
  return { runs, leave }
}

const due = (after: number, name: string): DueMoment => ({ at: START + after, name })

test('two weeks pass: the work of both parties happens in order, each piece at its own moment', async () => {
  const hub = newHub()
  const log: string[] = []
  const site = follow(hub, 'site', [due(3 * DAY, 'third day'), due(HOUR, 'first hour')], log)
  follow(hub, 'provider', [due(2 * DAY, 'second day'), due(20 * DAY, 'far away')], log)

  const happened = await hub.advance(14 * DAY)

  expect(log).toEqual(['site first hour', 'provider second day', 'site third day'])
  expect(happened).toEqual([
    { ...due(HOUR, 'first hour'), party: 'site' },
    { ...due(2 * DAY, 'second day'), party: 'provider' },
    { ...due(3 * DAY, 'third day'), party: 'site' },
  ])
  // Asked first, then at each moment, then at the end: never past a moment that something waits for.
  expect(site.runs).toEqual([0, 0, HOUR, 2 * DAY, 3 * DAY, 14 * DAY].map((after) => START + after))
  expect(hub.now()).toBe(START + 14 * DAY)
})

test('work that is planned while the clock moves happens on the way too', async () => {
  const hub = newHub()
  const plan = [due(HOUR, 'first try')]
  hub.follow('site', {
    party: 'site',
    tell({ step, offset, stage }) {
      const ran: DueMoment[] = []
      const first = plan[0]
      if (stage === 'work' && first && first.at <= START + offset) {
        plan.shift()
        ran.push(first)
        if (first.name === 'first try') plan.push(due(HOUR + 5 * SECOND, 'second try'))
      }
      queueMicrotask(() => hub.answer('site', { step, ran, next: plan[0] }))
    },
  })
  const happened = await hub.advance(DAY)
  expect(happened.map(({ name, at }) => [name, at - START])).toEqual([
    ['first try', HOUR],
    ['second try', HOUR + 5 * SECOND],
  ])
})

test('what is due at the same moment is told by party', async () => {
  const hub = newHub()
  follow(hub, 'site', [due(HOUR, 'sweep')])
  follow(hub, 'provider', [due(HOUR, 'session ends')])
  const happened = await hub.advance(DAY)
  expect(happened.map(({ party }) => party)).toEqual(['provider', 'site'])
})

test('two who advance at once: one after the other, and both lengths count', async () => {
  const hub = newHub()
  follow(hub, 'site', [due(HOUR, 'one'), due(DAY + HOUR, 'two')])
  const [first, second] = await Promise.all([hub.advance(DAY), hub.advance(DAY)])
  expect(first.map(({ name }) => name)).toEqual(['one'])
  expect(second.map(({ name }) => name)).toEqual(['two'])
  expect(hub.offset).toBe(2 * DAY)
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  'the clock does not move by %d',
  async (by) => {
    const hub = newHub()
    await expect(hub.advance(by)).rejects.toThrow('forward only')
    expect(hub.offset).toBe(0)
  },
)

test('a party that dies on the way is left behind, and the others go on', async () => {
  const hub = newHub()
  const leave = hub.follow('dying', {
    party: 'dying',
    tell: ({ step }) => step > 0 && queueMicrotask(leave),
  })
  follow(hub, 'site', [due(HOUR, 'sweep')])
  expect(await hub.advance(DAY)).toHaveLength(1)
  expect(hub.parties).toEqual(['site'])
})

test('a party that hangs is waited for once, then dropped and told so', async () => {
  const hub = newHub(20)
  let dropped = 0
  hub.follow('hanging', { party: 'hanging', tell: () => {}, dropped: () => dropped++ })
  follow(hub, 'site', [due(HOUR, 'sweep')])
  expect(await hub.advance(DAY)).toHaveLength(1)
  expect(dropped).toBe(1)
  expect(hub.parties).toEqual(['site'])
})

test('work that is due and never done does not hold the clock for ever', async () => {
  const hub = newHub()
  let asked = 0
  hub.follow('stuck', {
    party: 'stuck',
    tell({ step, stage }) {
      if (stage === 'work') asked++
      queueMicrotask(() => hub.answer('stuck', { step, ran: [], next: due(HOUR, 'never') }))
    },
  })
  await hub.advance(DAY)
  expect(hub.offset).toBe(DAY)
  expect(asked).toBeLessThan(10)
})

test('an answer to an earlier tick plans, but does not count as done', async () => {
  const hub = newHub(20)
  hub.follow('late', {
    party: 'late',
    tell: ({ step }) => queueMicrotask(() => hub.answer('late', { step: step - 1, ran: [] })),
  })
  await hub.advance(MINUTE)
  expect(hub.parties).toEqual([])
  expect(hub.answer('late', { step: 1, ran: [] })).toBe(false)
})

test('whoever only looks hears of each moment, and at the end that the clock has come to rest', async () => {
  const hub = newHub()
  const heard: (readonly [number, ClockTick['stage']])[] = []
  follow(hub, 'site', [due(HOUR, 'sweep')])
  hub.watch(({ offset, stage }) => heard.push([offset, stage]))
  const late = hub.advance(DAY)
  await Promise.resolve()
  hub.watch(({ stage }) => heard.push([-1, stage]))()
  await late
  expect(heard).toEqual([
    [0, 'work'],
    [0, 'set'],
    [-1, 'set'],
    [HOUR, 'set'],
    [DAY, 'set'],
    [DAY, 'work'],
  ])
})

test('a reset: parties are ended first, whoever looks hears of another world last', async () => {
  const hub = newHub()
  const order: string[] = []
  const ticks: ClockTick[] = []
  hub.watch((tick) => ticks.push(tick))
  await hub.advance(DAY)
  const before = ticks.length
  await hub.reset(
    async () => {
      order.push(`stop at +${hub.offset}`)
    },
    async () => {
      order.push(`start at +${hub.offset}, told ${ticks.length - before}`)
    },
  )
  expect(order).toEqual([`stop at +${DAY}`, 'start at +0, told 0'])
  expect(ticks.at(-1)?.offset).toBe(0)
  expect(ticks.at(-1)?.epoch).not.toBe('first')
})

test('however far and often it is moved, it only moves forward and by exactly that much', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 200 * DAY }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 500 * DAY }), { maxLength: 20 }),
      async (moves, moments) => {
        const hub = newHub()
        const plan = moments.map((at, index) => due(at, `work ${index}`))
        const { runs } = follow(hub, 'site', plan)
        const done = (await Promise.all(moves.map((by) => hub.advance(by)))).flat()
        const whole = moves.reduce((sum, by) => sum + by, 0)
        expect(hub.offset).toBe(whole)
        expect(runs).toEqual(runs.toSorted((a, b) => a - b))
        expect(done.map(({ at }) => at)).toEqual(
          moves.length === 0
            ? []
            : moments
                .filter((at) => at <= whole)
                .map((at) => START + at)
                .sort((a, b) => a - b),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test('everyone’s clock is set before anyone works: what one party sends meets nobody who lives earlier', async () => {
  const hub = newHub()
  const told: string[] = []
  const listen = (party: string, patience: number) =>
    hub.follow(party, {
      party,
      tell({ step, stage }) {
        told.push(`${party} ${stage}`)
        setTimeout(() => hub.answer(party, { step, ran: [] }), patience)
      },
    })
  listen('quick', 0)
  listen('slow', 20)
  told.length = 0
  await hub.advance(DAY)
  // Asked first, and then at the end of the way.
  const once = ['quick set', 'slow set', 'quick work', 'slow work']
  expect(told).toEqual([...once, ...once])
})
