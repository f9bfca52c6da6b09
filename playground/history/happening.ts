import * as v from 'valibot'
import { AUDIT_ACTS } from '../../protocol/audit.ts'
import { PURGE_OUTCOMES } from '../../protocol/purge-proof.ts'
import { ACTORS, REASONS } from '../../protocol/reasons.ts'

/** Of everything that happened: when, in milliseconds since 1970 on everyone's clock, and in which order. */
const Any = {
  /** Counts up in the order in which the console heard of it; never given twice. */
  number: v.number(),
  at: v.number(),
}

/** Something that happened in the life of one session. */
const OfSession = { ...Any, session_id: v.string() }

export const SignedIn = v.object({
  ...OfSession,
  kind: v.literal('signed_in'),
  user_id: v.string(),
  person: v.string(),
  account_id: v.string(),
  /** `null`: a browser on the site itself, or a client without a device key. */
  device_id: v.nullable(v.string()),
  device: v.string(),
  platform: v.string(),
  client_id: v.string(),
  /** The rolling window and the absolute end that it was promised, in milliseconds. */
  idle: v.number(),
  absolute: v.number(),
  access_ends_at: v.number(),
})

/** Everything that the playground tells of: one kind each. */
export const Happening = v.variant('kind', [
  SignedIn,
  v.object({
    ...OfSession,
    kind: v.literal('purge_probed'),
    outcome: v.picklist(PURGE_OUTCOMES),
    /** The provider's own word, e.g. `login_required`. */
    answer: v.string(),
  }),
  v.object({
    ...OfSession,
    kind: v.literal('refreshed'),
    access_ends_at: v.number(),
    /** Whether it displaced a successor that never reached anybody: an answer was lost before. */
    displaces: v.boolean(),
  }),
  /** The identical answer was given again. */
  v.object({ ...OfSession, kind: v.literal('replayed') }),
  /** Somebody came with a displaced token, and was told that a newer one took over. */
  v.object({ ...OfSession, kind: v.literal('superseded') }),
  v.object({
    ...OfSession,
    kind: v.literal('ended'),
    reason: v.picklist(REASONS),
    actor: v.picklist(ACTORS),
  }),
  /** A line of the site's audit log that is not of a session's life. */
  v.object({
    ...Any,
    kind: v.literal('acted'),
    act: v.picklist(AUDIT_ACTS),
    actor: v.picklist(ACTORS),
    user_id: v.nullable(v.string()),
    account_id: v.nullable(v.string()),
    /** The whole of it as a sentence. */
    says: v.string(),
  }),
  v.object({
    ...Any,
    kind: v.literal('told_service'),
    delivery_id: v.string(),
    endpoint: v.string(),
    event: v.string(),
    session_id: v.nullable(v.string()),
    attempt: v.number(),
    state: v.picklist(['waiting', 'delivered', 'dead']),
    /** What came back: a status, or why nothing did. */
    answer: v.string(),
  }),
  v.object({ ...Any, kind: v.literal('mailed'), mail: v.string(), to: v.string() }),
  v.object({ ...Any, kind: v.literal('clock_moved'), from: v.number() }),
  /** What a party did because its time had come. */
  v.object({ ...Any, kind: v.literal('came_due'), party: v.string(), name: v.string() }),
  v.object({
    ...Any,
    kind: v.literal('party'),
    party: v.string(),
    state: v.picklist(['up', 'stopped']),
  }),
  v.object({
    ...Any,
    kind: v.literal('fault'),
    fault: v.string(),
    mode: v.picklist(['off', 'next', 'on', 'met']),
  }),
])

export type Happening = v.InferOutput<typeof Happening>

export type HappeningKind = Happening['kind']

export type HappeningOf<K extends HappeningKind> = Extract<Happening, { kind: K }>

/** Before it is counted. */
export type Unnumbered = { [K in HappeningKind]: Omit<HappeningOf<K>, 'number'> }[HappeningKind]

/**
 * What must not be told twice, for a site that is started again tells everything once more; `undefined`:
 * told once only.
 */
export function keyOf(happening: Unnumbered): string | undefined {
  switch (happening.kind) {
    case 'signed_in':
    case 'ended':
      return `${happening.kind} ${happening.session_id}`
    case 'purge_probed':
    case 'refreshed':
      return `${happening.kind} ${happening.session_id} ${happening.at}`
    case 'told_service':
      return `${happening.delivery_id} ${happening.at} ${happening.attempt}`
    case 'acted':
      return `${happening.act} ${happening.at} ${happening.says}`
    case 'mailed':
      return `${happening.mail} ${happening.to} ${happening.at}`
    default:
      return undefined
  }
}
