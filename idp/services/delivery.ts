import type { Duration } from '../../clock/moment.ts'
import { BY_TIME } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import type { ServiceSettings } from '../settings.ts'
import type { Site } from '../site.ts'
import type { Delivery, Endpoint, OutboxEvent } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import type { Connections } from './connections.ts'
import { webhookMessage } from './message.ts'
import { type AttemptResult, decideAfter, readRetryAfter } from './outcome.ts'
import { isDistrust, type Message, type PostAnswer, post } from './post.ts'
import { readRefusal, securityEventMessage } from './security-event.ts'
import { findTarget, type Resolve } from './target.ts'

export interface AttemptPorts {
  readonly connections: Connections
  readonly resolve: Resolve
  /** Real milliseconds that a service may take to answer. */
  readonly patience: Duration
  /** From 0 to 1; see {@link decideAfter}. */
  readonly jitter: () => number
  /** The site stops: what is under way is left as it is, and sent again when the site is back. */
  readonly ending: AbortSignal
}

/**
 * Makes one attempt at one delivery. The outcome is written before anything else happens with it; a
 * crash between the answer and the writing sends the same event again, under the same id.
 *
 * @returns what it came to; `undefined` when nothing was written: the site stops, or somebody changed
 *   the delivery meanwhile (a replay by hand), and it is looked at again
 */
export async function attempt(
  site: Site,
  delivery: Delivery,
  ports: AttemptPorts,
): Promise<AttemptResult | undefined> {
  const service = site.settings.services.find(({ url }) => url === delivery.endpoint)
  const event = await site.store.event(delivery.eventId)
  // Forgotten this moment, and its deliveries with it.
  if (!event) return undefined
  const result: AttemptResult = service
    ? await send(site, event, service, ports)
    : { outcome: { kind: 'failed', why: 'not_configured' } }
  if (ports.ending.aborted) return undefined
  return (await note(site, delivery, result, ports.jitter())) ? result : undefined
}

/** Writes what became of an attempt; `false` when the delivery is another one by now. */
async function note(
  site: Site,
  delivery: Delivery,
  result: AttemptResult,
  jitter: number,
): Promise<boolean> {
  for (;;) {
    if ((await site.store.delivery(delivery.id)) !== delivery) return false
    const was = await site.store.endpoint(delivery.endpoint)
    const now = site.clock.now()
    const after = decideAfter(delivery, result, now, jitter)
    const writes: Write[] = [{ table: 'delivery', put: after.delivery }]
    if (after.endpoint) {
      writes.push({
        table: 'endpoint',
        put: { ...(was ?? unheardOf(delivery.endpoint)), ...after.endpoint },
      })
    }
    if (after.endpoint?.disabled) {
      writes.push(
        audit('endpoint_disabled', BY_TIME, now, {}, { details: { endpoint: delivery.endpoint } }),
      )
    }
    const written = await site.store.commit(writes, [
      { table: 'delivery', id: delivery.id, was: delivery },
      { table: 'endpoint', id: delivery.endpoint, was },
    ])
    if (!written) continue
    const { attempts, state } = after.delivery
    const { eventId, endpoint } = delivery
    site.log.info(
      { event: eventId, service: endpoint, attempts, state, outcome: result.outcome },
      'delivery attempted',
    )
    return true
  }
}

/** An endpoint of which nothing is known yet. */
export const unheardOf = (id: string): Endpoint => ({ id, disabled: null, slowUntil: null })

async function send(
  site: Site,
  event: OutboxEvent,
  service: ServiceSettings,
  { connections, resolve, patience, ending }: AttemptPorts,
): Promise<AttemptResult> {
  const url = new URL(service.url)
  const late = AbortSignal.timeout(patience)
  const target = await findTarget(url, site.settings.allowInternalServices, resolve)
  if (target.kind !== 'reachable') {
    const why = target.kind === 'internal' ? 'internal_target' : 'unreachable'
    return { outcome: { kind: 'failed', why } }
  }
  const message = await messageOf(site, event, service)
  try {
    const answer = await post(url, message, {
      agent: connections.to(url, target.addresses),
      signal: AbortSignal.any([late, ending]),
    })
    return answered(site, service, answer)
  } catch (error) {
    const why = late.aborted ? 'timeout' : isDistrust(error) ? 'untrusted' : 'unreachable'
    return { outcome: { kind: 'failed', why } }
  }
}

function messageOf(
  { clock, settings, eventKeys }: Site,
  event: OutboxEvent,
  service: ServiceSettings,
): Message | Promise<Message> {
  const now = clock.now()
  return service.format === 'caep' && eventKeys
    ? securityEventMessage(event, service, { issuer: settings.url, keys: eventKeys, now })
    : webhookMessage(event, service, now)
}

function answered(
  { clock }: Site,
  { format }: ServiceSettings,
  { status, retryAfter, beginning }: PostAnswer,
): AttemptResult {
  // The one thing of an answer's body that is kept: an error that the standard has a form for.
  const error = format === 'caep' && status >= 400 ? readRefusal(beginning) : undefined
  return {
    outcome: { kind: 'answered', status, ...(error === undefined ? {} : { error }) },
    leaveAlone: readRetryAfter(retryAfter, clock.now()),
  }
}
