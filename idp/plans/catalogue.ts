import { DAY, type Duration } from '../../clock/moment.ts'

/** A plan that people can choose. What it costs is said, and never charged: that is another system's. */
export interface Plan {
  /** The word in claims, e.g. `pro`. */
  readonly name: string
  /** What people read. */
  readonly label: string
  /** How long one payment lasts. */
  readonly period: Duration
  /** What people read of its price, e.g. `€ 12 every 30 days`. */
  readonly price: string
}

/** The plan that every new account begins with; nobody chooses or pays it. */
export const TRIAL_PLAN = 'trial'

export const DEFAULT_PLANS: readonly Plan[] = [
  { name: 'pro', label: 'Pro', period: 30 * DAY, price: '€ 12 every 30 days' },
  { name: 'team', label: 'Team', period: 30 * DAY, price: '€ 40 every 30 days' },
]

export const findPlan = (plans: readonly Plan[], name: string): Plan | undefined =>
  plans.find((plan) => plan.name === name)

/** What people read of a plan, also of one that is not offered any more. */
export const planLabel = (plans: readonly Plan[], name: string): string =>
  findPlan(plans, name)?.label ?? (name === TRIAL_PLAN ? 'Trial' : name)
