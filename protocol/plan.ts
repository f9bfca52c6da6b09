import * as v from 'valibot'

export const ROLES = ['owner', 'admin', 'member'] as const
export type Role = (typeof ROLES)[number]

export const SUBSCRIPTION_STATUSES = ['trialing', 'active', 'past_due', 'canceled'] as const
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]

/** The account that a session acts for, as claims and `/me` tell it. */
export const AccountClaim = v.object({
  id: v.string(),
  name: v.string(),
  role: v.picklist(ROLES),
})

/** What the account has paid for, so that services can adjust (seed 1). Times in seconds since 1970. */
export const SubscriptionClaim = v.object({
  id: v.string(),
  plan: v.string(),
  status: v.picklist(SUBSCRIPTION_STATUSES),
  trial_ends_at: v.nullable(v.number()),
  period_ends_at: v.nullable(v.number()),
})

export type AccountClaim = v.InferOutput<typeof AccountClaim>
export type SubscriptionClaim = v.InferOutput<typeof SubscriptionClaim>
