import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const IV_BYTES = 12
const TAG_BYTES = 16

/** Who may open a sealed answer: whoever presents the same token and names the same attempt again. */
export interface Seal {
  /** The presented refresh token or authorization code; never stored. */
  readonly presented: string
  /** The `Idempotency-Key`; only its hash is stored. */
  readonly attempt: string
}

/**
 * Encrypts an answer (AES-256-GCM) under a key that only the presented token and the attempt can
 * make, so that the file store alone opens nothing (DESIGN §6).
 */
export function sealAnswer(answer: string, seal: Seal): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(seal), iv)
  const body = Buffer.concat([cipher.update(answer, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
}

/** @throws when the seal is another one, or the stored text was touched. */
export function openAnswer(sealed: string, seal: Seal): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', keyOf(seal), bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  const body = bytes.subarray(IV_BYTES + TAG_BYTES)
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
}

// HKDF (RFC 5869): the presented token is 256 random bits, the attempt goes in as salt.
const keyOf = ({ presented, attempt }: Seal): Buffer =>
  Buffer.from(hkdfSync('sha256', presented, attempt, 'latchkey sealed answer', 32))
