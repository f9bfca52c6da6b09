import type { Moment } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import type { Site } from '../site.ts'
import type { Delivery } from '../store/records.ts'
import type { Expectation, Write } from '../store/store.ts'
import { requireConfigured } from './endpoints.ts'

/** The same event under the same id, from the first attempt on; what was tried before stays to be seen. */
const again = (delivery: Delivery, now: Moment): Delivery => ({
  ...delivery,
  state: 'waiting',
  attempts: 0,
  nextAt: now,
})

/**
 * Sends a delivery again that is dead, or that arrived and got lost there.
 *
 * @throws LatchkeyError `not_found`, or `invalid_request` when it waits already
 */
export async function replay(site: Site, id: string, by: By): Promise<void> {
  for (;;) {
    const delivery = await site.store.delivery(id)
    if (!delivery) {
      throw new LatchkeyError('not_found', 'There is no such delivery, or it is forgotten by now.')
    }
    if (delivery.state === 'waiting') {
      throw new LatchkeyError('invalid_request', 'This delivery is on its way already.')
    }
    requireConfigured(site, delivery.endpoint)
    if (await sendAgain(site, [delivery], by)) return
  }
}

/**
 * Sends everything again to an endpoint that is dead there.
 *
 * @returns how many deliveries that are
 * @throws LatchkeyError `not_found`
 */
export async function replayDead(site: Site, endpoint: string, by: By): Promise<number> {
  requireConfigured(site, endpoint)
  for (;;) {
    const dead = await site.store.deliveries({
      endpoint,
      state: 'dead',
      limit: Number.POSITIVE_INFINITY,
    })
    if (dead.length === 0 || (await sendAgain(site, dead, by))) return dead.length
  }
}

async function sendAgain(site: Site, deliveries: readonly Delivery[], by: By): Promise<boolean> {
  const now = site.clock.now()
  const [first] = deliveries
  const details = {
    endpoint: first?.endpoint ?? '',
    ...(deliveries.length === 1 ? { event: first?.eventId ?? '' } : { count: deliveries.length }),
  }
  const writes = deliveries.map(
    (delivery): Write => ({ table: 'delivery', put: again(delivery, now) }),
  )
  const done = await site.store.commit(
    [...writes, audit('delivery_replayed', by, now, {}, { details })],
    deliveries.map(
      (delivery): Expectation => ({ table: 'delivery', id: delivery.id, was: delivery }),
    ),
  )
  if (done) site.hurry()
  return done
}
