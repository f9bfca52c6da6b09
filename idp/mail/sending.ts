import { type Duration, HOUR, MINUTE, type Moment } from '../../clock/moment.ts'
import type { Site } from '../site.ts'
import type { Mail } from '../store/records.ts'
import { mailInWords } from './words.ts'

/** How long after each attempt that failed the next one comes. */
const RETRY_AFTER: readonly Duration[] = [
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  8 * HOUR,
  24 * HOUR,
]

/** A mail after an attempt to send it. */
export function afterAttempt(mail: Mail, sent: boolean, now: Moment): Mail {
  const attempts = mail.attempts + 1
  if (sent) return { ...mail, attempts, nextAt: null, state: 'sent' }
  const wait = RETRY_AFTER[mail.attempts]
  return wait === undefined
    ? { ...mail, attempts, nextAt: null, state: 'undeliverable' }
    : { ...mail, attempts, nextAt: now + wait }
}

/**
 * Sends a mail whose time has come, or makes out why not. A crash between the sending and the note
 * of it sends the same mail again, under the same name.
 *
 * @returns what was done, in words that QA reads
 */
export async function sendMail(site: Site, mail: Mail): Promise<string | undefined> {
  const to = await addressOf(site, mail)
  const now = site.clock.now()
  // Whom we don't know any more, or never had an address of, is not written to later either.
  const after: Mail =
    to === undefined
      ? { ...mail, nextAt: null, state: 'undeliverable' }
      : afterAttempt(mail, await trySending(site, mail, to), now)
  const noted = await site.store.commit(
    [{ table: 'mail', put: after }],
    [{ table: 'mail', id: mail.id, was: mail }],
  )
  return noted ? `mail ${mail.id} (${mail.says.kind}): ${after.state}` : undefined
}

async function trySending(site: Site, mail: Mail, to: string): Promise<boolean> {
  const words = mailInWords(mail.says, { url: site.settings.url, links: site.links })
  try {
    await site.mailer.send({
      id: mail.id,
      from: site.settings.mailFrom,
      to,
      at: mail.at,
      ...words,
    })
    return true
  } catch (error) {
    // Only what kind of failure it was: a mail server's words may quote the mail.
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    site.log.warn({ mail: mail.id, code }, 'a mail could not be sent')
    return false
  }
}

/** Looked up in the moment of sending: a person who was deleted meanwhile is not written to. */
export async function addressOf(
  { store }: Pick<Site, 'store'>,
  { to }: Pick<Mail, 'to'>,
): Promise<string | undefined> {
  if (to.kind === 'address') return to.address
  const user = await store.user(to.userId)
  return user && !user.deleted ? (user.email ?? undefined) : undefined
}
