import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret of 256 bits, as 43 base64url characters (RFC 9700 wants 128 at least). */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What the store keeps of a secret: its SHA-256. A fast hash will do, for there is nothing to guess. */
export const hashOf = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url')

/** Compares two hashes without telling, by the time it takes, where they differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A new id: 128 random bits behind a prefix that says what it names, e.g. `evt_…`. */
export const newId = (
  kind: 'acc' | 'sub' | 'evt' | 'sgn' | 'at' | 'aud' | 'mail' | 'inv',
): string => `${kind}_${randomBytes(16).toString('base64url')}`

/**
 * The id of the device that holds a key: always the same, so that a registration whose answer got
 * lost can simply be sent again. A reinstall makes a new key, and so a new device.
 */
export const deviceIdOf = (jkt: string): string => `dev_${jkt.slice(0, 22)}`

/** The id of the person that a provider knows as (issuer, subject): always the same, so two first sign-ins at once make one person. */
export const userIdOf = (issuer: string, subject: string): string =>
  `usr_${hashOf(JSON.stringify([issuer, subject])).slice(0, 22)}`
