import { toSeconds } from '../../clock/moment.ts'
import type { AuditEntry } from '../../protocol/audit.ts'
import type { AuditRecord } from '../store/records.ts'

/** How an entry crosses the wire. */
export const auditEntry = (record: AuditRecord): AuditEntry => ({
  sequence: record.sequence ?? 0,
  at: toSeconds(record.at),
  act: record.act,
  actor: record.actor,
  by_user_id: record.byUserId,
  by_session_id: record.bySessionId,
  address: record.address,
  user_id: record.userId,
  account_id: record.accountId,
  session_id: record.sessionId,
  device_id: record.deviceId,
  reason: record.reason,
  details: { ...record.details },
})
