import * as v from 'valibot'

/** The answer of `/token` and `/refresh` (RFC 6749 §5.1, RFC 9449 §5). */
export const TokenResponse = v.object({
  access_token: v.string(),
  token_type: v.picklist(['DPoP', 'Bearer']),
  /** Seconds from `issued_at`. */
  expires_in: v.number(),
  /** Missing when the client proved no key: then nothing can be kept alive (DESIGN §5). */
  refresh_token: v.optional(v.string()),
  /**
   * Ours: the site's time at issue, seconds since 1970. An answer that got lost and was asked for
   * again is the identical one, so `expires_in` alone would make an old token look young.
   */
  issued_at: v.number(),
  session_id: v.string(),
})

export type TokenResponse = v.InferOutput<typeof TokenResponse>
