import { type Moment, toIso, toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { SessionEndedEvent } from '../../protocol/events.ts'
import { type Actor, inWords, type Reason } from '../../protocol/reasons.ts'
import type { Delivery, OutboxEvent, Session } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import { newId } from '../tokens/secret.ts'

export interface Ending {
  readonly reason: Reason
  readonly actor: Actor
  readonly at: Moment
}

/**
 * Everything that is written when a session ends, together or not at all: the ending itself, the
 * event that tells of it, and one delivery for each service (an outbox, DESIGN §9). Every path that
 * ends a session goes through here, so none can forget to tell.
 *
 * @param services names of the endpoints that are to hear of it
 * @param now when this is written, which may be later than the ending itself (a deadline)
 */
export function endSession(
  session: Session,
  ending: Ending,
  services: readonly string[],
  now: Moment,
): readonly Write[] {
  const ended: Session = { ...session, ended: { ...ending } }
  const event: OutboxEvent = { id: newId('evt'), at: ending.at, payload: endedEvent(ended, ending) }
  return [
    { table: 'session', put: ended },
    { table: 'event', put: event },
    ...services.map((endpoint): Write => {
      const delivery: Delivery = {
        id: `${event.id}:${endpoint}`,
        eventId: event.id,
        endpoint,
        attempts: 0,
        nextAt: now,
        state: 'waiting',
      }
      return { table: 'delivery', put: delivery }
    }),
  ]
}

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
