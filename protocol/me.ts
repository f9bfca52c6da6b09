import * as v from 'valibot'
import { AccountClaim, SubscriptionClaim } from './plan.ts'
import { PurgeProof } from './purge-proof.ts'

/** `GET /me`: who is signed in on this device, and where things stand. Times in seconds since 1970. */
export const Me = v.object({
  user: v.object({ id: v.string(), name: v.string(), email: v.nullable(v.string()) }),
  account: AccountClaim,
  subscription: SubscriptionClaim,
  device: v.nullable(v.object({ id: v.string(), name: v.string(), platform: v.string() })),
  session: v.object({
    id: v.string(),
    signed_in_at: v.number(),
    refreshed_at: v.number(),
    /** End of the rolling window, if nothing is refreshed until then. */
    idle_ends_at: v.number(),
    absolute_ends_at: v.number(),
    purge: v.nullable(PurgeProof),
  }),
})

export type Me = v.InferOutput<typeof Me>
