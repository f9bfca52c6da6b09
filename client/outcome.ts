import * as v from 'valibot'
import { type Duration, fromSeconds, type Moment, SECOND } from '../clock/moment.ts'
import type { LatchkeyError } from '../protocol/errors.ts'
import { TokenResponse } from '../protocol/tokens.ts'
import type { Ending } from './held.ts'
import type { SiteAnswer } from './site.ts'

/** The only outcomes of a refresh (DESIGN §10). */
export type RefreshOutcome =
  | { readonly kind: 'ok' }
  /** Nothing is known: the person stays signed in. Asking again makes sense `after` so long. */
  | { readonly kind: 'retry_later'; readonly after: Duration }
  /** Nobody is signed in, or no longer. */
  | { readonly kind: 'ended'; readonly ended: Ending | undefined }

/** An answer with tokens that can be kept alive: bound to the key, with a refresh token. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly sessionId: string
  /** By the site's clock. */
  readonly issuedAt: Moment
  readonly lifetime: Duration
}

/** @returns `undefined` when the answer is none of ours, e.g. a portal's that speaks JSON. */
export function readTokens(body: unknown): Tokens | undefined {
  const read = v.safeParse(TokenResponse, body)
  if (!read.success) return undefined
  const { access_token, token_type, refresh_token, session_id, issued_at, expires_in } = read.output
  if (token_type !== 'DPoP' || refresh_token === undefined) return undefined
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    sessionId: session_id,
    issuedAt: fromSeconds(issued_at),
    lifetime: fromSeconds(expires_in),
  }
}

/** A longer wait for another process is not worth holding up the person for. */
const LONGEST_WAIT: Duration = 15 * SECOND

export type RefreshDecision =
  | { readonly kind: 'store'; readonly tokens: Tokens }
  /** Another process of this installation is at it: read the store, wait, try again. */
  | { readonly kind: 'in_progress'; readonly after: Duration }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly unknownHere: boolean }
  | {
      readonly kind: 'retry_later'
      readonly why: string
      readonly retryAfter: Duration | undefined
      /** The site spoke, but not of an end: one of us two has a bug. */
      readonly bug: boolean
    }

/**
 * What an answer to a refresh means. Only `invalid_grant` ends a session (RFC 6749 §5.2); every
 * other error is a mistake in the request, and signing a person out would not mend it.
 */
export function decideAfterRefresh(answer: SiteAnswer): RefreshDecision {
  if (answer.kind === 'unreachable') {
    return { kind: 'retry_later', why: answer.why, retryAfter: answer.retryAfter, bug: false }
  }
  if (answer.kind === 'answer') {
    const tokens = readTokens(answer.body)
    if (tokens) return { kind: 'store', tokens }
    return { kind: 'retry_later', why: 'unexpected_answer', retryAfter: undefined, bug: true }
  }
  const { error, retryAfter } = answer
  if (error.code === 'invalid_grant') {
    return { kind: 'ended', ending: endingOf(error), unknownHere: error.reason === undefined }
  }
  if (error.code === 'refresh_in_progress' && (retryAfter ?? SECOND) <= LONGEST_WAIT) {
    return { kind: 'in_progress', after: retryAfter ?? SECOND }
  }
  const bug = error.code !== 'refresh_in_progress'
  return { kind: 'retry_later', why: error.code, retryAfter, bug }
}

/**
 * The ending that an error tells of. `invalid_grant` without a reason means that the site does not
 * know the token at all, e.g. after a reset in development. Every ending has one of the reasons:
 * `signed_out` by the system is the one whose sentence is true.
 */
function endingOf(error: LatchkeyError): Ending {
  return {
    reason: error.reason ?? 'signed_out',
    actor: error.actor ?? 'system',
    ...(error.at === undefined ? {} : { at: error.at }),
  }
}

export type RedeemDecision =
  | { readonly kind: 'store'; readonly tokens: Tokens }
  /** There is no session yet that a wrong guess could end: every explicit refusal is final. */
  | { readonly kind: 'refused'; readonly error: LatchkeyError }
  | {
      readonly kind: 'retry_later'
      readonly why: string
      readonly retryAfter: Duration | undefined
    }

/** What an answer to a code exchange means. */
export function decideAfterRedeem(answer: SiteAnswer): RedeemDecision {
  if (answer.kind === 'unreachable') {
    return { kind: 'retry_later', why: answer.why, retryAfter: answer.retryAfter }
  }
  if (answer.kind === 'answer') {
    const tokens = readTokens(answer.body)
    if (tokens) return { kind: 'store', tokens }
    return { kind: 'retry_later', why: 'unexpected_answer', retryAfter: undefined }
  }
  const { error, retryAfter } = answer
  if (error.code === 'use_dpop_nonce' || error.code === 'refresh_in_progress') {
    return { kind: 'retry_later', why: error.code, retryAfter }
  }
  return { kind: 'refused', error }
}
