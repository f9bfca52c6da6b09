import * as v from 'valibot'
import { ServiceEvent } from './events.ts'

/** What those who run the site see and do about deliveries to services. Times in seconds since 1970. */

const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const

export const WebhookEndpoint = v.object({
  url: v.string(),
  /** How events are put: by Standard Webhooks, or as Security Event Tokens. */
  format: v.picklist(['webhook', 'caep']),
  /** It answered 410 Gone: nothing is sent until it is enabled again, and what is to be told waits. */
  disabled_since: v.nullable(v.number()),
  /** It asked for a pause: nothing is sent before. */
  slow_until: v.nullable(v.number()),
  deliveries: v.object({ waiting: v.number(), delivered: v.number(), dead: v.number() }),
})

export type WebhookEndpoint = v.InferOutput<typeof WebhookEndpoint>

/** `GET /webhooks/endpoints` */
export const WebhookEndpoints = v.object({ endpoints: v.array(WebhookEndpoint) })

export type WebhookEndpoints = v.InferOutput<typeof WebhookEndpoints>

/** `POST /webhooks/endpoints/enable` */
export const EnableEndpoint = v.object({ url: v.string() })

export const WebhookAttempt = v.object({
  at: v.number(),
  /** What the endpoint answered; `null`: it didn't. */
  status: v.nullable(v.number()),
  /** The error that it named (RFC 8935 §2.4), or why there was no answer. */
  error: v.nullable(v.string()),
})

export const WebhookDelivery = v.object({
  id: v.string(),
  event_id: v.string(),
  sequence: v.number(),
  endpoint: v.string(),
  state: v.picklist(DELIVERY_STATES),
  /** Since it began, or was replayed by hand. */
  attempts: v.number(),
  next_at: v.nullable(v.number()),
  /** The newest last. */
  history: v.array(WebhookAttempt),
  event: ServiceEvent,
})

export type WebhookDelivery = v.InferOutput<typeof WebhookDelivery>

/** `GET /webhooks/deliveries`, in the order in which they came to be. */
export const WebhookDeliveries = v.object({
  deliveries: v.array(WebhookDelivery),
  /** Give it as `after` to go on; `null`: that was all. */
  next: v.nullable(v.string()),
})

export type WebhookDeliveries = v.InferOutput<typeof WebhookDeliveries>

export const isDeliveryState = (text: string): text is (typeof DELIVERY_STATES)[number] =>
  (DELIVERY_STATES as readonly string[]).includes(text)

/** `POST /webhooks/deliveries/replay` */
export const ReplayDelivery = v.object({ id: v.string() })

/** `POST /webhooks/deliveries/replay-dead` */
export const ReplayDead = v.object({ endpoint: v.string() })

/** How many deliveries wait again. */
export const Replayed = v.object({ replayed: v.number() })

export type Replayed = v.InferOutput<typeof Replayed>
