import { type Duration, type Moment, toIso, toSeconds } from '../../clock/moment.ts'
import type { CloseAccount } from '../../protocol/closing.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Actor } from '../../protocol/reasons.ts'
import type { By } from '../audit/by.ts'
import type { Site } from '../site.ts'
import type { Account } from '../store/records.ts'
import { type AccountChange, type AccountView, changeAccount } from './change.ts'
import { namedUntil, putInvitations, roleOf } from './members.ts'

/** What a closed account's record says; one sentence of its owner's at most, without line art. */
export type ToldClosing = NonNullable<NonNullable<Account['closed']>['told']>

/** What somebody wrote in their own words, as plain text; `null`: nothing. */
export const toldClosing = ({ reason, words }: CloseAccount): ToldClosing => ({
  reason,
  words: words?.replace(/[^\P{C}\n]/gu, '').trim() || null,
})

/**
 * Decides on the end of an account: every session for it ends, whoever's it is; its people keep what
 * else they have.
 *
 * @param told why; `undefined`: nobody was asked
 * @param access how long an access token lives
 * @throws LatchkeyError `access_denied`
 */
export function decideClosing(
  view: AccountView,
  told: ToldClosing | undefined,
  by: By,
  access: Duration,
  now: Moment,
): AccountChange | undefined {
  const { actor } = by
  if (view.account.closed) return undefined
  if (actor === 'user' && roleOf(view, by.userId) !== 'owner') {
    throw new LatchkeyError('access_denied', 'Only somebody who owns the account can close it.')
  }
  return closing(view, told, actor, access, now)
}

/** Everything that the end of an account brings about, whoever may decide on it. */
export function closing(
  { account, sessions, invitations }: AccountView,
  told: ToldClosing | undefined,
  actor: Actor,
  access: Duration,
  now: Moment,
): AccountChange {
  const exp = namedUntil(sessions, access, now)
  return {
    account: {
      ...account,
      closed: { at: now, actor, ...(told ? { told } : {}) },
      subscription: { ...account.subscription, status: 'canceled' },
    },
    puts: putInvitations(
      invitations
        .filter(({ state }) => state.kind === 'open')
        .map((one) => ({ ...one, state: { kind: 'withdrawn', at: now } })),
    ),
    ends: sessions.map((session) => ({ session, reason: 'account_closed', actor })),
    // Not their words: the log forgets nothing for a year.
    acts: [{ word: 'account_closed', details: told ? { why: told.reason } : {} }],
    events: [
      {
        payload: {
          type: 'account.closed',
          timestamp: toIso(now),
          data: { account_id: account.id, actor, exp: toSeconds(exp) },
        },
        rememberUntil: exp,
      },
    ],
  }
}

/** Closes an account and ends all sessions for it, in one commit, however many they are. */
export const closeAccount = (
  site: Site,
  accountId: string,
  told: ToldClosing | undefined,
  by: By,
) =>
  changeAccount(site, accountId, by, 'everybody', (view, now) =>
    decideClosing(view, told, by, site.settings.lifetimes.access, now),
  )

/** Opens an account again; what ended stays ended, and its subscription canceled until somebody chooses. */
export const reopenAccount = (site: Site, accountId: string, by: By) =>
  changeAccount(site, accountId, by, [], ({ account }) =>
    account.closed
      ? { account: { ...account, closed: null }, acts: [{ word: 'account_reopened' }] }
      : undefined,
  )
