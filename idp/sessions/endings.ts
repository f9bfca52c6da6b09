import { fromSeconds, type Moment, toIso, toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { SessionEndedEvent } from '../../protocol/events.ts'
import { type Actor, inWords, type Reason } from '../../protocol/reasons.ts'
import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import { mail } from '../mail/mail.ts'
import { announce } from '../services/outbox.ts'
import type { Session } from '../store/records.ts'
import type { Write } from '../store/store.ts'

export interface Ending {
  readonly reason: Reason
  readonly actor: Actor
  readonly at: Moment
}

/** Who is told of a change, when it is written, and by whom it is. */
export interface Telling {
  /** Names of the services' endpoints that are to hear of it. */
  readonly services: readonly string[]
  /** When it is written, which may be later than the ending itself (a deadline). */
  readonly now: Moment
  readonly by: By
}

/**
 * Everything that is written when a session ends, together or not at all: the ending itself, the
 * event that tells of it with one delivery for each service, the line of the audit log, and a mail to
 * the person where somebody else may have had their tokens. Every path that ends a session goes through
 * here, so none can forget to tell.
 */
export function endSession(
  session: Session,
  ending: Ending,
  { services, now, by }: Telling,
): readonly Write[] {
  const { reason, actor, at } = ending
  const ended: Session = { ...session, ended: { at, reason, actor } }
  const payload = endedEvent(ended, ending)
  const rememberUntil = fromSeconds(payload.data.exp)
  const concerned = { ...session, sessionId: session.id }
  return [
    { table: 'session', put: ended },
    ...announce({ payload, at, rememberUntil }, services, now),
    audit('session_ended', by, at, concerned, { actor, reason }),
    ...(reason === 'reuse_detected'
      ? [mail({ kind: 'person', userId: session.userId }, { kind: 'reuse_detected', at }, now)]
      : []),
  ]
}

/** The line of the audit log that a session began with. */
export const signedIn = (session: Session, by: By): Write =>
  audit(
    'signed_in',
    by,
    session.createdAt,
    { ...session, sessionId: session.id },
    { details: { client: session.clientId } },
  )

const endedEvent = (session: Session, ending: Ending): SessionEndedEvent => ({
  type: 'session.ended',
  timestamp: toIso(ending.at),
  data: {
    session_id: session.id,
    user_id: session.userId,
    account_id: session.accountId,
    device_id: session.deviceId,
    reason: ending.reason,
    actor: ending.actor,
    exp: toSeconds(session.accessEndsAt),
  },
})

/** What a client hears whose session has ended: `invalid_grant`, and why (RFC 6749 §5.2). */
export function endedError(session: Session, ending: Ending, accountName?: string): LatchkeyError {
  const { sentence } = inWords(ending.reason, {
    at: ending.at,
    timeZone: 'UTC',
    idle: session.idle,
    absolute: session.absolute,
    account: accountName,
    actor: ending.actor,
  })
  return new LatchkeyError('invalid_grant', sentence, {
    reason: ending.reason,
    actor: ending.actor,
    at: ending.at,
  })
}
