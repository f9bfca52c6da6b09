import { calculateJwkThumbprint } from 'jose'

/** The public half of a device key: P-256, as a JWK (RFC 7518 §6.2.1). Nothing else is taken. */
export interface PublicDeviceJwk {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

/**
 * A device key that can prove itself. The private half may be unreachable: a non-extractable
 * WebCrypto key, or one in the OS keychain.
 */
export interface DeviceKey {
  publicJwk(): Promise<PublicDeviceJwk>
  /** ES256 over `data`: the 64 bytes r‖s (RFC 7518 §3.4). */
  sign(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array>
}

/** The SHA-256 thumbprint that names a key everywhere: `dpop_jkt`, `cnf.jkt` (RFC 7638, RFC 9449 §6.1). */
export const thumbprint = (jwk: PublicDeviceJwk): Promise<string> =>
  calculateJwkThumbprint({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, 'sha256')

/** A device key held by WebCrypto: in Node, and in an extension's IndexedDB. */
export function webCryptoDeviceKey(pair: CryptoKeyPair): DeviceKey {
  return {
    async publicJwk() {
      const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
      return { kty: 'EC', crv: 'P-256', x, y }
    },
    async sign(data) {
      const signature = await crypto.subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        pair.privateKey,
        data,
      )
      return new Uint8Array(signature)
    },
  }
}
