import { createHash } from 'node:crypto'
import type { PublicDeviceJwk } from './key.ts'

/** An uncompressed point follows (SEC 1 §2.3.3). */
const UNCOMPRESSED = Buffer.from([4])

/**
 * The key of a proof, for checking its signature. Imported as a point and not as the JWK it came in: Node
 * then checks once and not twice that it lies on the curve, which is half the price.
 *
 * @throws when it is no point of the curve
 */
export const importPublicKey = ({ x, y }: PublicDeviceJwk): Promise<CryptoKey> =>
  crypto.subtle.importKey(
    'raw',
    Buffer.concat([UNCOMPRESSED, Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['verify'],
  )

/**
 * The same name as `thumbprint` gives (RFC 7638 §3), made here and now: WebCrypto would send these few
 * bytes to another thread and wait for it, for fifty times the processor time.
 */
export const serverThumbprint = ({ crv, kty, x, y }: PublicDeviceJwk): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
