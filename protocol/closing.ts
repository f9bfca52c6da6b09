import * as v from 'valibot'

/** Why people close an account: what they choose from. */
export const CLOSING_REASONS = [
  'too_expensive',
  'missing_features',
  'switched',
  'not_used',
  'other',
] as const

export type ClosingReason = (typeof CLOSING_REASONS)[number]

/** Characters that a person may add in their own words. */
export const CLOSING_WORDS = 1000

/** `POST /me/account/close` */
export const CloseAccount = v.object({
  reason: v.picklist(CLOSING_REASONS),
  words: v.optional(v.pipe(v.string(), v.maxLength(CLOSING_WORDS))),
})

export type CloseAccount = v.InferOutput<typeof CloseAccount>

/** `POST /admin/accounts/:id/close`; those who run the site need no reason. */
export const CloseAccountAsAdmin = v.partial(CloseAccount)

/** `GET /admin/closings`: why people left, the last first. Times in seconds since 1970. */
export const Closings = v.object({
  closings: v.array(
    v.object({
      account_id: v.string(),
      at: v.number(),
      actor: v.picklist(['user', 'admin', 'system']),
      /** `null`: nobody was asked. */
      reason: v.nullable(v.picklist(CLOSING_REASONS)),
      words: v.nullable(v.string()),
    }),
  ),
})

export type Closings = v.InferOutput<typeof Closings>
