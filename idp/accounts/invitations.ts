import { DAY, type Moment } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Role } from '../../protocol/plan.ts'
import type { By } from '../audit/by.ts'
import { INVITATION_LIFE } from '../lifetimes.ts'
import { mail } from '../mail/mail.ts'
import { overtaken, personRefusal, refusalInWords } from '../sessions/standing.ts'
import type { Site } from '../site.ts'
import { type Account, type Invitation, type Membership, membershipId } from '../store/records.ts'
import { newId } from '../tokens/secret.ts'
import { type AccountChange, type AccountView, changeAccount } from './change.ts'
import { membershipEvent, putInvitations, roleOf } from './members.ts'
import { mayInvite } from './roles.ts'

/** Invitations of an account that may be open at once. */
export const OPEN_INVITATIONS = 50

/** Invitations of an account within a day: it is no machine for sending mails to strangers. */
export const INVITATIONS_A_DAY = 200

/** What has become of an invitation; an open one ends by itself. */
export type InvitationStanding = 'open' | 'expired' | 'withdrawn' | 'accepted'

export const standingOfInvitation = (
  { state, expiresAt }: Invitation,
  now: Moment,
): InvitationStanding => (state.kind === 'open' && now >= expiresAt ? 'expired' : state.kind)

/** What people read who come with one that is not open any more. */
export const INVITATION_WORDS = {
  expired: 'This invitation has expired. Ask whoever invited you for a new one.',
  withdrawn: 'This invitation was withdrawn, or a newer one took its place.',
  accepted: 'This invitation was accepted already; each can be used once.',
} as const satisfies Record<Exclude<InvitationStanding, 'open'>, string>

/** Addresses are kept as they were written, and compared without regard to case. */
const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/**
 * Decides on an invitation. Whoever is invited again gets a new one, in the place of the one before.
 *
 * @param invitation the new one
 * @param inviter name of whoever invites, for the mail
 * @throws LatchkeyError `access_denied`, `invalid_request`
 */
export function decideInvitation(
  view: AccountView,
  invitation: Invitation,
  inviter: string,
  by: By,
  now: Moment,
): AccountChange {
  const { address, role, expiresAt } = invitation
  if (!mayInvite(roleOf(view, by.userId), role)) {
    throw new LatchkeyError(
      'access_denied',
      'Your role does not allow this invitation: ask somebody who owns the account.',
    )
  }
  const open = view.invitations.filter((one) => standingOfInvitation(one, now) === 'open')
  const replaced = open.filter((one) => sameAddress(one.address, address))
  const lately = view.invitations.filter(({ createdAt }) => now - createdAt < DAY)
  if (open.length - replaced.length >= OPEN_INVITATIONS || lately.length >= INVITATIONS_A_DAY) {
    throw new LatchkeyError(
      'invalid_request',
      `There are too many invitations: ${OPEN_INVITATIONS} may be open at once, and ${INVITATIONS_A_DAY} made in a day. Withdraw some, or wait.`,
    )
  }
  const says = {
    kind: 'invitation',
    invitationId: invitation.id,
    account: view.account.name,
    inviter,
    role,
    expiresAt,
  } as const
  return {
    puts: putInvitations([...replaced.map((one) => withdraw(one, now)), invitation]),
    // The address is somebody's name, and no matter of the log, which forgets nothing for a year.
    acts: [{ word: 'member_invited', details: { invitation: invitation.id, role } }],
    others: [mail({ kind: 'address', address }, says, now)],
  }
}

const withdraw = (invitation: Invitation, now: Moment): Invitation => ({
  ...invitation,
  state: { kind: 'withdrawn', at: now },
})

/** Invites somebody by e-mail; the mail goes out with the commit. */
export async function invite(
  site: Site,
  accountId: string,
  { address, role }: { readonly address: string; readonly role: Role },
  by: By,
): Promise<Invitation> {
  const inviter = by.userId === null ? undefined : await site.store.user(by.userId)
  if (!inviter) throw new LatchkeyError('access_denied', 'Only people invite people.')
  const id = newId('inv')
  let made: Invitation | undefined
  await changeAccount(site, accountId, by, [], (view, now) => {
    made = {
      id,
      accountId,
      address,
      role,
      invitedBy: inviter.id,
      createdAt: now,
      expiresAt: now + INVITATION_LIFE,
      state: { kind: 'open' },
    }
    return decideInvitation(view, made, inviter.name, by, now)
  })
  if (!made) throw new Error('An invitation is made or refused.')
  return made
}

/** @throws LatchkeyError `access_denied`, `not_found` */
export function decideWithdrawal(
  view: AccountView,
  invitationId: string,
  by: By,
  now: Moment,
): AccountChange | undefined {
  const invitation = view.invitations.find(({ id }) => id === invitationId)
  const own = roleOf(view, by.userId)
  if (!mayInvite(own, invitation?.role ?? 'member')) {
    throw new LatchkeyError(
      'access_denied',
      'Your role does not allow this: ask somebody who owns the account.',
    )
  }
  if (!invitation) throw new LatchkeyError('not_found', 'There is no such invitation: look again.')
  if (invitation.state.kind !== 'open') return undefined
  return {
    puts: putInvitations([withdraw(invitation, now)]),
    acts: [{ word: 'invitation_withdrawn', details: { invitation: invitationId } }],
  }
}

export const withdrawInvitation = (site: Site, accountId: string, id: string, by: By) =>
  changeAccount(site, accountId, by, [], (view, now) => decideWithdrawal(view, id, by, now))

/** An invitation with what a person reads of it before they accept. */
export interface OpenedInvitation {
  readonly invitation: Invitation
  readonly account: Account
  readonly inviter: string
  readonly standing: InvitationStanding
}

/**
 * Reads the link of an invitation; changes nothing.
 *
 * @throws LatchkeyError `not_found`, in words for the person
 */
export async function openInvitation(
  site: Pick<Site, 'store' | 'links' | 'clock'>,
  signed: string,
): Promise<OpenedInvitation> {
  const now = site.clock.now()
  const opened = site.links.open('invitation', signed, now)
  const found =
    opened.kind === 'forged' ? undefined : await readInvitation(site, opened.link.subject)
  if (opened.kind === 'expired' && !found) {
    throw new LatchkeyError('not_found', INVITATION_WORDS.expired)
  }
  if (found) return found
  throw new LatchkeyError(
    'not_found',
    'This is no invitation of ours. Open the link from the mail once more, all of it.',
  )
}

/** An invitation whose link was opened before. */
export async function readInvitation(
  { store, clock }: Pick<Site, 'store' | 'clock'>,
  id: string,
): Promise<OpenedInvitation | undefined> {
  const invitation = await store.invitation(id)
  const account = invitation && (await store.account(invitation.accountId))
  if (!invitation || !account) return undefined
  const inviter = await store.user(invitation.invitedBy)
  return {
    invitation,
    account,
    inviter: inviter?.name ?? 'Somebody',
    standing: account.closed ? 'withdrawn' : standingOfInvitation(invitation, clock.now()),
  }
}

/**
 * Decides on an acceptance: once, by whoever holds the link and is signed in. Which of their addresses
 * the provider tells us has no say in it.
 *
 * @throws LatchkeyError `access_denied`
 */
export function decideAcceptance(
  view: AccountView,
  invitationId: string,
  userId: string,
  by: By & { readonly era?: number },
  now: Moment,
): AccountChange {
  const user = view.people.find(({ id }) => id === userId)
  if (!user) throw new LatchkeyError('not_found', 'There is no such person.')
  const refusal =
    personRefusal(user) ?? (by.era === undefined ? undefined : overtaken(user, by.era))
  if (refusal) throw new LatchkeyError('access_denied', refusalInWords(refusal))
  const invitation = view.invitations.find(({ id }) => id === invitationId)
  const standing = invitation ? standingOfInvitation(invitation, now) : 'expired'
  if (!invitation || standing !== 'open' || view.account.closed) {
    throw new LatchkeyError(
      'access_denied',
      INVITATION_WORDS[standing === 'open' ? 'withdrawn' : standing],
    )
  }
  if (view.memberships.some((membership) => membership.userId === userId)) {
    throw new LatchkeyError('access_denied', 'You belong to this account already.')
  }
  const membership: Membership = {
    id: membershipId(userId, view.account.id),
    userId,
    accountId: view.account.id,
    role: invitation.role,
    since: now,
  }
  return {
    puts: [
      { table: 'membership', put: membership },
      ...putInvitations([{ ...invitation, state: { kind: 'accepted', at: now, userId } }]),
    ],
    acts: [
      {
        word: 'invitation_accepted',
        userId,
        details: { invitation: invitationId, role: invitation.role },
      },
    ],
    events: [{ payload: membershipEvent(membership, invitation.role, by.actor, now) }],
    // As a sign-in does: a deletion at the same moment must see this membership.
    others: [{ table: 'user', put: { ...user, signIns: user.signIns + 1 } }],
  }
}

/**
 * Makes the person a member. Whoever is deleted or disabled at the same moment is not.
 *
 * @param by from a session of theirs; or from a sign-in of that era, by which they have none yet
 */
export const acceptInvitation = (
  site: Site,
  { invitation }: Pick<OpenedInvitation, 'invitation'>,
  userId: string,
  by: By & { readonly era?: number },
) =>
  changeAccount(site, invitation.accountId, by, [userId], (view, now) =>
    decideAcceptance(view, invitation.id, userId, by, now),
  )
