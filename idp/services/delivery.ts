import { Webhook } from 'standardwebhooks'
import { toDate } from '../../clock/moment.ts'
import type { Site } from '../site.ts'
import type { Delivery, OutboxEvent } from '../store/records.ts'
import { retryAfter } from './schedule.ts'

/** Real milliseconds that a service may take to answer; Standard Webhooks says 15 to 30 s. */
const SERVICE_PATIENCE = 15_000

/**
 * Makes one attempt at one delivery, by Standard Webhooks: signed, the same id with each attempt,
 * the timestamp of this attempt. The outcome is written before anything else happens with it.
 */
export async function attempt(site: Site, delivery: Delivery): Promise<void> {
  const event = await site.store.event(delivery.eventId)
  const service = site.settings.services.find(({ url }) => url === delivery.endpoint)
  const arrived = event !== undefined && service !== undefined && (await send(site, event, service))
  const attempts = delivery.attempts + 1
  const wait = retryAfter(attempts)
  const after: Delivery = arrived
    ? { ...delivery, attempts, nextAt: null, state: 'delivered' }
    : wait === undefined || !service
      ? { ...delivery, attempts, nextAt: null, state: 'dead' }
      : { ...delivery, attempts, nextAt: site.clock.now() + wait }
  await site.store.commit(
    [{ table: 'delivery', put: after }],
    [{ table: 'delivery', id: delivery.id, was: delivery }],
  )
  site.log.info(
    { event: delivery.eventId, service: delivery.endpoint, attempts, state: after.state },
    'delivery attempted',
  )
}

async function send(
  site: Site,
  event: OutboxEvent,
  service: { readonly url: string; readonly secret: string },
): Promise<boolean> {
  const now = toDate(site.clock.now())
  const body = JSON.stringify(event.payload)
  try {
    const answer = await fetch(service.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(service.secret).sign(event.id, now, body),
      },
      body,
      // A redirect could lead the event anywhere (notes/standards.md W-8).
      redirect: 'manual',
      signal: AbortSignal.timeout(SERVICE_PATIENCE),
    })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}
