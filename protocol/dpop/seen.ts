import { createHash } from 'node:crypto'
import type { Moment } from '../../clock/moment.ts'
import { NONCE_LIFE } from './nonce.ts'

/**
 * Remembers which proofs were used, by a hash of `jti` (RFC 9449 §11.1). Two generations, each of a
 * nonce's life: whatever falls out of the older one has a nonce that is no longer taken.
 */
export class SeenProofs {
  #young = new Set<string>()
  #old = new Set<string>()
  #since: Moment = Number.NEGATIVE_INFINITY

  /** `true` the first time, `false` for a replay. */
  firstUse(jkt: string, jti: string, now: Moment): boolean {
    if (now - this.#since > NONCE_LIFE) {
      const gap = now - this.#since > 2 * NONCE_LIFE
      this.#old = gap ? new Set() : this.#young
      this.#young = new Set()
      this.#since = now
    }
    const key = createHash('sha256').update(`${jkt}.${jti}`).digest('base64url')
    if (this.#young.has(key) || this.#old.has(key)) return false
    this.#young.add(key)
    return true
  }
}
