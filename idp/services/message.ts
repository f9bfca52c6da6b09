import { Webhook } from 'standardwebhooks'
import { type Moment, toDate, toSeconds } from '../../clock/moment.ts'
import type { EventNumber } from '../../protocol/events.ts'
import type { ServiceSettings } from '../settings.ts'
import type { OutboxEvent } from '../store/records.ts'
import { secretsOf } from './callers.ts'
import type { Message } from './post.ts'

/**
 * An event by Standard Webhooks (notes/standards.md W-1, W-2): the same id with each attempt, the timestamp of
 * this attempt, and a signature by each secret that holds, so that a receiver can change to the new one
 * when it likes.
 */
export function webhookMessage(event: OutboxEvent, service: ServiceSettings, now: Moment): Message {
  const number: EventNumber = { sequence: event.sequence ?? 0 }
  const body = JSON.stringify({ ...event.payload, ...number })
  const signatures = secretsOf(service).map((secret) =>
    new Webhook(secret).sign(event.id, toDate(now), body),
  )
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': event.id,
      'webhook-timestamp': String(toSeconds(now)),
      'webhook-signature': signatures.join(' '),
      ...authorization(service),
    },
    body,
  }
}

/** What the receiver wants to be shown besides, if anything (RFC 6750). */
export const authorization = ({ token }: ServiceSettings): Readonly<Record<string, string>> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }
