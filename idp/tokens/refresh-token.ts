import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { newSecret } from './secret.ts'

/**
 * A refresh token: `lkr_` + session id (22) + secret (43) + checksum (6), all base64url. The prefix
 * and the checksum let secret scanners know one when they see it, without asking us (DESIGN §5).
 */
const SHAPE = /^lkr_([\w-]{22})([\w-]{43})([\w-]{6})$/

export interface RefreshToken {
  readonly sessionId: string
  readonly secret: string
}

/** 128 random bits; names a session everywhere: `sid`, webhooks, the first part of its refresh tokens. */
export const newSessionId = (): string => randomBytes(16).toString('base64url')

export const newRefreshSecret = newSecret

export function formatRefreshToken({ sessionId, secret }: RefreshToken): string {
  return `lkr_${sessionId}${secret}${checksum(sessionId + secret)}`
}

/** `undefined` for anything that was never a refresh token of ours: no need to look in the store. */
export function parseRefreshToken(token: string): RefreshToken | undefined {
  const [, sessionId, secret, sum] = SHAPE.exec(token) ?? []
  if (!sessionId || !secret || sum !== checksum(sessionId + secret)) return undefined
  return { sessionId, secret }
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return bytes.toString('base64url')
}
