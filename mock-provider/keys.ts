import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
} from 'jose'
import type { JWK } from 'oidc-provider'

/** What B2C publishes: `kid use kty e n`, no `alg`, no certificate. */
export type PublicJwk = Readonly<Record<'kid' | 'use' | 'kty' | 'e' | 'n', string>>

/** The signing keys of the tenant; new ones each start. */
export interface SigningKeys {
  /** For the engine: with the private half. What it signs with it, it signs for us alone. */
  readonly privateJwk: JWK
  /** Of the key that signs now. */
  readonly kid: string
  /** All that a token of ours may be signed with, the one that signs now first. */
  published(): Promise<readonly PublicJwk[]>
  /**
   * Signs claims as B2C does: RS256 and `typ: JWT`, which passport-azure-ad insists on.
   *
   * @param kid - what the header says, should that be another key's
   */
  sign(claims: Readonly<Record<string, unknown>>, kid?: string): Promise<string>
  /** The claims of a token that we signed, however old it is; `undefined` for every other text. */
  verify(token: string): Promise<Record<string, unknown> | undefined>
  /**
   * Signs with a new key from now on.
   *
   * @param old - whether the keys of before stay published, as they do for a while in a rotation
   */
  rotate(old: 'published' | 'withdrawn'): Promise<void>
}

export async function createKeys(): Promise<SigningKeys> {
  const first = await createKey()
  let signing = first
  let known = [first]
  const encoder = new TextEncoder()
  return {
    privateJwk: {
      ...(await exportJWK(first.privateKey)),
      kty: 'RSA',
      kid: first.publicJwk.kid,
      use: 'sig',
      alg: 'RS256',
    },
    get kid() {
      return signing.publicJwk.kid
    },
    published: async () => known.map(({ publicJwk }) => publicJwk),
    sign: (claims, kid = signing.publicJwk.kid) =>
      new CompactSign(encoder.encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .sign(signing.privateKey),
    async verify(token) {
      for (const { publicKey } of known) {
        try {
          const { payload } = await compactVerify(token, publicKey, { algorithms: ['RS256'] })
          return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>
        } catch {
          // Another of ours may have signed it.
        }
      }
      return undefined
    },
    async rotate(old) {
      signing = await createKey()
      known = old === 'published' ? [signing, ...known] : [signing]
    },
  }
}

async function createKey() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const { e = '', n = '' } = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint({ kty: 'RSA', e, n })
  const publicJwk: PublicJwk = { kid, use: 'sig', kty: 'RSA', e, n }
  return { privateKey, publicKey, publicJwk }
}
