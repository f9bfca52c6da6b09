import type { Moment } from '../../clock/moment.ts'
import type { Lifetimes } from '../lifetimes.ts'
import {
  accountRefusal,
  eraOf,
  personRefusal,
  type Refusal,
  refusalInWords,
} from '../sessions/standing.ts'
import {
  type Account,
  type Membership,
  membershipId,
  type RefusedSignIn,
  type SignInOutcome,
  type User,
} from '../store/records.ts'
import type { Store, Write } from '../store/store.ts'
import { newId, userIdOf } from '../tokens/secret.ts'
import type { ProviderIdentity } from './provider.ts'

/** A membership together with its account. */
export interface OpenAccount {
  readonly membership: Membership
  readonly account: Account
}

/** The accounts that a person can act for now: closed ones are filtered before anybody chooses. */
export async function openAccounts(store: Store, userId: string): Promise<readonly OpenAccount[]> {
  const memberships = await store.membershipsOfUser(userId)
  const all = await Promise.all(
    memberships.map(async (membership) => ({
      membership,
      account: await store.account(membership.accountId),
    })),
  )
  return all
    .filter((one): one is OpenAccount => accountRefusal(one.account, one.membership) === undefined)
    .sort((a, b) => a.account.name.localeCompare(b.account.name))
}

/** Why none of a person's accounts can be used; `undefined` when one can. */
export async function accountsRefusal(store: Store, userId: string): Promise<Refusal | undefined> {
  if ((await openAccounts(store, userId)).length > 0) return undefined
  const [first] = await store.membershipsOfUser(userId)
  const account = first && (await store.account(first.accountId))
  return (
    accountRefusal(account, first) ?? { reason: 'membership_removed', at: null, actor: 'admin' }
  )
}

type Arriving = Pick<ProviderIdentity, 'issuer' | 'subject' | 'name' | 'email'>

/** A new person gets a user, an account of their own and a trial (DESIGN §4 no. 3). */
export function newPerson(
  identity: Arriving,
  lifetimes: Lifetimes,
  now: Moment,
): { user: User; writes: readonly Write[] } {
  const user: User = {
    id: userIdOf(identity.issuer, identity.subject),
    identities: [{ issuer: identity.issuer, subject: identity.subject }],
    name: identity.name,
    email: identity.email,
    createdAt: now,
    signIns: 0,
    deleted: null,
    allEnded: null,
    loginsDisabled: null,
  }
  const account: Account = {
    id: newId('acc'),
    name: identity.name,
    createdAt: now,
    subscription: {
      id: newId('sub'),
      plan: 'trial',
      status: 'trialing',
      trialEndsAt: now + lifetimes.trial,
      periodEndsAt: null,
    },
    closed: null,
  }
  const membership: Membership = {
    id: membershipId(user.id, account.id),
    userId: user.id,
    accountId: account.id,
    role: 'owner',
    since: now,
  }
  return {
    user,
    writes: [
      { table: 'user', put: user },
      { table: 'account', put: account },
      { table: 'membership', put: membership },
    ],
  }
}

/**
 * Finds the person by (issuer, subject), never by e-mail; makes a new one; says whom it turns away.
 *
 * @param invited whether they come with an invitation: then they need no account yet
 */
export async function arrive(
  store: Store,
  identity: Arriving & { readonly authTime: Moment },
  lifetimes: Lifetimes,
  now: Moment,
  invited = false,
): Promise<SignInOutcome> {
  for (;;) {
    const known = await store.userByIdentity(identity.issuer, identity.subject)
    if (known) {
      const refusal =
        personRefusal(known) ?? (invited ? undefined : await accountsRefusal(store, known.id))
      return refusal
        ? refusedOutcome(refusal, known.id)
        : { kind: 'person', userId: known.id, authTime: identity.authTime, era: eraOf(known) }
    }
    const { user, writes } = newPerson(identity, lifetimes, now)
    // Two first sign-ins at once: the second finds the first one's person.
    if (await store.commit(writes, [{ table: 'user', id: user.id, was: undefined }])) {
      return { kind: 'person', userId: user.id, authTime: identity.authTime }
    }
  }
}

export const refusedOutcome = (refusal: Refusal, userId: string): RefusedSignIn => ({
  kind: 'refused',
  userId,
  reason: refusal.reason,
  at: refusal.at,
  description: refusalInWords(refusal),
})
