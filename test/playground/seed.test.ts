import { expect, test } from 'vitest'
import { DAY } from '../../clock/moment.ts'
import { ACCOUNTS, PASSWORD, PEOPLE, providerConfig } from '../../playground/people.ts'
import { seedWrites } from '../../playground/seed.ts'

const NOW = Date.UTC(2026, 0, 1)
const writes = seedWrites('http://localhost:4000/issuer', NOW)
const users = writes.flatMap((write) =>
  write.table === 'user' && 'put' in write ? [write.put] : [],
)
const accounts = writes.flatMap((write) =>
  write.table === 'account' && 'put' in write ? [write.put] : [],
)
const memberships = writes.flatMap((write) =>
  write.table === 'membership' && 'put' in write ? [write.put] : [],
)

const user = (email: string) => users.find((one) => one.email === email)
const accountsOf = (email: string) =>
  memberships
    .filter(({ userId }) => userId === user(email)?.id)
    .map(({ accountId, role }) => {
      const account = accounts.find(({ id }) => id === accountId)
      return [account?.name, role, account?.subscription.plan, account?.subscription.status]
    })

test('everyone is who the README says', () => {
  expect(accountsOf('alice@example.test')).toEqual([['Alice Adler', 'owner', 'pro', 'active']])
  expect(accountsOf('bob@example.test')).toEqual([
    ['Bob Brandt', 'owner', 'trial', 'trialing'],
    ['Acme', 'member', 'team', 'active'],
  ])
  expect(user('carol@example.test')?.loginsDisabled).toMatchObject({ actor: 'user', mode: 'now' })
  expect(accountsOf('dave@example.test')).toHaveLength(1)
  expect(accounts.find(({ name }) => name === 'Dave Dahl')?.closed?.at).toBeLessThan(NOW)
  expect(accountsOf('erin@example.test')).toHaveLength(1)
})

test('the site and the provider know the same people, by the same names', () => {
  const config = providerConfig({
    clientId: 'id',
    clientSecret: 'secret',
    name: 'Latchkey',
    redirectUris: [],
    postLogoutRedirectUris: [],
  })
  expect(config.people.map(({ oid }) => oid)).toEqual(
    users.map(({ identities }) => identities[0]?.subject),
  )
  expect(new Set(config.people.map(({ password }) => password))).toEqual(new Set([PASSWORD]))
  expect(config.people.find(({ email }) => email === 'erin@example.test')?.idp).toBe('google.com')
})

test('ids are unique, every account has an owner, nothing is in the future but what ends', () => {
  for (const ids of [users, accounts, memberships].map((all) => all.map(({ id }) => id))) {
    expect(new Set(ids).size).toBe(ids.length)
  }
  expect(new Set(PEOPLE.map(({ oid }) => oid)).size).toBe(PEOPLE.length)
  for (const { id } of ACCOUNTS) {
    expect(memberships.filter((one) => one.accountId === id && one.role === 'owner')).toHaveLength(
      1,
    )
  }
  for (const { createdAt, subscription } of accounts) {
    expect(createdAt).toBeLessThan(NOW)
    expect(subscription.trialEndsAt ?? subscription.periodEndsAt).toBeGreaterThan(NOW + DAY)
  }
})
