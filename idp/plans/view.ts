import { toSeconds } from '../../clock/moment.ts'
import type { AccountPlan, MyPlan } from '../../protocol/my-plan.ts'
import type { Role } from '../../protocol/plan.ts'
import type { Account } from '../store/records.ts'
import { subscriptionClaim } from '../tokens/access-token.ts'
import type { Plan } from './catalogue.ts'
import { mayChoose } from './change.ts'

/** How an account's plan stands, in JSON. */
export function accountPlan(account: Account): AccountPlan {
  const { status, graceEndsAt, cancels, awaitsPayment } = account.subscription
  return {
    account: { id: account.id, name: account.name },
    subscription: subscriptionClaim(account),
    grace_ends_at:
      status === 'past_due' && graceEndsAt !== undefined ? toSeconds(graceEndsAt) : null,
    cancels_at_end: cancels ?? false,
    awaits_payment: awaitsPayment ?? false,
  }
}

/** The same for one of its people, with what they can do. */
export const myPlan = (account: Account, role: Role, plans: readonly Plan[]): MyPlan => ({
  ...accountPlan(account),
  may_change: mayChoose(role),
  plans: plans.map(({ name, label, price, period }) => ({
    name,
    label,
    price,
    period: toSeconds(period),
  })),
})
