import { DAY, type Duration, type Moment } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Subscription } from '../store/records.ts'
import { findPlan, type Plan } from './catalogue.ts'

/** Something that may change a subscription. */
export type PlanEvent =
  /** Nobody did anything; it is now. */
  | { readonly kind: 'time' }
  /** The person's choices. */
  | { readonly kind: 'choose'; readonly plan: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'resume' }
  /** The billing system's word: a period was paid. Without an end it is the one under way. */
  | {
      readonly kind: 'paid'
      readonly plan?: string | undefined
      readonly periodEndsAt?: Moment | undefined
    }
  /** The billing system's word on all of it. */
  | ({ readonly kind: 'set'; readonly cancels: boolean } & Pick<
      Subscription,
      'plan' | 'status' | 'trialEndsAt' | 'periodEndsAt'
    >)

/** What became of it, in the audit log's word. */
export const PLAN_CHANGES = [
  'reminded',
  'trial_ended',
  'period_ended',
  'chosen',
  'cancel_asked',
  'canceled',
  'resumed',
  'paid',
  'set',
] as const

export type PlanChange = (typeof PLAN_CHANGES)[number]

export interface PlanDecision {
  readonly subscription: Subscription
  readonly what: PlanChange
}

/** What a subscription is judged by, besides itself. */
export interface PlanTerms {
  readonly plans: readonly Plan[]
  /** How long what is not paid goes on. */
  readonly grace: Duration
}

/** So long before its end a trial is reminded of. */
export const REMINDER: Duration = 3 * DAY

/** A period that ends later is a mistake, e.g. milliseconds for seconds. */
const LONGEST_PERIOD: Duration = 3660 * DAY

/**
 * What an event comes to. Time alone goes one step at a time, and one way only: trialing or active →
 * past due → canceled; what leads back is a payment. Choosing charges nothing and makes nothing active.
 *
 * @returns `undefined`: nothing is to be done
 * @throws LatchkeyError `invalid_request` when that can't be
 */
export function decidePlan(
  before: Subscription,
  event: PlanEvent,
  now: Moment,
  terms: PlanTerms,
): PlanDecision | undefined {
  switch (event.kind) {
    case 'time':
      return byTime(before, now, terms)
    case 'choose':
      return choose(before, event.plan, terms)
    case 'cancel':
      return cancel(before)
    case 'resume':
      return resume(before)
    case 'paid':
      return paid(before, event, now, terms)
    case 'set':
      return set(before, event, now, terms)
  }
}

/** When time next does something to a subscription; `undefined`: never. */
export function planDueAt(subscription: Subscription): Moment | undefined {
  const { status, trialEndsAt, periodEndsAt, graceEndsAt } = subscription
  switch (status) {
    case 'trialing':
      if (trialEndsAt === null) return undefined
      return awaitsReminder(subscription) ? trialEndsAt - REMINDER : trialEndsAt
    case 'active':
      return periodEndsAt ?? undefined
    case 'past_due':
      return graceEndsAt ?? undefined
    case 'canceled':
      return undefined
  }
}

const awaitsReminder = ({ reminded, cancels }: Subscription): boolean => !reminded && !cancels

function byTime(before: Subscription, now: Moment, terms: PlanTerms): PlanDecision | undefined {
  const dueAt = planDueAt(before)
  if (dueAt === undefined || now < dueAt) return undefined
  switch (before.status) {
    case 'trialing':
      // A site that was down meanwhile doesn't remind of what is over.
      return now < (before.trialEndsAt ?? now)
        ? { subscription: { ...before, reminded: true }, what: 'reminded' }
        : unpaid(before, 'trial_ended', now, terms)
    case 'active':
      return unpaid(before, 'period_ended', now, terms)
    case 'past_due':
    case 'canceled':
      return { subscription: canceled(before), what: 'canceled' }
  }
}

/**
 * A trial or a period has ended and nobody has paid for the next. The grace counts from now, when the
 * person is told, and not from when they should have been: a site that was down takes nothing away.
 */
const unpaid = (
  before: Subscription,
  what: 'trial_ended' | 'period_ended',
  now: Moment,
  { grace }: PlanTerms,
): PlanDecision =>
  before.cancels
    ? { subscription: canceled(before), what: 'canceled' }
    : { subscription: { ...before, status: 'past_due', graceEndsAt: now + grace }, what }

function choose(before: Subscription, name: string, { plans }: PlanTerms) {
  const plan = findPlan(plans, name)
  if (!plan) throw new LatchkeyError('invalid_request', 'There is no such plan: choose another.')
  // What was canceled begins anew with a payment; until then the choice is only noted.
  const awaitsPayment = before.status === 'canceled'
  const same =
    before.plan === name && !before.cancels && (before.awaitsPayment ?? false) === awaitsPayment
  if (same) return undefined
  return chosen(before, { plan: name, cancels: false, awaitsPayment }, 'chosen')
}

function cancel(before: Subscription): PlanDecision | undefined {
  const { status, periodEndsAt, cancels, awaitsPayment } = before
  switch (status) {
    case 'trialing':
      return cancels ? undefined : chosen(before, { cancels: true }, 'cancel_asked')
    case 'active':
      if (cancels) return undefined
      // One without an end would never come to it.
      return periodEndsAt === null
        ? chosen(canceled(before), {}, 'canceled')
        : chosen(before, { cancels: true }, 'cancel_asked')
    case 'past_due':
      return chosen(canceled(before), {}, 'canceled')
    case 'canceled':
      return awaitsPayment ? chosen(before, { awaitsPayment: false }, 'canceled') : undefined
  }
}

function resume(before: Subscription): PlanDecision | undefined {
  if (before.status === 'canceled') {
    throw new LatchkeyError('invalid_request', 'It has ended meanwhile: choose a plan again.')
  }
  return before.cancels ? chosen(before, { cancels: false }, 'resumed') : undefined
}

function paid(
  before: Subscription,
  event: Extract<PlanEvent, { kind: 'paid' }>,
  now: Moment,
  { plans }: PlanTerms,
): PlanDecision | undefined {
  const plan = findPlan(plans, event.plan ?? before.plan)
  if (!plan) {
    throw new LatchkeyError('invalid_request', 'Say which plan was paid: it is none of ours.')
  }
  const periodEndsAt = event.periodEndsAt ?? endOfPeriodUnderWay(before, plan, now)
  if (periodEndsAt === undefined) return undefined
  refuseFarAhead(periodEndsAt, now)
  // Words of a billing system come twice, late and out of order: none takes away what was paid.
  if (periodEndsAt <= now) return undefined
  if (before.status === 'active' && periodEndsAt <= (before.periodEndsAt ?? Infinity)) {
    return undefined
  }
  const goesOn = before.status === 'trialing' || before.status === 'active'
  return chosen(
    ended(before),
    {
      plan: plan.name,
      status: 'active',
      trialEndsAt: null,
      periodEndsAt,
      // Who asked for the end pays for the last period too.
      cancels: goesOn && (before.cancels ?? false),
    },
    'paid',
  )
}

/** `undefined`: it is paid already. Days of a trial that are left are not lost. */
function endOfPeriodUnderWay(
  { status, trialEndsAt, periodEndsAt }: Subscription,
  { period }: Plan,
  now: Moment,
): Moment | undefined {
  switch (status) {
    case 'trialing':
      return Math.max(trialEndsAt ?? now, now) + period
    case 'active':
      return undefined
    case 'past_due': {
      const end = (periodEndsAt ?? trialEndsAt ?? now) + period
      return end > now ? end : now + period
    }
    case 'canceled':
      return now + period
  }
}

function set(
  before: Subscription,
  event: Extract<PlanEvent, { kind: 'set' }>,
  now: Moment,
  { grace }: PlanTerms,
): PlanDecision | undefined {
  const { plan, status, trialEndsAt, periodEndsAt, cancels } = event
  for (const at of [trialEndsAt, periodEndsAt]) refuseFarAhead(at ?? now, now)
  const end = { trialing: trialEndsAt, active: periodEndsAt ?? Infinity }
  const lasts = status === 'trialing' || status === 'active' ? (end[status] ?? now) > now : true
  if (!lasts) {
    throw new LatchkeyError(
      'invalid_request',
      'What is trialing or active ends in the future: send trial_ends_at or period_ends_at so.',
    )
  }
  const goesOn = status === 'trialing' || status === 'active'
  const same =
    before.plan === plan &&
    before.status === status &&
    before.trialEndsAt === trialEndsAt &&
    before.periodEndsAt === periodEndsAt &&
    (before.cancels ?? false) === (goesOn && cancels)
  if (same) return undefined
  return chosen(
    ended(before),
    {
      plan,
      status,
      trialEndsAt,
      periodEndsAt,
      cancels: goesOn && cancels,
      ...(status === 'past_due' ? { graceEndsAt: before.graceEndsAt ?? now + grace } : {}),
    },
    'set',
  )
}

function refuseFarAhead(at: Moment, now: Moment): void {
  if (at <= now + LONGEST_PERIOD) return
  throw new LatchkeyError(
    'invalid_request',
    'A trial or period ends within ten years: times are in seconds since 1970.',
  )
}

/** Without what belongs to one way of being subscribed alone. */
const ended = ({ id, plan, status, trialEndsAt, periodEndsAt, choices }: Subscription) => ({
  id,
  plan,
  status,
  trialEndsAt,
  periodEndsAt,
  ...(choices === undefined ? {} : { choices }),
})

const canceled = (before: Subscription): Subscription => ({ ...ended(before), status: 'canceled' })

/** A choice of somebody's; it uses up the links that were mailed before it. */
const chosen = (
  before: Subscription,
  change: Partial<Subscription>,
  what: PlanChange,
): PlanDecision => ({
  subscription: { ...before, ...change, choices: choicesOf(before) + 1 },
  what,
})

/** How often somebody has chosen so far. */
export const choicesOf = ({ choices }: Pick<Subscription, 'choices'>): number => choices ?? 0
