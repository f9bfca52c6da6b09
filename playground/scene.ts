import * as v from 'valibot'
import { ROLES, SUBSCRIPTION_STATUSES } from '../protocol/plan.ts'
import { PurgeProof } from '../protocol/purge-proof.ts'
import { FAULTS } from './faults.ts'
import { SignatureCheck } from './requests/exchange.ts'
import { TrailShown } from './requests/trail-shown.ts'
import { FAULT_MODES } from './site/orders.ts'

export const PARTIES = ['provider', 'site', 'service'] as const

export type PartyName = (typeof PARTIES)[number]

export const PartyShown = v.object({
  name: v.picklist(PARTIES),
  /** What it is, in a few words. */
  what: v.string(),
  url: v.string(),
  state: v.picklist(['up', 'starting', 'stopped']),
  /** Whether advancing the clock waits for it. */
  follows: v.boolean(),
})

export type PartyShown = v.InferOutput<typeof PartyShown>

export const Due = v.object({ at: v.number(), party: v.string(), name: v.string() })

export type Due = v.InferOutput<typeof Due>

export const AccountShown = v.object({
  id: v.string(),
  name: v.string(),
  role: v.picklist(ROLES),
  plan: v.string(),
  status: v.picklist(SUBSCRIPTION_STATUSES),
  closed: v.boolean(),
})

export type AccountShown = v.InferOutput<typeof AccountShown>

export const SessionShown = v.object({
  id: v.string(),
  device: v.string(),
  platform: v.string(),
  client_id: v.string(),
  signed_in_at: v.number(),
  refreshed_at: v.number(),
  idle_ends_at: v.number(),
  absolute_ends_at: v.number(),
  purge: v.nullable(PurgeProof),
})

export type SessionShown = v.InferOutput<typeof SessionShown>

export const PersonShown = v.object({
  id: v.string(),
  name: v.string(),
  email: v.nullable(v.string()),
  state: v.picklist(['active', 'logins_disabled', 'no_new_logins', 'no_open_account', 'deleted']),
  accounts: v.array(AccountShown),
  sessions: v.array(SessionShown),
})

export type PersonShown = v.InferOutput<typeof PersonShown>

export const DeliveryShown = v.object({
  id: v.string(),
  endpoint: v.string(),
  event: v.string(),
  state: v.picklist(['waiting', 'delivered', 'dead']),
  attempts: v.number(),
  next_at: v.nullable(v.number()),
  history: v.array(v.object({ at: v.number(), answer: v.string() })),
  payload: v.unknown(),
  /** What the playground found of the message that arrived last; `null`: none did, or it is long ago. */
  signature: v.nullable(SignatureCheck),
})

export type DeliveryShown = v.InferOutput<typeof DeliveryShown>

export const FaultShown = v.object({
  fault: v.picklist(FAULTS),
  name: v.string(),
  says: v.string(),
  mode: v.picklist(FAULT_MODES),
})

export type FaultShown = v.InferOutput<typeof FaultShown>

/**
 * How everything stands. Moments are milliseconds since 1970 on everyone's clock, as in the rest of what
 * the console says.
 */
export const Scene = v.object({
  epoch: v.string(),
  now_ms: v.number(),
  offset_ms: v.number(),
  parties: v.array(PartyShown),
  people: v.array(PersonShown),
  /** What happens next by itself, the earliest first. */
  due: v.array(Due),
  /** The newest first. */
  deliveries: v.array(DeliveryShown),
  faults: v.array(FaultShown),
  /** What the provider did, and why it refused something; the newest first. */
  provider_trail: v.array(TrailShown),
})

export type Scene = v.InferOutput<typeof Scene>
