import type { Moment } from '../../clock/moment.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'
import type { Account, Membership, Session, User } from '../store/records.ts'
import type { Expectation, Store } from '../store/store.ts'

/** Why somebody may not be signed in, and since when. */
export interface Refusal {
  readonly reason: Reason
  readonly at: Moment | null
  readonly actor: Actor
}

/**
 * Whether a person may be signed in at all. One rule for sign-in, refresh and use, so that what
 * closes one of them closes all (notes/field.md S9).
 */
export function personRefusal(user: User | undefined): Refusal | undefined {
  if (!user) return { reason: 'user_deleted', at: null, actor: 'admin' }
  if (user.deleted) return { reason: 'user_deleted', ...user.deleted }
  if (user.loginsDisabled) {
    const { at, actor } = user.loginsDisabled
    return { reason: 'logins_disabled', at, actor }
  }
  return undefined
}

/** Whether a person may act for an account. */
export function accountRefusal(
  account: Account | undefined,
  membership: Membership | undefined,
): Refusal | undefined {
  if (account?.closed) return { reason: 'account_closed', ...account.closed }
  if (!account || !membership) return { reason: 'membership_removed', at: null, actor: 'admin' }
  return undefined
}

/** A session with everything that its life depends on, as read at one moment. */
export interface SessionView {
  readonly session: Session
  readonly user: User | undefined
  readonly account: Account | undefined
  readonly membership: Membership | undefined
}

export async function readSession(store: Store, id: string): Promise<SessionView | undefined> {
  const session = await store.session(id)
  if (!session) return undefined
  const [user, account, membership] = await Promise.all([
    store.user(session.userId),
    store.account(session.accountId),
    store.membership(session.userId, session.accountId),
  ])
  return { session, user, account, membership }
}

/** What must still be so when a decision on this view is written. */
export const unchanged = ({
  session,
  user,
  account,
  membership,
}: SessionView): readonly Expectation[] => [
  { table: 'session', id: session.id, was: session },
  { table: 'user', id: session.userId, was: user },
  { table: 'account', id: session.accountId, was: account },
  { table: 'membership', id: `${session.userId}:${session.accountId}`, was: membership },
]

export const viewRefusal = (view: SessionView): Refusal | undefined =>
  personRefusal(view.user) ?? accountRefusal(view.account, view.membership)
