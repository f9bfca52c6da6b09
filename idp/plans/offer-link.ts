import { DAY, type Duration, type Moment } from '../../clock/moment.ts'
import type { SignedLinks } from '../links/signed-link.ts'

/** Where a link that was mailed about a plan leads. */
export const OFFER_PATH = '/plan'

/** How long such a link is good: from the reminder until after the grace. */
export const OFFER_LIFE: Duration = 14 * DAY

/** What a mailed link may do: choose this plan, for this account, as this person, once. */
export interface Offer {
  readonly accountId: string
  readonly userId: string
  readonly plan: string
  /** How often had been chosen when it was mailed: any choice since uses it up. */
  readonly choices: number
}

/** The address of an offer, of which nothing is kept. */
export function offerAddress(
  links: SignedLinks,
  url: string,
  { plan, choices, userId, accountId }: Offer,
  expiresAt: Moment,
): string {
  const subject = `${plan}-${choices}-${userId}-${accountId}`
  return `${url}${OFFER_PATH}/${links.sign({ purpose: 'plan', subject, expiresAt })}`
}

/** Names of plans have no hyphen. Signed, so a reading that is not the only one can't be made use of. */
const SUBJECT = /^(\w{1,20})-(\d{1,9})-(usr_[\w-]+?)-(acc_[\w-]+)$/

/** What a link that we signed was mailed for. */
export function readSubject(subject: string): Offer | undefined {
  const [, plan, choices, userId, accountId] = SUBJECT.exec(subject) ?? []
  if (!plan || !choices || !userId || !accountId) return undefined
  return { plan, choices: Number(choices), userId, accountId }
}
