import { LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import type { AuditRecord, Membership } from '../store/records.ts'

/** Whose activity is asked for: one's own, or the account's. */
export const ACTIVITIES = ['you', 'account'] as const

export type Activity = (typeof ACTIVITIES)[number]

/** @throws LatchkeyError `invalid_request` */
export function activityOf(word: string | undefined): Activity {
  const known = ACTIVITIES.find((one) => one === (word ?? 'you'))
  if (known) return known
  throw new LatchkeyError('invalid_request', 'of is "you" or "account".')
}

/**
 * What happened to a person, or, for those who run it, to the account, the newest first.
 *
 * @param own the membership of whoever asks
 * @throws LatchkeyError `access_denied`
 */
export async function readActivity(
  { store }: Pick<Site, 'store'>,
  own: Membership,
  asked: {
    readonly of: Activity
    readonly before?: number | undefined
    readonly limit: number
  },
): Promise<readonly AuditRecord[]> {
  const { of, before, limit } = asked
  if (of === 'you') {
    const entries = await store.audit({ userId: own.userId, before, limit })
    return entries.map((entry) => asSeenBy(entry, own.userId))
  }
  if (own.role === 'member') {
    throw new LatchkeyError('access_denied', 'Only those who run the account see its activity.')
  }
  return store.audit({ accountId: own.accountId, before, limit })
}

/** Where another person did something from is theirs to know, and their account's. */
const asSeenBy = (entry: AuditRecord, userId: string): AuditRecord =>
  entry.byUserId === userId || (entry.byUserId === null && entry.actor !== 'admin')
    ? entry
    : { ...entry, address: null, bySessionId: null }
