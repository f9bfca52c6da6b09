import { describe, expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { DEFAULT_LIFETIMES } from '../../../idp/lifetimes.ts'
import { accountsRefusal, arrive, newPerson, openAccounts } from '../../../idp/sign-in/arrival.ts'
import type { Account, Membership, User } from '../../../idp/store/records.ts'
import type { Store, Write } from '../../../idp/store/store.ts'
import { aMembership, anAccount, aUser, T0 } from '../store/records.ts'

const IDENTITY = {
  issuer: 'http://localhost:4000/tenant/',
  subject: 'subject-u1',
  name: 'Ada',
  email: 'ada@example.test',
}
const ARRIVING = { ...IDENTITY, authTime: T0, idToken: 'id.token' }

interface People {
  readonly user?: User
  readonly memberships?: readonly Membership[]
  readonly accounts?: readonly Account[]
}

/** Only what an arrival asks of a store. */
function storeOf({ user, memberships = [], accounts = [] }: People) {
  const written: Write[] = []
  let known = user
  const store = {
    userByIdentity: async () => known,
    membershipsOfUser: async () => memberships,
    account: async (id: string) => accounts.find((account) => account.id === id),
    commit: async (writes: readonly Write[]): Promise<boolean> => {
      written.push(...writes)
      return true
    },
  } satisfies Partial<Store>
  return {
    store: store as unknown as Store,
    written,
    /** Somebody else makes the person at the moment of the next commit. */
    overtake(by: User) {
      store.commit = async () => {
        known = by
        return false
      }
    },
  }
}

const closed = { at: T0, actor: 'user' } as const

test('a new person gets a user, an account of their own as its owner, and a trial', () => {
  const { user, writes } = newPerson(IDENTITY, DEFAULT_LIFETIMES, T0)
  const [, account, membership] = writes.map((write) => ('put' in write ? write.put : undefined))
  expect(writes.map(({ table }) => table)).toEqual(['user', 'account', 'membership'])
  expect(user).toMatchObject({
    identities: [{ issuer: IDENTITY.issuer, subject: IDENTITY.subject }],
    email: 'ada@example.test',
    deleted: null,
    allEnded: null,
    loginsDisabled: null,
  })
  expect(account).toMatchObject({
    subscription: { status: 'trialing', trialEndsAt: T0 + 30 * DAY, periodEndsAt: null },
    closed: null,
  })
  expect(membership).toMatchObject({
    id: `${user.id}:${account?.id}`,
    userId: user.id,
    accountId: account?.id,
    role: 'owner',
  })
})

test('a trial is as long as the settings say', () => {
  const { writes } = newPerson(IDENTITY, { ...DEFAULT_LIFETIMES, trial: 7 * DAY }, T0)
  expect(writes[1]).toMatchObject({ put: { subscription: { trialEndsAt: T0 + 7 * DAY } } })
})

test('accounts to choose from: the open ones, by name', async () => {
  const { store } = storeOf({
    memberships: ['a1', 'a2', 'a3', 'gone'].map((id) => aMembership('u1', id)),
    accounts: [
      anAccount('a1', { name: 'Zebra' }),
      anAccount('a2', { name: 'Closed', closed }),
      anAccount('a3', { name: 'Acme' }),
    ],
  })
  const names = (await openAccounts(store, 'u1')).map(({ account }) => account.name)
  expect(names).toEqual(['Acme', 'Zebra'])
  expect(await accountsRefusal(store, 'u1')).toBeUndefined()
})

describe('arriving', () => {
  const home = { memberships: [aMembership('u1', 'a1')], accounts: [anAccount('a1')] }

  test('a known person is found by issuer and subject, and nothing is written', async () => {
    const { store, written } = storeOf({ user: aUser('u1'), ...home })
    expect(await arrive(store, ARRIVING, DEFAULT_LIFETIMES, T0)).toEqual({
      kind: 'person',
      userId: 'u1',
      authTime: T0,
      era: 0,
    })
    expect(written).toEqual([])
  })

  test('an unknown person is made', async () => {
    const { store, written } = storeOf({})
    const outcome = await arrive(store, ARRIVING, DEFAULT_LIFETIMES, T0)
    expect(outcome).toMatchObject({ kind: 'person' })
    expect(written).toHaveLength(3)
  })

  test('two first sign-ins at once: the second finds the first one’s person', async () => {
    const { store, overtake } = storeOf(home)
    overtake(aUser('u1'))
    const outcome = await arrive(store, ARRIVING, DEFAULT_LIFETIMES, T0)
    expect(outcome).toMatchObject({ kind: 'person', userId: 'u1' })
  })

  test.for<[string, string, People]>([
    [
      'disabled',
      'logins_disabled',
      {
        ...home,
        user: aUser('u1', { loginsDisabled: { at: T0, actor: 'admin', mode: 'expiry' } }),
      },
    ],
    ['deleted', 'user_deleted', { ...home, user: aUser('u1', { deleted: closed }) }],
    [
      'with one account, which is closed',
      'account_closed',
      {
        user: aUser('u1'),
        memberships: [aMembership('u1', 'a1')],
        accounts: [anAccount('a1', { closed })],
      },
    ],
    ['who belongs to nothing', 'membership_removed', { user: aUser('u1') }],
  ])('somebody %s is turned away with %s, in words', async ([, reason, people]) => {
    const { store } = storeOf(people)
    const outcome = await arrive(store, ARRIVING, DEFAULT_LIFETIMES, T0)
    expect(outcome).toMatchObject({
      kind: 'refused',
      reason,
      description: expect.stringMatching(/^[A-Z].+\.$/),
    })
  })
})
