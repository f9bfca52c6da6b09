import type { Moment } from '../../clock/moment.ts'
import { type Actor, inWords, type Reason } from '../../protocol/reasons.ts'
import type { Account, Membership, Session, User } from '../store/records.ts'
import type { Expectation, Store } from '../store/store.ts'

/** Why somebody may not be signed in, and since when. */
export interface Refusal {
  readonly reason: Reason
  readonly at: Moment | null
  readonly actor: Actor
}

export const refusalInWords = ({ reason, at, actor }: Refusal): string =>
  inWords(reason, { at: at ?? undefined, timeZone: 'UTC', actor }).sentence

/**
 * Whether a person may be signed in at all. One rule for sign-in, refresh and use, so that what
 * closes one of them closes all (notes/field.md S9).
 */
export function personRefusal(user: User | undefined): Refusal | undefined {
  if (!user) return { reason: 'user_deleted', at: null, actor: 'admin' }
  if (user.deleted) {
    const { at, actor } = user.deleted
    return { reason: 'user_deleted', at, actor }
  }
  if (user.loginsDisabled) {
    const { at, actor } = user.loginsDisabled
    return { reason: 'logins_disabled', at, actor }
  }
  return undefined
}

/**
 * Whether what a person was given before may still be used, as against renewed: logins that are
 * disabled "when tokens run out" leave what is out there alone (DESIGN §6).
 */
export function useRefusal(user: User | undefined): Refusal | undefined {
  return user?.loginsDisabled?.mode === 'expiry' && !user.deleted ? undefined : personRefusal(user)
}

/** How often everything of a person was ended so far. */
export const eraOf = (user: Pick<User, 'allEnded'>): number => user.allEnded?.times ?? 0

/**
 * Whether a sign-in that is still under way was overtaken: everything of the person was ended after
 * they proved themselves, so whoever did prove it must not get in by it.
 *
 * @param era the person's era at the proof
 */
export function overtaken(user: User, era = 0): Refusal | undefined {
  return user.allEnded && eraOf(user) > era
    ? { reason: user.allEnded.reason, at: user.allEnded.at, actor: user.allEnded.actor }
    : undefined
}

/** Whether a person may act for an account. */
export function accountRefusal(
  account: Account | undefined,
  membership: Membership | undefined,
): Refusal | undefined {
  if (account?.closed) {
    const { at, actor } = account.closed
    return { reason: 'account_closed', at, actor }
  }
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
