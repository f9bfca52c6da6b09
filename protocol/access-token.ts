import { type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as v from 'valibot'
import { type Moment, toDate } from '../clock/moment.ts'
import { LatchkeyError } from './errors.ts'
import { AccountClaim, SubscriptionClaim } from './plan.ts'

/** The claims of an access token: RFC 9068 §2.2, and ours. Times in seconds since 1970. */
export const AccessTokenClaims = v.object({
  iss: v.string(),
  sub: v.string(),
  aud: v.string(),
  client_id: v.string(),
  iat: v.number(),
  exp: v.number(),
  jti: v.string(),
  sid: v.string(),
  auth_time: v.number(),
  /** The key that must be proved with each use (RFC 9449 §6.1). */
  cnf: v.optional(v.object({ jkt: v.string() })),
  device_id: v.optional(v.string()),
  account: AccountClaim,
  subscription: SubscriptionClaim,
})

export type AccessTokenClaims = v.InferOutput<typeof AccessTokenClaims>

export interface AccessTokenExpectations {
  readonly issuer: string
  readonly audience: string
  readonly now: Moment
  /** The issuer's signing keys; never a key that the token itself names (ASVS 9.1.3). */
  readonly keys: JWTVerifyGetKey
}

/**
 * Verifies type, signature, issuer, audience and expiry (RFC 9068 §4).
 *
 * @throws LatchkeyError `invalid_token`
 */
export async function checkAccessToken(
  token: string,
  expected: AccessTokenExpectations,
): Promise<AccessTokenClaims> {
  try {
    const { payload } = await jwtVerify(token, expected.keys, {
      typ: 'at+jwt',
      algorithms: ['ES256'],
      issuer: expected.issuer,
      audience: expected.audience,
      currentDate: toDate(expected.now),
    })
    return v.parse(AccessTokenClaims, payload)
  } catch (cause) {
    throw new LatchkeyError(
      'invalid_token',
      'The access token is expired or not valid here: refresh it and try again.',
      { cause },
    )
  }
}
