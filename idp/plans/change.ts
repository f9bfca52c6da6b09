import { toIso } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { ServiceEvent } from '../../protocol/events.ts'
import { type AccountChange, type AccountView, changeAccount } from '../accounts/change.ts'
import { roleOf } from '../accounts/members.ts'
import { BY_TIME, type By } from '../audit/by.ts'
import type { Site } from '../site.ts'
import type { Account, AuditRecord } from '../store/records.ts'
import { subscriptionClaim } from '../tokens/access-token.ts'
import {
  decidePlan,
  type PlanChange,
  type PlanDecision,
  type PlanEvent,
  type PlanTerms,
  planDueAt,
} from './decide.ts'
import { planMails } from './mails.ts'

/** What subscriptions are judged by on this site. */
export const termsOf = ({ settings }: Pick<Site, 'settings'>): PlanTerms => ({
  plans: settings.plans,
  grace: settings.lifetimes.grace,
})

/** Whether somebody in that role may choose for the account; everybody who belongs to it sees. */
export const mayChoose = (role: string): boolean => role === 'owner' || role === 'admin'

/** What is special about one way of choosing. */
export interface Choosing {
  /** Looks at the account once more, in the moment of the change. @throws LatchkeyError */
  readonly check?: (account: Account) => void
  /** What the audit log says besides, e.g. that it was a link's doing. */
  readonly details?: AuditRecord['details']
}

/**
 * Changes a subscription by somebody's word: the person's, an administrator's, a link's. Whatever time
 * has to do to it comes first. Nothing ends: tokens carry it from their next refresh (DESIGN §9).
 *
 * @throws LatchkeyError `not_found`, `access_denied`, `invalid_request`
 */
export async function changePlan(
  site: Site,
  accountId: string,
  event: Exclude<PlanEvent, { kind: 'time' }>,
  by: By,
  { check, details = {} }: Choosing = {},
): Promise<Account> {
  for (;;) {
    let late = false
    const { account } = await changeAccount(site, accountId, by, [], (view, now) => {
      refuseUnlessAllowed(view, by)
      late = (planDueAt(view.account.subscription) ?? Infinity) <= now
      if (late) return undefined
      check?.(view.account)
      const decision = decidePlan(view.account.subscription, event, now, termsOf(site))
      return decision && planChange(site, view, decision, by, now, details)
    })
    if (!late) return account
    await settlePlan(site, accountId)
  }
}

function refuseUnlessAllowed(view: AccountView, by: By): void {
  if (view.account.closed) {
    throw new LatchkeyError('access_denied', 'This account is closed: its plan can’t change.')
  }
  if (by.actor !== 'user' || mayChoose(roleOf(view, by.userId))) return
  throw new LatchkeyError(
    'access_denied',
    'Only those who own or administer the account choose its plan: ask one of them.',
  )
}

/** Does to a subscription what time asks for: one step. @returns what that was, and of which account */
export async function settlePlan(
  site: Site,
  accountId: string,
): Promise<{ readonly what: PlanChange; readonly account: Account } | undefined> {
  let what: PlanChange | undefined
  const { account } = await changeAccount(site, accountId, BY_TIME, [], (view, now) => {
    const { closed, subscription } = view.account
    const decision = closed
      ? undefined
      : decidePlan(subscription, { kind: 'time' }, now, termsOf(site))
    what = decision?.what
    return decision && planChange(site, view, decision, BY_TIME, now)
  })
  return what && { what, account }
}

/** All that belongs to a change of a subscription: the event only if tokens are to say something else. */
function planChange(
  site: Pick<Site, 'settings'>,
  view: AccountView,
  { subscription, what }: PlanDecision,
  by: By,
  now: number,
  details: AuditRecord['details'] = {},
): AccountChange {
  const before = view.account.subscription
  const account = { ...view.account, subscription }
  const { plan, status } = subscription
  const told =
    JSON.stringify(subscriptionClaim(view.account)) !== JSON.stringify(subscriptionClaim(account))
  return {
    account,
    acts:
      what === 'reminded'
        ? []
        : [
            {
              word: 'plan_changed',
              details: {
                change: what,
                plan,
                status,
                ...(before.plan === plan ? {} : { plan_before: before.plan }),
                ...(before.status === status ? {} : { status_before: before.status }),
                ...details,
              },
            },
          ],
    events: told ? [{ payload: changedEvent(account, by, now) }] : [],
    others: planMails(site, { ...view, account }, what, by, now),
  }
}

const changedEvent = (account: Account, { actor }: By, now: number): ServiceEvent => ({
  type: 'subscription.changed',
  timestamp: toIso(now),
  data: { account_id: account.id, subscription: subscriptionClaim(account), actor },
})
