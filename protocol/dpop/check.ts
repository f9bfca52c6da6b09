import { decodeProtectedHeader, jwtVerify } from 'jose'
import * as v from 'valibot'
import { type Moment, toDate } from '../../clock/moment.ts'
import { LatchkeyError } from '../errors.ts'
import type { PublicDeviceJwk } from './key.ts'
import type { ProofNonces } from './nonce.ts'
import { accessTokenHash, proofAddress } from './proof.ts'
import { importPublicKey, serverThumbprint } from './public-key.ts'
import type { SeenProofs } from './seen.ts'

export interface ProofExpectations {
  /** All values of the `DPoP` header; exactly one is right. */
  readonly headers: readonly string[]
  readonly method: string
  /** The request's address as the outside world sees it. */
  readonly url: string
  readonly now: Moment
  readonly nonces: ProofNonces
  readonly seen: SeenProofs
  /** At a resource: the access token that the proof must belong to (`ath`). */
  readonly accessToken?: string | undefined
}

export interface CheckedProof {
  readonly jkt: string
  readonly jwk: PublicDeviceJwk
}

/** Longer than any honest proof; keeps hostile ones cheap. */
const LONGEST_PROOF = 4096

/**
 * 32 bytes in the one way to write them: the last character holds four bits, and its two others are zero
 * (RFC 4648 §3.5). Else one key would have several thumbprints.
 */
const coordinate = v.pipe(v.string(), v.regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/))

const Jwk = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: coordinate,
  y: coordinate,
})

const Claims = v.object({
  jti: v.pipe(v.string(), v.minLength(8), v.maxLength(256)),
  htm: v.string(),
  htu: v.string(),
  iat: v.number(),
  nonce: v.optional(v.string()),
  ath: v.optional(v.string()),
})

const refuse = (message: string, cause?: unknown) =>
  new LatchkeyError('invalid_dpop_proof', message, { cause })

/**
 * The twelve checks of RFC 9449 §4.3, with a server nonce always required (§8): the nonce, not
 * `iat`, says when the proof was made, so that a client with a wrong clock is served all the same.
 *
 * @throws LatchkeyError `invalid_dpop_proof`, or `use_dpop_nonce` when only the nonce is missing or old.
 */
export async function checkProof(expected: ProofExpectations): Promise<CheckedProof> {
  const [proof, ...others] = expected.headers
  if (proof === undefined) throw refuse('Send a DPoP header: a proof of the device key (RFC 9449).')
  if (others.length > 0) throw refuse('Send one DPoP header, not several.')
  if (proof.length > LONGEST_PROOF) throw refuse('The DPoP proof is too long.')
  const jwk = readJwk(proof)
  const claims = await verifyClaims(proof, jwk, expected.now)
  if (claims.htm !== expected.method) {
    throw refuse(`The DPoP proof is for ${claims.htm}, the request is ${expected.method}.`)
  }
  if (!sameAddress(claims.htu, expected.url)) {
    throw refuse('The DPoP proof is for another address (htu).')
  }
  if (
    expected.accessToken !== undefined &&
    claims.ath !== (await accessTokenHash(expected.accessToken))
  ) {
    throw refuse('The DPoP proof is not for this access token (ath).')
  }
  if (claims.nonce === undefined || !expected.nonces.accepts(claims.nonce, expected.now)) {
    throw new LatchkeyError(
      'use_dpop_nonce',
      'Make the proof again with the nonce of the DPoP-Nonce header.',
    )
  }
  const jkt = serverThumbprint(jwk)
  if (!expected.seen.firstUse(jkt, claims.jti, expected.now)) {
    throw refuse('This DPoP proof was used before: make a new one for each request.')
  }
  return { jkt, jwk }
}

function readJwk(proof: string): PublicDeviceJwk {
  let header: ReturnType<typeof decodeProtectedHeader>
  try {
    header = decodeProtectedHeader(proof)
  } catch (cause) {
    throw refuse('The DPoP proof is not a signed JWT.', cause)
  }
  if ('d' in Object(header.jwk)) throw refuse('The DPoP proof holds a private key: never send it.')
  const jwk = v.safeParse(Jwk, header.jwk)
  if (!jwk.success) throw refuse('The DPoP proof must carry a P-256 public key as "jwk".')
  return jwk.output
}

async function verifyClaims(proof: string, jwk: PublicDeviceJwk, now: Moment) {
  try {
    const { payload } = await jwtVerify(proof, await importPublicKey(jwk), {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: toDate(now),
    })
    return v.parse(Claims, payload)
  } catch (cause) {
    throw refuse('The DPoP proof is not valid: check typ, alg ES256, signature and claims.', cause)
  }
}

function sameAddress(htu: string, url: string): boolean {
  try {
    return proofAddress(htu) === proofAddress(url)
  } catch {
    return false
  }
}
