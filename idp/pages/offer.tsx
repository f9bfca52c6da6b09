import type { JSX } from 'preact'
import type { Duration, Moment } from '../../clock/moment.ts'
import { Page } from '../../ui/page.tsx'
import type { Plan } from '../plans/catalogue.ts'
import type { OpenedOffer } from '../plans/offer.ts'
import { PlanStanding } from './plan.tsx'

/** What a link from a mail is about to do, or has done. Opening it does nothing. */
export function offerPage({
  opened: { account, plan, user, standing },
  plans,
  now,
  ahead,
}: {
  readonly opened: OpenedOffer
  readonly plans: readonly Plan[]
  readonly now: Moment
  readonly ahead: Duration | undefined
}): JSX.Element {
  const { subscription } = account
  const how = <PlanStanding subscription={subscription} plans={plans} now={now} />
  switch (standing) {
    case 'open':
      return (
        <Page title={`Choose ${plan.label}`} ahead={ahead}>
          <h1>
            {plan.label} for {account.name}?
          </h1>
          {how}
          <p>
            {plan.label}: {plan.price}. Nothing is charged here
            {subscription.status === 'canceled' && ', and it begins with its first payment'}. Apps
            and services learn of it with their next refresh, and nobody is signed out.
          </p>
          <form method="post">
            <button class="button" type="submit">
              Choose {plan.label}
            </button>
          </form>
          <p class="secondary">
            This link was mailed to {user.name}, and can be used once. Whoever has it can choose
            this plan, and nothing else.
          </p>
        </Page>
      )
    case 'taken':
      return (
        <Page title={`${plan.label} is chosen`} ahead={ahead}>
          <h1>
            {plan.label} is chosen for {account.name}
          </h1>
          {how}
          <SeePlan />
        </Page>
      )
    case 'overtaken':
      return (
        <Page title="Something else was chosen" ahead={ahead}>
          <h1>Something was chosen since this link was mailed</h1>
          <p>So it does nothing any more.</p>
          <SeePlan />
        </Page>
      )
  }
}

const SeePlan = (): JSX.Element => (
  <p>
    <a href="/account/plan">Sign in to see or change the plan</a>
  </p>
)
