import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Duration, MINUTE, type Moment } from '../../clock/moment.ts'

const TIME_BYTES = 6
const MAC_BYTES = 16

/** How long a nonce is taken. Also how long `jti`s must be remembered. */
export const NONCE_LIFE: Duration = 5 * MINUTE

/**
 * Server nonces that carry the server's time (RFC 9449 §8, §11.1), so that a client's own clock
 * does not matter. The key lives as long as the process: after a restart no older nonce is taken,
 * and so no older proof, which is why `jti`s need not be kept on disk.
 */
export class ProofNonces {
  readonly #key = randomBytes(32)

  /** A nonce for the `DPoP-Nonce` header. */
  issue(now: Moment): string {
    const time = Buffer.alloc(TIME_BYTES)
    time.writeUIntBE(now, 0, TIME_BYTES)
    return Buffer.concat([time, this.#mac(time)]).toString('base64url')
  }

  /** Whether this process gave the nonce out, no longer than {@link NONCE_LIFE} ago. */
  accepts(nonce: string, now: Moment): boolean {
    const bytes = Buffer.from(nonce, 'base64url')
    if (bytes.length !== TIME_BYTES + MAC_BYTES) return false
    const time = bytes.subarray(0, TIME_BYTES)
    if (!timingSafeEqual(bytes.subarray(TIME_BYTES), this.#mac(time))) return false
    const age = now - time.readUIntBE(0, TIME_BYTES)
    return age >= 0 && age <= NONCE_LIFE
  }

  #mac(time: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(time).digest().subarray(0, MAC_BYTES)
  }
}
