import { toSeconds } from '../../clock/moment.ts'
import type { MyAccounts } from '../../protocol/my-accounts.ts'
import type { MyMembers } from '../../protocol/my-members.ts'
import { ROLES } from '../../protocol/plan.ts'
import { openAccounts } from '../sign-in/arrival.ts'
import type { Site } from '../site.ts'
import type { Membership, Session } from '../store/records.ts'
import { accountClaim } from '../tokens/access-token.ts'
import { standingOfInvitation } from './invitations.ts'

/** Who belongs to an account, owners first, and who was asked to. */
export async function membersOf(
  { store, clock }: Pick<Site, 'store' | 'clock'>,
  own: Membership,
): Promise<MyMembers> {
  const runsIt = own.role !== 'member'
  const memberships = (await store.membershipsOfAccount(own.accountId)).toSorted(
    (a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role),
  )
  const members = await Promise.all(
    memberships.map(async ({ userId, role, since }) => {
      const user = await store.user(userId)
      const you = userId === own.userId
      return {
        user_id: userId,
        name: user?.name ?? '',
        email: runsIt || you ? (user?.email ?? null) : null,
        role,
        since: toSeconds(since),
        you,
      }
    }),
  )
  const now = clock.now()
  const invitations = runsIt ? await store.invitationsOfAccount(own.accountId) : []
  return {
    members,
    invitations: invitations
      .filter((invitation) => standingOfInvitation(invitation, now) === 'open')
      .map(({ id, address, role, invitedBy, createdAt, expiresAt }) => ({
        id,
        address,
        role,
        invited_by: invitedBy,
        created_at: toSeconds(createdAt),
        expires_at: toSeconds(expiresAt),
      })),
  }
}

/** The open accounts of a session's person. */
export const accountsOf = async (
  { store }: Pick<Site, 'store'>,
  { userId, accountId }: Session,
): Promise<MyAccounts> => ({
  accounts: (await openAccounts(store, userId)).map(({ account, membership }) => ({
    ...accountClaim(account, membership),
    current: account.id === accountId,
  })),
})
