import type { Moment } from '../../clock/moment.ts'
import type { AccountView } from '../accounts/change.ts'
import type { By } from '../audit/by.ts'
import { mail } from '../mail/mail.ts'
import type { Site } from '../site.ts'
import type { MailContent } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import { planLabel } from './catalogue.ts'
import { choicesOf, type PlanChange } from './decide.ts'
import { OFFER_LIFE } from './offer-link.ts'

/**
 * What those who own or administer an account are written about its plan: what time is about to do, or
 * has done. What somebody chose is on the page where they chose it.
 */
export function planMails(
  { settings }: Pick<Site, 'settings'>,
  { account, memberships }: AccountView,
  what: PlanChange,
  by: By,
  now: Moment,
): readonly Write[] {
  const { subscription } = account
  const plan = planLabel(settings.plans, subscription.plan)
  const offer = (userId: string) => ({
    accountId: account.id,
    userId,
    choices: choicesOf(subscription),
    plans: settings.plans.map(({ name, label, price }) => ({ name, label, price })),
    expiresAt: now + OFFER_LIFE,
  })
  const says = (userId: string): MailContent | undefined => {
    const about = { account: account.name, plan }
    switch (what) {
      case 'reminded':
        return {
          kind: 'trial_ends_soon',
          ...about,
          endsAt: subscription.trialEndsAt ?? now,
          offer: offer(userId),
        }
      case 'trial_ended':
      case 'period_ended':
        return {
          kind: 'payment_due',
          ...about,
          ended: what === 'trial_ended' ? 'trial' : 'period',
          graceEndsAt: subscription.graceEndsAt ?? now,
          offer: offer(userId),
        }
      case 'canceled':
        return by.actor === 'system' ? { kind: 'plan_canceled', ...about } : undefined
      default:
        return undefined
    }
  }
  return memberships
    .filter(({ role }) => role !== 'member')
    .flatMap(({ userId }) => {
      const content = says(userId)
      return content ? [mail({ kind: 'person', userId }, content, now)] : []
    })
}
