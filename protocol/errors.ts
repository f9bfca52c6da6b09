import type { Moment } from '../clock/moment.ts'
import type { Actor, Reason } from './reasons.ts'

/**
 * Every error code that crosses the wire, with the HTTP status that carries it. The one place where
 * codes meet statuses. RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1, RFC 9449 §5 and §8;
 * the rest are ours and say so.
 */
export const HTTP_STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  unsupported_token_type: 400,
  invalid_scope: 400,
  /** OIDC Core §3.1.2.6: nobody is signed in without being asked. */
  login_required: 400,
  access_denied: 403,
  server_error: 500,
  temporarily_unavailable: 503,
  invalid_token: 401,
  /** RFC 9470 §3: the sign-in is too long ago for what was asked. */
  insufficient_user_authentication: 401,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  /** Ours: somebody else's refresh of this session is under way; read your store again (DESIGN §6). */
  refresh_in_progress: 409,
  /** Ours: this site never gave that position, for its data was restored or replaced: read from 0. */
  unknown_position: 410,
  /** Ours: too many requests; wait for as long as `Retry-After` says (RFC 6585 §4). */
  rate_limited: 429,
  /** Ours: nothing lives at this address. */
  not_found: 404,
  /** Ours: this address takes other methods (RFC 9110 §15.5.6). */
  method_not_allowed: 405,
  /** Ours: the body is larger than this address takes. */
  too_large: 413,
  /** Ours: the body is of a kind that this address doesn't take. */
  unsupported_media_type: 415,
} as const

export type ErrorCode = keyof typeof HTTP_STATUS

export interface ErrorDetails {
  /** Why the session ended, when that is what the error says. */
  readonly reason?: Reason | undefined
  readonly actor?: Actor | undefined
  /** When it ended. */
  readonly at?: Moment | undefined
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number | undefined
  /** How old the sign-in may be, in seconds; becomes `max_age` of the challenge (RFC 9470 §3). */
  readonly maxAge?: number | undefined
  readonly cause?: unknown
}

/**
 * The base of all errors that one party of Latchkey tells another. The message is a sentence that
 * says what to do next; it reaches the other party, so it never holds a secret.
 */
export class LatchkeyError extends Error {
  override readonly name = 'LatchkeyError'
  readonly code: ErrorCode
  readonly reason: Reason | undefined
  readonly actor: Actor | undefined
  readonly at: Moment | undefined
  readonly retryAfter: number | undefined
  readonly maxAge: number | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.reason = details.reason
    this.actor = details.actor
    this.at = details.at
    this.retryAfter = details.retryAfter
    this.maxAge = details.maxAge
  }

  get status(): number {
    return HTTP_STATUS[this.code]
  }
}
