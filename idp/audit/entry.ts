import type { Moment } from '../../clock/moment.ts'
import type { AuditAct } from '../../protocol/audit.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'
import type { AuditRecord } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import { newId } from '../tokens/secret.ts'
import type { By } from './by.ts'

/** What an entry is about: whatever of these it concerns. */
export interface Concerned {
  readonly userId?: string | null | undefined
  readonly accountId?: string | null | undefined
  readonly sessionId?: string | null | undefined
  readonly deviceId?: string | null | undefined
}

/**
 * One line of the audit log, to be written in the same commit as what it tells of: neither can be
 * without the other.
 *
 * @param told.actor whose act it was for whom it concerns, when that is another than who asked: a deadline
 *   that a person's request found passed was the system's, which nobody did; an owner who puts somebody out
 *   is an administrator to them, and is still named
 * @param told.details never a secret
 */
export function audit(
  act: AuditAct,
  by: By,
  at: Moment,
  concerned: Concerned,
  told: {
    readonly actor?: Actor
    readonly reason?: Reason | null
    readonly details?: AuditRecord['details']
  } = {},
): Write {
  const actor = told.actor ?? by.actor
  const nobody = actor === 'system'
  const entry: AuditRecord = {
    id: newId('aud'),
    at,
    act,
    actor,
    byUserId: nobody ? null : by.userId,
    bySessionId: nobody ? null : by.sessionId,
    address: by.address,
    userId: concerned.userId ?? null,
    accountId: concerned.accountId ?? null,
    sessionId: concerned.sessionId ?? null,
    deviceId: concerned.deviceId ?? null,
    reason: told.reason ?? null,
    details: told.details ?? {},
  }
  return { table: 'audit', put: entry }
}
