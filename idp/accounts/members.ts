import { type Duration, type Moment, toIso, toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { ServiceEvent } from '../../protocol/events.ts'
import type { Role } from '../../protocol/plan.ts'
import type { Actor } from '../../protocol/reasons.ts'
import type { By } from '../audit/by.ts'
import type { Site } from '../site.ts'
import type { Invitation, Membership } from '../store/records.ts'
import { type AccountChange, type AccountView, changeAccount } from './change.ts'
import { mayChange, mayChangeOneself, mayInvite } from './roles.ts'

/**
 * The membership of whoever asks: their role of this very moment, not of when they opened the page.
 *
 * @throws LatchkeyError `access_denied`
 */
export function roleOf({ account, memberships }: AccountView, userId: string | null): Role {
  const own = memberships.find((membership) => membership.userId === userId)
  if (own && !account.closed) return own.role
  throw new LatchkeyError('access_denied', 'You do not belong to this account any more.')
}

function memberIn({ memberships }: AccountView, userId: string): Membership {
  const found = memberships.find((membership) => membership.userId === userId)
  if (found) return found
  throw new LatchkeyError('not_found', 'Nobody of this account is called that: look again.')
}

/** There is always somebody who can do everything. @throws LatchkeyError `access_denied` */
function keepAnOwner({ memberships }: AccountView, target: Membership, wished: Role | null): void {
  if (target.role !== 'owner' || wished === 'owner') return
  if (memberships.some(({ id, role }) => role === 'owner' && id !== target.id)) return
  throw new LatchkeyError(
    'access_denied',
    'The account would have no owner left: make somebody else an owner first, or close the account.',
  )
}

const denied = () =>
  new LatchkeyError(
    'access_denied',
    'Your role does not allow this: ask somebody who owns the account.',
  )

/** Invitations of a person that they could not make any more, withdrawn: nobody comes back by their own. */
const withdrawn = (
  { invitations }: AccountView,
  invitedBy: string,
  role: Role | null,
  now: Moment,
): readonly Invitation[] =>
  invitations
    .filter((one) => one.state.kind === 'open' && one.invitedBy === invitedBy)
    .filter((one) => role === null || !mayInvite(role, one.role))
    .map((one) => ({ ...one, state: { kind: 'withdrawn', at: now } }))

export const putInvitations = (invitations: readonly Invitation[]) =>
  invitations.map((put) => ({ table: 'invitation', put }) as const)

/** What services are told of a membership; `exp` with the end of one. */
export const membershipEvent = (
  { userId, accountId }: Pick<Membership, 'userId' | 'accountId'>,
  role: Role | null,
  actor: Actor,
  now: Moment,
  exp?: number,
): ServiceEvent => ({
  type: 'membership.changed',
  timestamp: toIso(now),
  data: {
    user_id: userId,
    account_id: accountId,
    role,
    actor,
    ...(exp === undefined ? {} : { exp }),
  },
})

/**
 * Decides on another role.
 *
 * @throws LatchkeyError `access_denied`, `not_found`
 */
export function decideRole(
  view: AccountView,
  { userId, role }: { readonly userId: string; readonly role: Role },
  by: By,
  now: Moment,
): AccountChange | undefined {
  const own = roleOf(view, by.userId)
  const target = memberIn(view, userId)
  const allowed =
    userId === by.userId ? mayChangeOneself(own, role) : mayChange(own, target.role, role)
  if (!allowed) throw denied()
  if (target.role === role) return undefined
  keepAnOwner(view, target, role)
  return {
    puts: [
      { table: 'membership', put: { ...target, role } },
      ...putInvitations(withdrawn(view, userId, role, now)),
    ],
    acts: [{ word: 'role_changed', userId, details: { from: target.role, to: role } }],
    events: [{ payload: membershipEvent(target, role, by.actor, now) }],
  }
}

/** Gives somebody another role; tokens say so from their next refresh (a soft change, DESIGN §9). */
export const changeRole = (site: Site, accountId: string, userId: string, role: Role, by: By) =>
  changeAccount(site, accountId, by, [], (view, now) => decideRole(view, { userId, role }, by, now))

/**
 * Decides on the end of a membership. The person's sessions for this account end with it; those for
 * other accounts are none of its business.
 *
 * @param access how long an access token lives
 * @throws LatchkeyError `access_denied`, `not_found`
 */
export function decideRemoval(
  view: AccountView,
  userId: string,
  by: By,
  access: Duration,
  now: Moment,
): AccountChange {
  const own = roleOf(view, by.userId)
  const target = memberIn(view, userId)
  const oneself = userId === by.userId
  if (!oneself && !mayChange(own, target.role, null)) throw denied()
  keepAnOwner(view, target, null)
  // Somebody who is put out reads that it was not they themselves.
  return removal(view, target, oneself ? 'user' : 'admin', access, now)
}

/** Everything that the end of a membership brings about, whoever may decide on it. */
export function removal(
  view: AccountView,
  target: Membership,
  actor: Actor,
  access: Duration,
  now: Moment,
): AccountChange & Required<Pick<AccountChange, 'ends'>> {
  const { userId } = target
  const sessions = view.sessions.filter((session) => session.userId === userId)
  const exp = namedUntil(sessions, access, now)
  return {
    leaves: [target],
    puts: putInvitations(withdrawn(view, userId, null, now)),
    ends: sessions.map((session) => ({ session, reason: 'membership_removed', actor })),
    acts: [{ word: 'member_removed', userId, details: { role: target.role } }],
    events: [
      {
        payload: membershipEvent(target, null, actor, now, toSeconds(exp)),
        rememberUntil: exp,
      },
    ],
  }
}

/** Ends somebody's membership: an owner's or administrator's act, or their own. */
export const removeMember = (site: Site, accountId: string, userId: string, by: By) =>
  changeAccount(site, accountId, by, [userId], (view, now) =>
    decideRemoval(view, userId, by, site.settings.lifetimes.access, now),
  )

/**
 * Until when a token that names an account may be out there. A session that went on to another account
 * left its last one behind, so it is not only the sessions at hand that count.
 */
export const namedUntil = (
  sessions: readonly { readonly accessEndsAt: Moment }[],
  access: Duration,
  now: Moment,
): Moment => sessions.reduce((latest, one) => Math.max(latest, one.accessEndsAt), now + access)
