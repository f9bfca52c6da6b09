import type { JSX } from 'preact'
import type { Duration, Moment } from '../../clock/moment.ts'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { type Plan, planLabel } from '../plans/catalogue.ts'
import type { Account, Subscription } from '../store/records.ts'
import { AccountLinks } from './account-links.tsx'

const HERE = '/account/plan'

interface PlanProps {
  readonly account: Account
  readonly mayChange: boolean
  readonly plans: readonly Plan[]
  readonly now: Moment
  readonly ahead: Duration | undefined
}

/** What an account has, until when, what happens then, and what its people can do about it. */
export function planPage({ account, mayChange, plans, now, ahead }: PlanProps): JSX.Element {
  const { subscription } = account
  return (
    <Page title="Plan" ahead={ahead}>
      <AccountLinks here={HERE} />
      <h1>
        {account.name}: {planLabel(plans, subscription.plan)}
      </h1>
      <PlanStanding subscription={subscription} plans={plans} now={now} />
      {mayChange ? (
        <Choices subscription={subscription} plans={plans} />
      ) : (
        <p>Those who own or administer the account choose its plan.</p>
      )}
      <p class="secondary">
        Apps and services learn of a change with their next refresh. Nobody is signed out by it.
      </p>
    </Page>
  )
}

/** How a subscription stands, in a few words. */
export function PlanLine({
  subscription: { plan, status, trialEndsAt, periodEndsAt, graceEndsAt, cancels },
  plans,
  now,
}: {
  readonly subscription: Subscription
  readonly plans: readonly Plan[]
  readonly now: Moment
}): JSX.Element {
  const at = { trialing: trialEndsAt, active: periodEndsAt, past_due: graceEndsAt, canceled: null }
  const end = at[status] ?? null
  return (
    <>
      {planLabel(plans, plan)}, {LINE_WORDS[status]}
      {end !== null && (
        <>
          {status === 'past_due' || cancels ? ', canceled ' : ', ends '}
          <Time at={end} now={now} />
        </>
      )}
    </>
  )
}

const LINE_WORDS = {
  trialing: 'on trial',
  active: 'paid',
  past_due: 'a payment is due',
  canceled: 'canceled',
} as const satisfies Record<Subscription['status'], string>

/** How a subscription stands, in sentences. */
export function PlanStanding({
  subscription: { status, plan, trialEndsAt, periodEndsAt, graceEndsAt, cancels, awaitsPayment },
  plans,
  now,
}: {
  readonly subscription: Subscription
  readonly plans: readonly Plan[]
  readonly now: Moment
}): JSX.Element {
  const label = planLabel(plans, plan)
  switch (status) {
    case 'trialing':
      return (
        <p>
          On trial
          {trialEndsAt !== null && (
            <>
              ; the trial ends <Time at={trialEndsAt} now={now} />
            </>
          )}
          .{' '}
          {cancels
            ? 'It is canceled then, and nothing is to be paid.'
            : `From then on ${plan === 'trial' ? 'a plan' : label} is to be paid.`}
        </p>
      )
    case 'active':
      return (
        <p>
          Paid
          {periodEndsAt !== null && (
            <>
              {' '}
              until <Time at={periodEndsAt} now={now} />
            </>
          )}
          .{' '}
          {cancels
            ? 'It is canceled then.'
            : periodEndsAt !== null && 'The next payment is due then.'}
        </p>
      )
    case 'past_due':
      return (
        <Notice tone="warn" title="A payment is due">
          <p>
            {periodEndsAt === null
              ? 'The trial has ended, and no plan has been paid.'
              : 'The paid period has ended, and the next one has not been paid.'}{' '}
            {graceEndsAt !== undefined && (
              <>
                Unless it is, the plan is canceled <Time at={graceEndsAt} now={now} />.
              </>
            )}
          </p>
        </Notice>
      )
    case 'canceled':
      return awaitsPayment ? (
        <Notice tone="warn" title="Waiting for the payment">
          <p>{label} is chosen, and begins as soon as its first period has been paid.</p>
        </Notice>
      ) : (
        <Notice tone="warn" title="Canceled">
          <p>The plan has ended. The account stays, with everything in it.</p>
        </Notice>
      )
  }
}

function Choices({
  subscription,
  plans,
}: {
  readonly subscription: Subscription
  readonly plans: readonly Plan[]
}): JSX.Element {
  const { plan: current, status, cancels, awaitsPayment } = subscription
  const held = status !== 'canceled' || awaitsPayment
  const ends = status === 'canceled' ? awaitsPayment : !cancels
  return (
    <>
      <ul class="list">
        {plans.map(({ name, label, price }) => (
          <li key={name}>
            <h2>
              {label} {name === current && held && <span class="badge">this one</span>}
            </h2>
            <p>{price}</p>
            {(name !== current || !held) && (
              <form method="post" action={HERE}>
                <button class="quiet" type="submit" name="plan" value={name}>
                  Choose {label}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      <p class="secondary">
        {status === 'canceled'
          ? 'A plan begins with its first payment. Nothing is charged here.'
          : 'Another plan holds at once, and what it costs is on your next invoice. Nothing is charged here.'}
      </p>
      {cancels && status !== 'canceled' && <Act what="resume">Keep the plan after all</Act>}
      {ends && <Act what="cancel">{CANCEL_WORDS[status]}</Act>}
    </>
  )
}

const CANCEL_WORDS = {
  trialing: 'Cancel at the end of the trial',
  active: 'Cancel at the end of the paid period',
  past_due: 'Cancel now',
  canceled: 'Take the choice back',
} as const satisfies Record<Subscription['status'], string>

/** What the forms of this page ask for, besides a plan. */
export const PLAN_ACTS = ['cancel', 'resume'] as const

function Act({
  what,
  children,
}: {
  readonly what: (typeof PLAN_ACTS)[number]
  readonly children: string
}): JSX.Element {
  return (
    <form method="post" action={HERE}>
      <button class="quiet" type="submit" name="do" value={what}>
        {children}
      </button>
    </form>
  )
}
