import type { Data } from './data.ts'
import type { Indexes } from './indexes.ts'
import type { AuditRecord } from './records.ts'
import type { AuditFilter, Write } from './store.ts'

/** Entries of the audit log, the newest first. */
export function auditPage(
  { audit }: Data,
  { auditOfUser, auditOfAccount }: Indexes,
  { userId, accountId, before = Number.POSITIVE_INFINITY, limit }: AuditFilter,
): readonly AuditRecord[] {
  const among =
    userId !== undefined
      ? auditOfUser.all(userId)
      : accountId !== undefined
        ? auditOfAccount.all(accountId)
        : [...audit.values()]
  const page: AuditRecord[] = []
  for (let index = among.length - 1; index >= 0 && page.length < limit; index--) {
    const entry = among[index]
    if (!entry || (entry.sequence ?? 0) >= before) continue
    if (accountId === undefined || entry.accountId === accountId) page.push(entry)
  }
  return page
}

/** What is in the log stays as it was written; only its time takes it away again. */
export function refuseRewriting({ audit }: Data, writes: readonly Write[]): void {
  const rewritten = writes.some(
    (write) => write.table === 'audit' && 'put' in write && audit.has(write.put.id),
  )
  if (rewritten) throw new Error('The audit log is append-only: write another entry.')
}
