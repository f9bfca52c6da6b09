import { LatchkeyError } from '../../protocol/errors.ts'
import { byMail } from '../audit/by.ts'
import { accountRefusal, personRefusal } from '../sessions/standing.ts'
import type { Site } from '../site.ts'
import type { Account, User } from '../store/records.ts'
import { findPlan, type Plan } from './catalogue.ts'
import { changePlan, mayChoose } from './change.ts'
import { choicesOf } from './decide.ts'
import { type Offer, readSubject } from './offer-link.ts'

/** An offer that somebody opened, and how it stands. */
export interface OpenedOffer {
  readonly offer: Offer
  readonly account: Account
  readonly user: User
  readonly plan: Plan
  /** `taken`: by this link, as it seems. `overtaken`: something else was chosen since. */
  readonly standing: 'open' | 'taken' | 'overtaken'
}

/**
 * Reads a mailed link. It tells of the account's plan and nothing else, so whoever has the mail may
 * look, as long as the one whom it was mailed to could choose: a person or a role that is gone takes
 * its links along.
 *
 * @throws LatchkeyError `not_found`, `access_denied`
 */
export async function openOffer(site: Site, signed: string): Promise<OpenedOffer> {
  const opened = site.links.open('plan', signed, site.clock.now())
  const offer = opened.kind === 'forged' ? undefined : readSubject(opened.link.subject)
  if (!offer) {
    throw new LatchkeyError(
      'not_found',
      'This link is not whole: open it from the mail, or copy all of it.',
    )
  }
  if (opened.kind === 'expired') {
    throw new LatchkeyError(
      'access_denied',
      'This link has expired: sign in, and choose on your account’s page.',
    )
  }
  const [user, account, membership] = await Promise.all([
    site.store.user(offer.userId),
    site.store.account(offer.accountId),
    site.store.membership(offer.userId, offer.accountId),
  ])
  const plan = findPlan(site.settings.plans, offer.plan)
  const refused = personRefusal(user) ?? accountRefusal(account, membership)
  if (refused || !user || !account || !membership || !mayChoose(membership.role) || !plan) {
    throw new LatchkeyError(
      'access_denied',
      'This link is not good any more: what it was mailed for has changed.',
      { reason: refused?.reason },
    )
  }
  return { offer, account, user, plan, standing: standingOf(offer, account) }
}

function standingOf({ choices, plan }: Offer, { subscription }: Account): OpenedOffer['standing'] {
  const since = choicesOf(subscription) - choices
  if (since === 0) return 'open'
  return since === 1 && subscription.plan === plan ? 'taken' : 'overtaken'
}

/**
 * Chooses what a link was mailed for, without a sign-in. That is little: nothing is charged, nobody gets
 * in by it, and a signed-in owner undoes it with one press.
 *
 * @throws LatchkeyError `not_found`, `access_denied`
 */
export async function takeOffer(site: Site, signed: string, address: string | null): Promise<void> {
  const { offer, standing } = await openOffer(site, signed)
  // Pressed twice.
  if (standing === 'taken') return
  const check = (account: Account) => {
    if (standingOf(offer, account) === 'open') return
    throw new LatchkeyError(
      'access_denied',
      'Something was chosen since this link was mailed: sign in to see what.',
    )
  }
  await changePlan(
    site,
    offer.accountId,
    { kind: 'choose', plan: offer.plan },
    byMail(offer.userId, address),
    { check, details: { by: 'mailed_link' } },
  )
}
