import * as v from 'valibot'
import { SUBSCRIPTION_STATUSES, SubscriptionClaim } from './plan.ts'

/** How an account's plan stands. Times in seconds since 1970. */
export const AccountPlan = v.object({
  account: v.object({ id: v.string(), name: v.string() }),
  /** As tokens say it from their next refresh. */
  subscription: SubscriptionClaim,
  /** Past due: when it is canceled unless it is paid. */
  grace_ends_at: v.nullable(v.number()),
  /** Whether it is canceled when the trial or the period ends. */
  cancels_at_end: v.boolean(),
  /** Canceled, and chosen again: it begins with a payment. */
  awaits_payment: v.boolean(),
})

export type AccountPlan = v.InferOutput<typeof AccountPlan>

/** `GET /me/plan`, and the answer of changing it. */
export const MyPlan = v.object({
  ...AccountPlan.entries,
  /** Whether this person's role allows it to choose. */
  may_change: v.boolean(),
  /** What can be chosen; what it costs is another system's business. */
  plans: v.array(
    v.object({
      name: v.string(),
      label: v.string(),
      price: v.string(),
      /** Seconds that one payment lasts. */
      period: v.number(),
    }),
  ),
})

export type MyPlan = v.InferOutput<typeof MyPlan>

/** `POST /me/plan` */
export const ChangePlan = v.variant('do', [
  v.object({ do: v.literal('choose'), plan: v.string() }),
  v.object({ do: v.literal('cancel') }),
  v.object({ do: v.literal('resume') }),
])

export type ChangePlan = v.InferOutput<typeof ChangePlan>

const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** `POST /admin/accounts/:id/subscription/paid`: a period was paid; the one under way, unless it says which. */
export const PaidPeriod = v.object({
  plan: v.optional(v.string()),
  period_ends_at: v.optional(seconds),
})

/** `PUT /admin/accounts/:id/subscription`: all of it, as the billing system has it. */
export const SetSubscription = v.object({
  plan: v.pipe(v.string(), v.regex(/^\w{1,20}$/)),
  status: v.picklist(SUBSCRIPTION_STATUSES),
  trial_ends_at: v.nullable(seconds),
  period_ends_at: v.nullable(seconds),
  cancels_at_end: v.optional(v.boolean(), false),
})
