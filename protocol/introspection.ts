import * as v from 'valibot'
import { AccountClaim, SubscriptionClaim } from './plan.ts'

/**
 * What a service hears of a token (RFC 7662 §2.2), as things are at this moment. Times in seconds since
 * 1970. A token that is not active is nothing more: not why, not since when, not whether it ever was.
 */
export const Introspection = v.variant('active', [
  v.strictObject({ active: v.literal(false) }),
  v.strictObject({
    active: v.literal(true),
    iss: v.string(),
    sub: v.string(),
    /** Services for an access token; the site itself for a refresh token. */
    aud: v.string(),
    client_id: v.string(),
    iat: v.number(),
    /** Nothing of this answer may be kept longer (RFC 7662 §4). */
    exp: v.number(),
    sid: v.string(),
    auth_time: v.number(),
    /** Of an access token alone: whoever requires one takes no refresh token for it. */
    jti: v.optional(v.string()),
    token_type: v.optional(v.picklist(['DPoP', 'Bearer'])),
    /** The key that must be proved with each use (RFC 9449 §6.2). */
    cnf: v.optional(v.object({ jkt: v.string() })),
    device_id: v.optional(v.string()),
    account: AccountClaim,
    subscription: SubscriptionClaim,
  }),
])

export type Introspection = v.InferOutput<typeof Introspection>
