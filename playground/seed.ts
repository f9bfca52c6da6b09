import { DAY, type Moment } from '../clock/moment.ts'
import { type Account, type Membership, membershipId, type User } from '../idp/store/records.ts'
import type { Write } from '../idp/store/store.ts'
import { userIdOf } from '../idp/tokens/secret.ts'
import { ACCOUNTS, PEOPLE, type SeededAccount, type SeededPerson } from './people.ts'

/** How long everyone has been around when the playground first starts. */
const AGE = 60 * DAY

/** The site's records of the seeded people, as of `now`. */
export function seedWrites(issuer: string, now: Moment): readonly Write[] {
  return [
    ...ACCOUNTS.map((account) => ({ table: 'account', put: toAccount(account, now) }) as const),
    ...PEOPLE.flatMap((person) => {
      const user = toUser(person, issuer, now)
      return [
        { table: 'user', put: user } as const,
        ...toMemberships(person, user, now).map((put) => ({ table: 'membership', put }) as const),
      ]
    }),
  ]
}

const toAccount = (account: SeededAccount, now: Moment): Account => ({
  id: account.id,
  name: account.name,
  createdAt: now - AGE,
  subscription: {
    id: account.id.replace('acc_', 'sub_'),
    plan: account.plan,
    status: account.status,
    trialEndsAt: account.status === 'trialing' ? now + account.endsIn : null,
    periodEndsAt: account.status === 'trialing' ? null : now + account.endsIn,
  },
  closed: account.closedAgo === undefined ? null : { at: now - account.closedAgo, actor: 'user' },
})

const toUser = (person: SeededPerson, issuer: string, now: Moment): User => ({
  id: userIdOf(issuer, person.oid),
  identities: [{ issuer, subject: person.oid }],
  name: person.name,
  email: person.email,
  createdAt: now - AGE,
  signIns: 0,
  allEnded: null,
  deleted: null,
  loginsDisabled:
    person.loginsDisabledAgo === undefined
      ? null
      : { at: now - person.loginsDisabledAgo, actor: 'user', mode: 'now' },
})

const toMemberships = (person: SeededPerson, user: User, now: Moment): readonly Membership[] =>
  person.accounts.map(({ id, role }) => ({
    id: membershipId(user.id, id),
    userId: user.id,
    accountId: id,
    role,
    since: now - AGE,
  }))
