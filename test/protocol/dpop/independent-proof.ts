import { base64url, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { type Moment, toSeconds } from '../../../clock/moment.ts'

/** A key of the kind that devices have, made by jose and not by us. */
export async function newKey(): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { privateKey, jwk: await exportJWK(publicKey) }
}

export interface ProofParts {
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
  readonly key: CryptoKey | Uint8Array
}

/** The parts of a proof that is right in everything, ready to be made wrong in one thing. */
export async function goodParts(given: {
  readonly method: string
  readonly url: string
  readonly now: Moment
  readonly nonce: string
}): Promise<ProofParts> {
  const { privateKey, jwk } = await newKey()
  return {
    header: { typ: 'dpop+jwt', alg: 'ES256', jwk },
    claims: {
      jti: crypto.randomUUID(),
      htm: given.method,
      htu: given.url,
      iat: toSeconds(given.now),
      nonce: given.nonce,
    },
    key: privateKey,
  }
}

/** Signs with jose, independently of our own `createProof`. */
export const sign = ({ header, claims, key }: ProofParts): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(key)

/** A JWT that carries whatever signature it is given. */
export const unsigned = ({ header, claims }: ProofParts, signature = ''): string =>
  [...[header, claims].map((part) => base64url.encode(JSON.stringify(part))), signature].join('.')
