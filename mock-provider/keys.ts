import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
} from 'jose'
import type { JWK } from 'oidc-provider'

/** The signing key of the tenant; a new one each start. */
export interface SigningKeys {
  /** For the engine: with the private half. */
  readonly privateJwk: JWK
  /** What B2C publishes: `kid use kty e n`, no `alg`, no certificate. */
  readonly publicJwk: Readonly<Record<'kid' | 'use' | 'kty' | 'e' | 'n', string>>
  /** Signs claims as B2C does: RS256 and `typ: JWT`, which passport-azure-ad insists on. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
  /** The claims of a token that we signed, however old it is; `undefined` for every other text. */
  verify(token: string): Promise<Record<string, unknown> | undefined>
}

export async function createKeys(): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const { e = '', n = '' } = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint({ kty: 'RSA', e, n })
  const privateJwk = { ...(await exportJWK(privateKey)), kty: 'RSA', kid, use: 'sig', alg: 'RS256' }
  const encoder = new TextEncoder()
  return {
    privateJwk,
    publicJwk: { kid, use: 'sig', kty: 'RSA', e, n },
    sign: (claims) =>
      new CompactSign(encoder.encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .sign(privateKey),
    async verify(token) {
      try {
        const { payload } = await compactVerify(token, publicKey, { algorithms: ['RS256'] })
        return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>
      } catch {
        return undefined
      }
    },
  }
}
