import type { Moment } from '../../clock/moment.ts'
import type { ServiceEvent } from '../../protocol/events.ts'
import { keepEventUntil } from '../lifetimes.ts'
import type { Delivery, OutboxEvent } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import { newId } from '../tokens/secret.ts'

export interface Announcement {
  readonly payload: ServiceEvent
  /** When what it tells of happened, which may be before it is written (a deadline). */
  readonly at: Moment
  /** Until when a receiver must remember it; a soft change needs no memory. */
  readonly rememberUntil?: Moment
}

/**
 * An event and one delivery for each service, to be written in the same commit as the change that it
 * tells of (an outbox, DESIGN §9): a service hears of everything that happened, and of nothing else.
 *
 * @param services names of the endpoints that are to hear of it
 * @param now when this is written
 */
export function announce(
  { payload, at, rememberUntil }: Announcement,
  services: readonly string[],
  now: Moment,
): readonly Write[] {
  const event: OutboxEvent = {
    id: newId('evt'),
    at,
    payload,
    keepUntil: keepEventUntil(rememberUntil ?? at, now),
  }
  return [
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
