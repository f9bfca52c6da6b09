import { base64url } from 'jose'
import { type Moment, toSeconds } from '../../clock/moment.ts'
import type { DeviceKey } from './key.ts'

export interface ProofOptions {
  readonly method: string
  /** The address that the request goes to; query and fragment are left out (RFC 9449 §4.2, `htu`). */
  readonly url: string
  readonly now: Moment
  /** The last nonce that this server gave (RFC 9449 §8). */
  readonly nonce?: string | undefined
  /** The access token that goes with the request, at a resource (RFC 9449 §4.2, `ath`). */
  readonly accessToken?: string | undefined
}

const encoder = new TextEncoder()

/** Makes the value of one `DPoP` header: a fresh proof that the caller holds the device key. */
export async function createProof(key: DeviceKey, options: ProofOptions): Promise<string> {
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: await key.publicJwk() }
  const payload = {
    jti: base64url.encode(crypto.getRandomValues(new Uint8Array(16))),
    htm: options.method,
    htu: proofAddress(options.url),
    iat: toSeconds(options.now),
    ...(options.nonce === undefined ? {} : { nonce: options.nonce }),
    ...(options.accessToken === undefined
      ? {}
      : { ath: await accessTokenHash(options.accessToken) }),
  }
  const signed = [header, payload].map((part) => base64url.encode(JSON.stringify(part))).join('.')
  const signature = await key.sign(encoder.encode(signed))
  return `${signed}.${base64url.encode(signature)}`
}

/** `htu`: the address without query and fragment, in the URL standard's normal form (RFC 9449 §4.3 no. 9). */
export function proofAddress(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

/** `ath`: base64url of the SHA-256 of the access token (RFC 9449 §4.2). */
export async function accessTokenHash(accessToken: string): Promise<string> {
  return base64url.encode(
    new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(accessToken))),
  )
}
