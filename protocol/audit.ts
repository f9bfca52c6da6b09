import * as v from 'valibot'
import { ACTORS, REASONS } from './reasons.ts'

/** Everything that the audit log tells of: one word each. */
export const AUDIT_ACTS = [
  'signed_in',
  'sign_in_refused',
  'session_ended',
  'account_switched',
  'logins_disabled',
  'logins_enabled',
  'password_reset',
  'user_deleted',
  'account_closed',
  'account_reopened',
  'member_invited',
  'invitation_withdrawn',
  'invitation_accepted',
  'role_changed',
  'member_removed',
  'plan_changed',
  'endpoint_disabled',
  'endpoint_enabled',
  'delivery_replayed',
  'signing_key_rotated',
] as const

export type AuditAct = (typeof AUDIT_ACTS)[number]

/** One line of the audit log: who did what to whom, why, and from where. Times in seconds since 1970. */
export const AuditEntry = v.object({
  /** Counts the entries in the order in which they were written; never given twice. */
  sequence: v.number(),
  at: v.number(),
  act: v.picklist(AUDIT_ACTS),
  actor: v.picklist(ACTORS),
  /** The person who acted, where it was one whom we know. */
  by_user_id: v.nullable(v.string()),
  /** The session that they acted from. */
  by_session_id: v.nullable(v.string()),
  /** The address that the request came from. */
  address: v.nullable(v.string()),
  user_id: v.nullable(v.string()),
  account_id: v.nullable(v.string()),
  session_id: v.nullable(v.string()),
  device_id: v.nullable(v.string()),
  /** Why a session ended or somebody was turned away: the same word as everywhere. */
  reason: v.nullable(v.picklist(REASONS)),
  /** What is to be known besides, e.g. `{"mode":"now"}`; never a secret. */
  details: v.record(v.string(), v.union([v.string(), v.number()])),
})

export type AuditEntry = v.InferOutput<typeof AuditEntry>

/** `GET /admin/audit`, the newest first. */
export const AuditPage = v.object({ entries: v.array(AuditEntry) })

export type AuditPage = v.InferOutput<typeof AuditPage>
