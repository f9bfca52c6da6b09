import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, type Moment } from '../../../clock/moment.ts'
import { DEFAULT_PLANS } from '../../../idp/plans/catalogue.ts'
import { choicesOf, decidePlan, type PlanEvent, planDueAt } from '../../../idp/plans/decide.ts'
import type { Subscription } from '../../../idp/store/records.ts'
import { SUBSCRIPTION_STATUSES } from '../../../protocol/plan.ts'
import { T0 } from '../store/records.ts'

const TERMS = { plans: DEFAULT_PLANS, grace: 7 * DAY }
const day = (count: number): Moment => T0 + count * DAY

const NEW: Subscription = {
  id: 'sub',
  plan: 'trial',
  status: 'trialing',
  trialEndsAt: day(30),
  periodEndsAt: null,
}
const ACTIVE: Subscription = {
  ...NEW,
  plan: 'pro',
  status: 'active',
  trialEndsAt: null,
  periodEndsAt: day(30),
}
const PAST_DUE: Subscription = { ...ACTIVE, status: 'past_due', graceEndsAt: day(37) }
const CANCELED: Subscription = { ...ACTIVE, status: 'canceled' }

const time: PlanEvent = { kind: 'time' }
const choosePro: PlanEvent = { kind: 'choose', plan: 'pro' }
const chooseTeam: PlanEvent = { kind: 'choose', plan: 'team' }
const cancel: PlanEvent = { kind: 'cancel' }
const resume: PlanEvent = { kind: 'resume' }
const paid: PlanEvent = { kind: 'paid' }
const paidUntil = (end: number): PlanEvent => ({ kind: 'paid', periodEndsAt: day(end) })

const decide = (subscription: Subscription, event: PlanEvent, at: Moment) =>
  decidePlan(subscription, event, at, TERMS)

describe('by time', () => {
  test.each<[string, Subscription, number, string | undefined, Partial<Subscription>]>([
    ['a trial on day 26', NEW, 26, undefined, {}],
    ['a trial on day 27', NEW, 27, 'reminded', { status: 'trialing', reminded: true }],
    ['a reminded trial on day 29', { ...NEW, reminded: true }, 29, undefined, {}],
    ['a trial that will be canceled, on day 27', { ...NEW, cancels: true }, 27, undefined, {}],
    [
      'a trial on day 30',
      { ...NEW, reminded: true },
      30,
      'trial_ended',
      { status: 'past_due', graceEndsAt: day(37) },
    ],
    [
      'a trial that nobody looked at until day 50: the grace is not over yet',
      NEW,
      50,
      'trial_ended',
      { status: 'past_due', graceEndsAt: day(57) },
    ],
    [
      'a trial that was to be canceled',
      { ...NEW, cancels: true },
      30,
      'canceled',
      { status: 'canceled' },
    ],
    ['a trial without an end', { ...NEW, trialEndsAt: null }, 999, undefined, {}],
    ['a period on day 29', ACTIVE, 29, undefined, {}],
    [
      'a period on day 30',
      ACTIVE,
      30,
      'period_ended',
      { status: 'past_due', graceEndsAt: day(37) },
    ],
    [
      'a period that was to be the last',
      { ...ACTIVE, cancels: true },
      30,
      'canceled',
      { status: 'canceled' },
    ],
    ['a period without an end', { ...ACTIVE, periodEndsAt: null }, 999, undefined, {}],
    ['what is unpaid on day 36', PAST_DUE, 36, undefined, {}],
    ['what is unpaid on day 37', PAST_DUE, 37, 'canceled', { status: 'canceled' }],
    ['what is canceled', CANCELED, 999, undefined, {}],
  ])('%s', (_, before, at, what, after) => {
    const decision = decide(before, time, day(at))
    expect(decision?.what).toBe(what)
    if (decision) expect(decision.subscription).toMatchObject(after)
    expect(decision === undefined).toBe(!((planDueAt(before) ?? Infinity) <= day(at)))
  })
})

describe('by the person', () => {
  test.each<[string, Subscription, PlanEvent, string | undefined, Partial<Subscription>]>([
    ['chooses during the trial', NEW, choosePro, 'chosen', { plan: 'pro', status: 'trialing' }],
    ['chooses another plan', ACTIVE, chooseTeam, 'chosen', { plan: 'team', status: 'active' }],
    ['chooses what they have', ACTIVE, choosePro, undefined, {}],
    [
      'chooses what they have and were to lose',
      { ...ACTIVE, cancels: true },
      choosePro,
      'chosen',
      { cancels: false },
    ],
    [
      'chooses when past due: it is due all the same',
      PAST_DUE,
      chooseTeam,
      'chosen',
      { plan: 'team', status: 'past_due', graceEndsAt: day(37) },
    ],
    [
      'chooses after the end: nothing begins without a payment',
      CANCELED,
      choosePro,
      'chosen',
      { status: 'canceled', awaitsPayment: true },
    ],
    ['chooses so twice', { ...CANCELED, awaitsPayment: true }, choosePro, undefined, {}],
    ['cancels the trial', NEW, cancel, 'cancel_asked', { status: 'trialing', cancels: true }],
    ['cancels the period', ACTIVE, cancel, 'cancel_asked', { status: 'active', cancels: true }],
    ['cancels twice', { ...ACTIVE, cancels: true }, cancel, undefined, {}],
    [
      'cancels what has no end',
      { ...ACTIVE, periodEndsAt: null },
      cancel,
      'canceled',
      { status: 'canceled' },
    ],
    ['cancels what is past due', PAST_DUE, cancel, 'canceled', { status: 'canceled' }],
    ['cancels what is canceled', CANCELED, cancel, undefined, {}],
    [
      'takes a choice back',
      { ...CANCELED, awaitsPayment: true },
      cancel,
      'canceled',
      { awaitsPayment: false },
    ],
    ['resumes', { ...ACTIVE, cancels: true }, resume, 'resumed', { cancels: false }],
    ['resumes what goes on', ACTIVE, resume, undefined, {}],
  ])('who %s', (_, before, event, what, after) => {
    const decision = decide(before, event, day(1))
    expect(decision?.what).toBe(what)
    if (!decision) return
    expect(decision.subscription).toMatchObject(after)
    expect(choicesOf(decision.subscription)).toBe(choicesOf(before) + 1)
  })

  test.each([
    ['a plan that is none', NEW, { kind: 'choose', plan: 'gold' }],
    ['the trial again', ACTIVE, { kind: 'choose', plan: 'trial' }],
    ['a name of ours', ACTIVE, { kind: 'choose', plan: '__proto__' }],
    ['to resume what has ended', CANCELED, resume],
  ] as const)('asks for %s: refused', (_, before, event) => {
    expect(() => decide(before, event, day(1))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})

describe('by the billing system', () => {
  const trialOfPro = { ...NEW, plan: 'pro' }
  test.each<[string, Subscription, PlanEvent, number, Partial<Subscription> | undefined]>([
    ['a trial: its days are not lost', trialOfPro, paid, 10, { periodEndsAt: day(60) }],
    [
      'a trial that nobody chose a plan in',
      NEW,
      { kind: 'paid', plan: 'team' },
      10,
      { plan: 'team' },
    ],
    ['what is past due', PAST_DUE, paid, 33, { periodEndsAt: day(60) }],
    ['what is long past due', PAST_DUE, paid, 90, { periodEndsAt: day(120) }],
    ['what was canceled', CANCELED, paid, 50, { periodEndsAt: day(80) }],
    ['the period under way, again', ACTIVE, paid, 10, undefined],
    ['the next period', ACTIVE, paidUntil(60), 29, { periodEndsAt: day(60) }],
    ['a shorter one, late', ACTIVE, paidUntil(20), 10, undefined],
    ['one that is over', PAST_DUE, paidUntil(32), 33, undefined],
    [
      'one without an end, until some day',
      { ...ACTIVE, periodEndsAt: null },
      paidUntil(60),
      1,
      undefined,
    ],
    ['the last one', { ...ACTIVE, cancels: true }, paidUntil(60), 29, { cancels: true }],
  ])('paid: %s', (_, before, event, at, after) => {
    const decision = decide(before, event, day(at))
    expect(decision?.what).toBe(after && 'paid')
    if (!decision || !after) return
    expect(decision.subscription).toMatchObject({ status: 'active', trialEndsAt: null, ...after })
    expect(decision.subscription.graceEndsAt).toBeUndefined()
  })

  const said = (more: object): PlanEvent => ({
    kind: 'set',
    plan: 'gold',
    status: 'active',
    trialEndsAt: null,
    periodEndsAt: day(90),
    cancels: false,
    ...more,
  })
  test('says all of it, also of a plan that is not offered', () => {
    expect(decide(NEW, said({}), day(1))?.subscription).toMatchObject({
      plan: 'gold',
      status: 'active',
    })
    const pastDue = decide(ACTIVE, said({ status: 'past_due', periodEndsAt: day(1) }), day(2))
    expect(pastDue?.subscription).toMatchObject({ status: 'past_due', graceEndsAt: day(9) })
    const again = decide(NEW, said({ status: 'trialing', trialEndsAt: day(60) }), day(40))
    expect(again && planDueAt(again.subscription)).toBe(day(57))
  })

  test.each([
    ['active until yesterday', said({ periodEndsAt: day(0) })],
    ['trialing without an end', said({ status: 'trialing' })],
    ['milliseconds for seconds', said({ periodEndsAt: day(0) * 1000 })],
    ['paid in milliseconds', { kind: 'paid', plan: 'pro', periodEndsAt: day(0) * 1000 } as const],
    ['paid for a plan that is none', { kind: 'paid', plan: 'gold' } as const],
    ['paid, and nobody knows for what', paid],
  ])('%s: refused', (_, event) => {
    expect(() => decide(NEW, event, day(1))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})

describe('whatever happens, in any order', () => {
  const events = fc.oneof(
    { weight: 3, arbitrary: fc.constant(time) },
    fc.constantFrom(choosePro, chooseTeam, cancel, resume, paid),
    fc.integer({ min: 0, max: 200 }).map(paidUntil),
    fc
      .record({
        plan: fc.constantFrom('trial', 'pro', 'gold'),
        status: fc.constantFrom(...SUBSCRIPTION_STATUSES),
        trialEndsAt: fc.option(fc.integer({ min: 0, max: 200 }).map(day)),
        periodEndsAt: fc.option(fc.integer({ min: 0, max: 200 }).map(day)),
        cancels: fc.boolean(),
      })
      .map((said): PlanEvent => ({ kind: 'set', ...said })),
  )
  const history = fc.array(fc.tuple(events, fc.integer({ min: 0, max: 40 })), { maxLength: 12 })

  /** The subscription after each event, days apart. A refusal changes nothing. */
  function play(steps: readonly (readonly [PlanEvent, number])[]) {
    const states: { subscription: Subscription; now: Moment }[] = [{ subscription: NEW, now: T0 }]
    for (const [event, days] of steps) {
      const last = states.at(-1) ?? { subscription: NEW, now: T0 }
      const now = last.now + days * DAY
      states.push({ subscription: become(last.subscription, event, now), now })
    }
    return states
  }

  function become(subscription: Subscription, event: PlanEvent, now: Moment): Subscription {
    try {
      return decide(subscription, event, now)?.subscription ?? subscription
    } catch {
      return subscription
    }
  }

  const RANK = { trialing: 0, active: 0, past_due: 1, canceled: 2 } as const

  const check = (property: (states: ReturnType<typeof play>) => void) =>
    fc.assert(
      fc.property(history, (steps) => property(play(steps))),
      { seed: 7, numRuns: 1_000 },
    )

  test('time never moves it backwards, and does something exactly when it is due', () => {
    check((states) => {
      for (const { subscription, now } of states) {
        for (const at of [now, now + 5 * DAY, now + 400 * DAY]) {
          const decision = decide(subscription, time, at)
          expect(decision !== undefined).toBe((planDueAt(subscription) ?? Infinity) <= at)
          if (!decision) continue
          expect(RANK[decision.subscription.status]).toBeGreaterThanOrEqual(
            RANK[subscription.status],
          )
          expect(decision.subscription.plan).toBe(subscription.plan)
        }
      }
    })
  })

  test('left alone, it comes to rest in three steps at most', () => {
    check((states) => {
      for (const { subscription } of states) {
        let now = subscription
        for (let step = 0; step < 3; step++) now = become(now, time, planDueAt(now) ?? T0)
        expect(planDueAt(now)).toBeUndefined()
      }
    })
  })

  test('the same event twice is the same event once', () => {
    fc.assert(
      fc.property(history, events, (steps, event) => {
        const { subscription, now } = play(steps).at(-1) ?? { subscription: NEW, now: T0 }
        if (event.kind === 'time') return
        const once = become(subscription, event, now)
        expect(become(once, event, now)).toBe(once)
      }),
      { seed: 7, numRuns: 2_000 },
    )
  })

  test('nothing but a payment, or the billing system’s word, makes it active', () => {
    fc.assert(
      fc.property(history, events, (steps, event) => {
        const { subscription, now } = play(steps).at(-1) ?? { subscription: NEW, now: T0 }
        const next = become(subscription, event, now)
        if (next.status === 'active' && subscription.status !== 'active') {
          expect(['paid', 'set']).toContain(event.kind)
        }
      }),
      { seed: 7, numRuns: 2_000 },
    )
  })

  test('every state is reached, from every other that leads to it', () => {
    const reached = new Set<string>()
    check((states) => {
      for (const [index, { subscription }] of states.entries()) {
        const before = states[index - 1]?.subscription
        if (before) reached.add(`${before.status} → ${subscription.status}`)
      }
    })
    for (const status of SUBSCRIPTION_STATUSES) {
      expect([...reached].some((way) => way.endsWith(`→ ${status}`))).toBe(true)
    }
    expect(reached).toContain('trialing → past_due')
    expect(reached).toContain('past_due → active')
    expect(reached).toContain('canceled → active')
  })
})
