import { type Duration, type Moment, SECOND } from '../../clock/moment.ts'
import { NONCE_LIFE } from '../../protocol/dpop/nonce.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'
import { absoluteEndsAt, sessionEndsAt } from '../lifetimes.ts'
import type { Session, TokenState } from '../store/records.ts'
import { sameHash } from '../tokens/secret.ts'
import { type SessionView, viewRefusal } from './standing.ts'

/** What came with a refresh, after its shape and its device proof were checked. */
export interface PresentedRefresh {
  readonly secretHash: string
  /** Hash of the `Idempotency-Key`; `null` when there was none. */
  readonly attemptHash: string | null
  /** Thumbprint of the key that was proved. */
  readonly jkt: string
}

export type RefreshDecision =
  /** A new successor; `displaces` the present one, which never reached anybody. */
  | { readonly kind: 'rotate'; readonly displaces: string | null }
  /** The identical answer again. */
  | { readonly kind: 'replay'; readonly sealed: string }
  /** Another process of this device just refreshed: read your store again. */
  | { readonly kind: 'in_progress' }
  /** A newer token of this device took over; its holder goes on. */
  | { readonly kind: 'superseded' }
  /** The session ends here and now. */
  | { readonly kind: 'end'; readonly reason: Reason; readonly actor: Actor; readonly at: Moment }
  /** It ended before. */
  | { readonly kind: 'ended'; readonly reason: Reason; readonly actor: Actor; readonly at: Moment }
  /** Not a token of this session: nothing ends, nothing is told. */
  | { readonly kind: 'unknown' }

/**
 * For so long after a rotation, another attempt with the token before it is taken for a second
 * process of the same device that read the store a moment too early, and is asked to read it again.
 */
export const SAME_MOMENT: Duration = 10 * SECOND

/** How many displaced successors are remembered, so that their holders hear `superseded`. */
export const DISPLACED_MEMORY = 8

/**
 * Decides what one refresh comes to: the table of DESIGN §6. Deadlines come before reuse, so that a
 * restored backup does not raise a theft alarm.
 */
export function decideRefresh(
  view: SessionView,
  presented: PresentedRefresh,
  now: Moment,
): RefreshDecision {
  const { session } = view
  const position = positionOf(session.tokens, presented.secretHash)
  const rightKey = session.jkt !== null && sameHash(session.jkt, presented.jkt)
  // Neither a token nor the key of this session: somebody who knows no more than a session's id,
  // which every service does. Such a one must not be able to end it, or learn of its end.
  if (position === 'other' && !rightKey) return { kind: 'unknown' }
  if (session.ended) return { kind: 'ended', ...session.ended }
  const deadline = passedDeadline(session, now)
  if (deadline) return { kind: 'end', actor: 'system', ...deadline }
  const refusal = viewRefusal(view)
  if (refusal) {
    return { kind: 'end', reason: refusal.reason, actor: refusal.actor, at: now }
  }
  if (!rightKey) return { kind: 'end', reason: 'device_mismatch', actor: 'system', at: now }
  return decideByToken(session.tokens, position, presented.attemptHash, now)
}

function decideByToken(
  tokens: TokenState | null,
  position: Position,
  attemptHash: string | null,
  now: Moment,
): RefreshDecision {
  if (position === 'current') return { kind: 'rotate', displaces: null }
  if (position === 'displaced') return { kind: 'superseded' }
  const previous = tokens?.previous
  // With the right key, a secret that is none of these is one from before: only this device ever
  // held the key, and it is never given a token twice.
  if (position === 'other' || !tokens || !previous) {
    return { kind: 'end', reason: 'reuse_detected', actor: 'system', at: now }
  }
  const sameAttempt =
    attemptHash !== null &&
    previous.attemptHash !== null &&
    sameHash(attemptHash, previous.attemptHash)
  if (sameAttempt && previous.sealed !== null && !tokens.confirmed) {
    return { kind: 'replay', sealed: previous.sealed }
  }
  // The same attempt, after its answer was used, may be a request that a network held back while the
  // device tried again: its proof is good for a nonce's life. Later it is a copy, or a backup.
  const patience = sameAttempt ? NONCE_LIFE : SAME_MOMENT
  if (now - previous.rotatedAt < patience) return { kind: 'in_progress' }
  if (tokens.confirmed) return { kind: 'end', reason: 'reuse_detected', actor: 'system', at: now }
  return { kind: 'rotate', displaces: tokens.current }
}

export type Position = 'current' | 'previous' | 'displaced' | 'other'

/** Where a presented secret stands in the family. */
export function positionOf(tokens: TokenState | null, secretHash: string): Position {
  if (!tokens) return 'other'
  if (sameHash(tokens.current, secretHash)) return 'current'
  if (tokens.previous && sameHash(tokens.previous.hash, secretHash)) return 'previous'
  if (tokens.displaced.some((hash) => sameHash(hash, secretHash))) return 'displaced'
  return 'other'
}

/** The deadline that a session has passed, and when that was; `undefined` while it lives. */
export function passedDeadline(
  session: Session,
  now: Moment,
): { reason: 'idle_expired' | 'absolute_expired'; at: Moment } | undefined {
  const at = sessionEndsAt(session)
  if (now < at) return undefined
  return { reason: at === absoluteEndsAt(session) ? 'absolute_expired' : 'idle_expired', at }
}

/** The tokens of a session after a rotation. */
export function rotated(
  tokens: TokenState | null,
  rotation: {
    readonly presented: string
    readonly successor: string
    readonly attemptHash: string | null
    readonly sealed: string | null
    readonly displaces: string | null
    readonly now: Moment
  },
): TokenState {
  const before = tokens?.displaced ?? []
  return {
    current: rotation.successor,
    confirmed: false,
    previous: {
      hash: rotation.presented,
      attemptHash: rotation.attemptHash,
      sealed: rotation.sealed,
      rotatedAt: rotation.now,
    },
    displaced:
      rotation.displaces === null
        ? before
        : [rotation.displaces, ...before].slice(0, DISPLACED_MEMORY),
  }
}
