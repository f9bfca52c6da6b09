import Router from '@koa/router'
import { type Moment, toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import {
  EnableEndpoint,
  isDeliveryState,
  ReplayDead,
  ReplayDelivery,
  type Replayed,
  type WebhookDeliveries,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEndpoints,
} from '../../protocol/webhooks.ts'
import { enableEndpoint, requireConfigured } from '../services/endpoints.ts'
import { replay, replayDead } from '../services/replay.ts'
import type { ServiceSettings } from '../settings.ts'
import { one } from '../sign-in/request.ts'
import type { Site } from '../site.ts'
import type { Delivery, DeliveryAttempt } from '../store/records.ts'
import { readCount, requireAdmin } from './admin.ts'
import { readJson } from './body.ts'

/** Deliveries that one page holds: unless fewer are asked for, and at most. */
const PAGE = 50
const LARGEST_PAGE = 200

/** What those who run the site see and do about deliveries to services. */
export function webhookRoutes(site: Site): Router {
  const routes = new Router({ prefix: '/webhooks' })

  routes.get('/endpoints', async (ctx) => {
    requireAdmin(site, ctx)
    const endpoints = site.settings.services.map((service) => endpointView(site, service))
    ctx.body = { endpoints: await Promise.all(endpoints) } satisfies WebhookEndpoints
  })

  routes.post('/endpoints/enable', async (ctx) => {
    const by = requireAdmin(site, ctx)
    const { url } = readJson(ctx, EnableEndpoint)
    await enableEndpoint(site, url, by)
    ctx.body = await endpointView(site, requireConfigured(site, url))
  })

  routes.get('/deliveries', async (ctx) => {
    requireAdmin(site, ctx)
    const query = new URLSearchParams(ctx.querystring)
    const limit = readCount(query, 'limit', LARGEST_PAGE) ?? PAGE
    const found = await site.store.deliveries({
      state: readState(one(query, 'state')),
      endpoint: one(query, 'endpoint'),
      after: one(query, 'after'),
      limit,
    })
    const deliveries = await Promise.all(found.map((delivery) => deliveryView(site, delivery)))
    ctx.body = {
      deliveries: deliveries.flat(),
      next: found.length === limit ? (found.at(-1)?.id ?? null) : null,
    } satisfies WebhookDeliveries
  })

  routes.post('/deliveries/replay', async (ctx) => {
    const by = requireAdmin(site, ctx)
    await replay(site, readJson(ctx, ReplayDelivery).id, by)
    ctx.body = { replayed: 1 } satisfies Replayed
  })

  routes.post('/deliveries/replay-dead', async (ctx) => {
    const by = requireAdmin(site, ctx)
    const replayed = await replayDead(site, readJson(ctx, ReplayDead).endpoint, by)
    ctx.body = { replayed } satisfies Replayed
  })

  return routes
}

function readState(text: string | undefined): Delivery['state'] | undefined {
  if (text === undefined || isDeliveryState(text)) return text
  throw new LatchkeyError('invalid_request', 'state is waiting, delivered or dead.')
}

async function endpointView(
  { store, clock }: Site,
  { url, format }: ServiceSettings,
): Promise<WebhookEndpoint> {
  const known = await store.endpoint(url)
  const paused = known?.slowUntil && known.slowUntil > clock.now() ? known.slowUntil : null
  return {
    url,
    format,
    disabled_since: seconds(known?.disabled?.at ?? null),
    slow_until: seconds(paused),
    deliveries: await store.countDeliveries(url),
  }
}

/** None when its event was forgotten in this very moment. */
async function deliveryView({ store }: Site, delivery: Delivery): Promise<WebhookDelivery[]> {
  const event = await store.event(delivery.eventId)
  if (!event) return []
  const { id, eventId, endpoint, state, attempts, nextAt, history = [] } = delivery
  return [
    {
      id,
      event_id: eventId,
      sequence: event.sequence ?? 0,
      endpoint,
      state,
      attempts,
      next_at: seconds(nextAt),
      history: history.map(attemptView),
      event: event.payload,
    },
  ]
}

const attemptView = ({ at, outcome }: DeliveryAttempt): WebhookDelivery['history'][number] =>
  outcome.kind === 'answered'
    ? { at: toSeconds(at), status: outcome.status, error: outcome.error ?? null }
    : { at: toSeconds(at), status: null, error: outcome.why }

const seconds = (moment: Moment | null): number | null =>
  moment === null ? null : toSeconds(moment)
