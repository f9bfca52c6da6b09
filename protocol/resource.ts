import type { JWTVerifyGetKey } from 'jose'
import type { Moment } from '../clock/moment.ts'
import { type AccessTokenClaims, checkAccessToken } from './access-token.ts'
import { checkProof } from './dpop/check.ts'
import type { ProofNonces } from './dpop/nonce.ts'
import type { SeenProofs } from './dpop/seen.ts'
import { LatchkeyError } from './errors.ts'

export interface ResourceRequest {
  readonly method: string
  /** The request's address as the outside world sees it. */
  readonly url: string
  readonly authorization: string | undefined
  /** All values of the `DPoP` header. */
  readonly proofs: readonly string[]
}

export interface ResourceExpectations {
  readonly issuer: string
  readonly audience: string
  readonly keys: JWTVerifyGetKey
  readonly now: Moment
  readonly nonces: ProofNonces
  readonly seen: SeenProofs
}

/**
 * What anyone does who is handed one of our access tokens: verify the token, then the proof that
 * the caller holds the key it is bound to (RFC 9449 §7.1). Used by the site's `/me` and by services.
 *
 * @throws LatchkeyError `invalid_token`, `invalid_dpop_proof` or `use_dpop_nonce`
 */
export async function checkResourceRequest(
  request: ResourceRequest,
  expected: ResourceExpectations,
): Promise<AccessTokenClaims> {
  const [, scheme, token] = /^(DPoP|Bearer) ([\w.~+/=-]+)$/i.exec(request.authorization ?? '') ?? []
  if (!scheme || !token) {
    throw new LatchkeyError('invalid_token', 'Send an access token: "Authorization: DPoP …".')
  }
  const claims = await checkAccessToken(token, expected)
  const bound = claims.cnf !== undefined
  if (bound !== (scheme.toLowerCase() === 'dpop')) {
    // RFC 9449 §7.2: a bound token must not pass as a bearer token.
    throw new LatchkeyError(
      'invalid_token',
      bound
        ? 'This token is bound to a key: send it with the DPoP scheme and a proof.'
        : 'This token is not bound to a key: send it with the Bearer scheme.',
    )
  }
  if (!bound) return claims
  const { jkt } = await checkProof({
    headers: request.proofs,
    method: request.method,
    url: request.url,
    now: expected.now,
    nonces: expected.nonces,
    seen: expected.seen,
    accessToken: token,
  })
  if (jkt !== claims.cnf?.jkt) {
    throw new LatchkeyError(
      'invalid_token',
      'The proof is by another key than the token is bound to.',
    )
  }
  return claims
}
