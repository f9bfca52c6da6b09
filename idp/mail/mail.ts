import type { Moment } from '../../clock/moment.ts'
import type { Mail, MailContent, MailRecipient } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import { newId } from '../tokens/secret.ts'

/**
 * Something to be said to somebody by e-mail, to be written in the same commit as its cause: whatever
 * happened is said, and nothing else is. `site.hurry()` after the commit sends it at once.
 */
export function mail(to: MailRecipient, says: MailContent, now: Moment): Write {
  const put: Mail = {
    id: newId('mail'),
    at: now,
    to,
    says,
    attempts: 0,
    nextAt: now,
    state: 'waiting',
  }
  return { table: 'mail', put }
}
