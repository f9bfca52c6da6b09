import type { Moment } from '../../clock/moment.ts'
import type { AuditAct } from '../../protocol/audit.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { ServiceEvent } from '../../protocol/events.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'
import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import { endingNow } from '../people/change.ts'
import { announce } from '../services/outbox.ts'
import { endSession } from '../sessions/endings.ts'
import { type Site, telling } from '../site.ts'
import type {
  Account,
  AuditRecord,
  Invitation,
  Membership,
  Session,
  User,
} from '../store/records.ts'
import type { Expectation, Store, Write } from '../store/store.ts'

/** An account and who belongs to it, as read at one moment. */
export interface AccountView {
  readonly account: Account
  /** In the order in which they joined. */
  readonly memberships: readonly Membership[]
  readonly invitations: readonly Invitation[]
  /** Of whom sessions were asked for. */
  readonly people: readonly User[]
  /** Theirs that have not ended and act for this account. */
  readonly sessions: readonly Session[]
}

/** What is to become of an account. */
export interface AccountChange {
  readonly account?: Account
  /** Memberships and invitations as they are to be. */
  readonly puts?: readonly (
    | { readonly table: 'membership'; readonly put: Membership }
    | { readonly table: 'invitation'; readonly put: Invitation }
  )[]
  readonly leaves?: readonly Membership[]
  readonly ends?: readonly {
    readonly session: Session
    readonly reason: Reason
    readonly actor: Actor
  }[]
  readonly acts: readonly {
    readonly word: AuditAct
    readonly userId?: string
    readonly details?: AuditRecord['details']
  }[]
  readonly events?: readonly { readonly payload: ServiceEvent; readonly rememberUntil?: Moment }[]
  /** Mails, and whatever else belongs to it. */
  readonly others?: readonly Write[]
}

/**
 * Changes who belongs to an account, or closes it, in one commit. Every such change writes the account
 * and so collides with every other, with each sign-in into it, and with each switch to it; whoever comes
 * second decides again on what is then. So no two owners can remove one another, and no session slips
 * through.
 *
 * @param by who asks for it, and from where
 * @param whose sessions the decision is to see, and may end
 * @param decide pure; `undefined`: nothing is to be done
 * @returns the account as it is now, and the ids of the sessions that ended
 * @throws LatchkeyError `not_found`, and what `decide` throws
 */
export async function changeAccount(
  site: Site,
  accountId: string,
  by: By,
  whose: readonly string[] | 'everybody',
  decide: (view: AccountView, now: Moment) => AccountChange | undefined,
): Promise<{ readonly account: Account; readonly ended: readonly string[] }> {
  for (;;) {
    const view = await readAccount(site.store, accountId, whose)
    const now = site.clock.now()
    const change = decide(view, now)
    if (!change) return { account: view.account, ended: [] }
    const written = accountWrites(site, view, change, by, now)
    if (!(await site.store.commit(written.writes, written.expected))) continue
    site.hurry()
    const ended = (change.ends ?? []).map(({ session }) => session.id)
    for (const id of ended) site.log.info({ session: id }, 'session ended')
    for (const { word } of change.acts) site.log.info({ account: accountId }, word)
    return { account: written.account, ended }
  }
}

/** @throws LatchkeyError `not_found` */
export async function readAccount(
  store: Store,
  accountId: string,
  whose: readonly string[] | 'everybody',
): Promise<AccountView> {
  const account = await store.account(accountId)
  if (!account) throw new LatchkeyError('not_found', 'There is no such account.')
  const [memberships, invitations] = await Promise.all([
    store.membershipsOfAccount(accountId),
    store.invitationsOfAccount(accountId),
  ])
  const ids = whose === 'everybody' ? memberships.map(({ userId }) => userId) : whose
  const people = await Promise.all(ids.map((id) => store.user(id)))
  const sessions = await Promise.all(ids.map((id) => store.liveSessionsOfUser(id)))
  return {
    account,
    memberships,
    invitations,
    people: people.filter((user) => user !== undefined),
    sessions: sessions.flat().filter((session) => session.accountId === accountId),
  }
}

/** Everything that a change of an account writes, and what must still be so. */
export function accountWrites(
  site: Pick<Site, 'settings'>,
  view: AccountView,
  change: AccountChange,
  by: By,
  now: Moment,
) {
  const told = telling(site, by, now)
  const accountId = view.account.id
  const account = { ...(change.account ?? view.account), changes: (view.account.changes ?? 0) + 1 }
  const { puts = [], leaves = [], ends = [], events = [], others = [] } = change
  const writes: Write[] = [
    { table: 'account', put: account },
    ...puts,
    ...leaves.map(({ id }) => ({ table: 'membership', remove: id }) as const),
    ...change.acts.map(({ word, userId, details = {} }) =>
      audit(word, by, now, { userId, accountId }, { details }),
    ),
    ...ends.flatMap(({ session, reason, actor }) =>
      endSession(session, endingNow(session, { reason, actor, at: now }), told),
    ),
    ...events.flatMap((event) => announce({ ...event, at: now }, told.services, now)),
    ...others,
  ]
  const expected: Expectation[] = [
    { table: 'account', id: accountId, was: view.account },
    ...view.memberships.map((was) => ({ table: 'membership', id: was.id, was }) as const),
    ...view.invitations.map((was) => ({ table: 'invitation', id: was.id, was }) as const),
    // Whoever signs in or switches writes the person.
    ...view.people.map((was) => ({ table: 'user', id: was.id, was }) as const),
    ...ends.map(({ session }) => ({ table: 'session', id: session.id, was: session }) as const),
  ]
  return { account, writes, expected }
}
