import { base64url } from 'jose'

const encoder = new TextEncoder()

/** 256 random bits in base64url: a `state`, a PKCE verifier (RFC 7636 §4.1), an attempt. */
export const randomText = (): string => base64url.encode(crypto.getRandomValues(new Uint8Array(32)))

/** PKCE's S256 (RFC 7636 §4.2). */
export async function codeChallenge(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(verifier))
  return base64url.encode(new Uint8Array(digest))
}
