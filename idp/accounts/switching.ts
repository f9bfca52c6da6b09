import { LatchkeyError } from '../../protocol/errors.ts'
import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import { passedDeadline } from '../sessions/rotation.ts'
import { accountRefusal, readSession, unchanged, viewRefusal } from '../sessions/standing.ts'
import type { Site } from '../site.ts'
import { type Account, type Membership, membershipId, type Session } from '../store/records.ts'

export interface Switched {
  readonly session: Session
  readonly account: Account
  readonly membership: Membership
}

/**
 * Lets a session act for another account of its person, without a new sign-in: the same session, the
 * same deadlines, another account.
 *
 * Its newest access token still names the account before, to its end. That is no lie a service must be
 * protected from: the person does belong there. It becomes one when they are put out, or the account is
 * closed, and the session, by then another account's, does not end with it. So `membership.changed`
 * (without a role) and `account.closed` say until when such a token may be presented, and a service that
 * heard them refuses it. Nothing more is told: the token after it says the rest. Here, where acts
 * concern "the account", a token that names another one than its session is refused at once
 * (`standingOf`): nobody shall close an account that they were not looking at.
 *
 * @throws LatchkeyError `access_denied`, with the reason, or `invalid_token`
 */
export async function switchAccount(
  site: Site,
  sessionId: string,
  accountId: string,
  by: By,
): Promise<Switched> {
  // After any refresh that is under way, before any that comes.
  return site.turns.take(sessionId, async () => {
    for (;;) {
      const view = await readSession(site.store, sessionId)
      const now = site.clock.now()
      if (
        !view?.user ||
        view.session.ended ||
        passedDeadline(view.session, now) ||
        viewRefusal(view)
      ) {
        throw new LatchkeyError('invalid_token', 'This session goes on no more: sign in again.')
      }
      const { session, user } = view
      const account = await site.store.account(accountId)
      const membership = await site.store.membership(user.id, accountId)
      const refusal = accountRefusal(account, membership)
      // A stranger's account and one that isn't there look the same.
      if (!account || !membership || refusal) {
        throw new LatchkeyError('access_denied', 'This is no open account of yours: look again.')
      }
      if (session.accountId === accountId) return { session, account, membership }
      const switched: Session = { ...session, accountId }
      const concerned = { userId: user.id, accountId, sessionId: session.id }
      const written = await site.store.commit(
        [
          { table: 'session', put: switched },
          // As a sign-in does: so that whatever ends the sessions of that account sees this one.
          { table: 'user', put: { ...user, signIns: user.signIns + 1 } },
          audit('account_switched', by, now, concerned, { details: { from: session.accountId } }),
        ],
        [
          ...unchanged(view),
          { table: 'account', id: accountId, was: account },
          { table: 'membership', id: membershipId(user.id, accountId), was: membership },
        ],
      )
      if (!written) continue
      site.log.info({ session: session.id, account: accountId }, 'account switched')
      return { session: switched, account, membership }
    }
  })
}
