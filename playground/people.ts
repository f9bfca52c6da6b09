import { DAY, type Duration } from '../clock/moment.ts'
import { EMBEDDED_APPLICATION } from '../desktop/main/embedded/application.ts'
import type { SubscriptionStatus } from '../protocol/plan.ts'

/** The password of everyone who is seeded. */
export const PASSWORD = 'Latchkey-1'

/** An account that is there from the beginning. Times count from the seed's moment. */
export interface SeededAccount {
  readonly id: string
  readonly name: string
  readonly plan: string
  readonly status: SubscriptionStatus
  /** When the trial or the paid period ends. */
  readonly endsIn: Duration
  readonly closedAgo?: Duration
}

export interface SeededPerson {
  /** The provider's name for the person (`oid`); the site's subject. */
  readonly oid: string
  readonly email: string
  readonly givenName: string
  readonly name: string
  /** The social provider behind B2C through which the person comes. */
  readonly idp?: string
  readonly accounts: readonly { readonly id: string; readonly role: 'owner' | 'admin' | 'member' }[]
  readonly loginsDisabledAgo?: Duration
  /** What is special, for whoever picks one to try. */
  readonly story: string
}

const ACME = 'acc_acme'

export const ACCOUNTS: readonly SeededAccount[] = [
  { id: 'acc_alice', name: 'Alice Adler', plan: 'pro', status: 'active', endsIn: 25 * DAY },
  { id: 'acc_bob', name: 'Bob Brandt', plan: 'trial', status: 'trialing', endsIn: 20 * DAY },
  { id: ACME, name: 'Acme', plan: 'team', status: 'active', endsIn: 300 * DAY },
  { id: 'acc_carol', name: 'Carol Castro', plan: 'pro', status: 'active', endsIn: 25 * DAY },
  {
    id: 'acc_dave',
    name: 'Dave Dahl',
    plan: 'pro',
    status: 'canceled',
    endsIn: 5 * DAY,
    closedAgo: 3 * DAY,
  },
  { id: 'acc_erin', name: 'Erin Ekwueme', plan: 'pro', status: 'active', endsIn: 25 * DAY },
]

export const PEOPLE: readonly SeededPerson[] = [
  {
    oid: '0a11ce00-0000-4000-8000-000000000001',
    email: 'alice@example.test',
    givenName: 'Alice',
    name: 'Alice Adler',
    accounts: [{ id: 'acc_alice', role: 'owner' }],
    story: 'one account, plan pro, active',
  },
  {
    oid: '00b0b000-0000-4000-8000-000000000002',
    email: 'bob@example.test',
    givenName: 'Bob',
    name: 'Bob Brandt',
    accounts: [
      { id: 'acc_bob', role: 'owner' },
      { id: ACME, role: 'member' },
    ],
    story: 'own account on trial, and member of Acme: has to choose',
  },
  {
    oid: '0ca01000-0000-4000-8000-000000000003',
    email: 'carol@example.test',
    givenName: 'Carol',
    name: 'Carol Castro',
    accounts: [{ id: 'acc_carol', role: 'owner' }],
    loginsDisabledAgo: 2 * DAY,
    story: 'logins disabled: is turned away',
  },
  {
    oid: '0da7e000-0000-4000-8000-000000000004',
    email: 'dave@example.test',
    givenName: 'Dave',
    name: 'Dave Dahl',
    accounts: [{ id: 'acc_dave', role: 'owner' }],
    story: 'the only account is closed: is turned away',
  },
  {
    oid: '0e210000-0000-4000-8000-000000000005',
    email: 'erin@example.test',
    givenName: 'Erin',
    name: 'Erin Ekwueme',
    idp: 'google.com',
    accounts: [{ id: 'acc_erin', role: 'owner' }],
    story: 'comes through a social provider (google.com)',
  },
  {
    oid: '0ac3e000-0000-4000-8000-000000000006',
    email: 'olivia@acme.example.test',
    givenName: 'Olivia',
    name: 'Olivia Ortiz',
    accounts: [{ id: ACME, role: 'owner' }],
    story: 'owns Acme',
  },
]

/** An application that the provider knows: our site, to it, is one of many. */
export interface ProviderApplication {
  readonly clientId: string
  readonly clientSecret?: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
}

/** Somebody whom the provider knows and our site doesn't yet. */
export type Newcomer = Omit<SeededPerson, 'accounts' | 'story' | 'loginsDisabledAgo'>

/** What the provider is started with: its directory of people, our site, and the desktop's demonstration. */
export const providerConfig = (
  application: ProviderApplication,
  newcomers: readonly Newcomer[] = [],
) => ({
  people: [...PEOPLE, ...newcomers].map(({ oid, email, name, givenName, idp }: Newcomer) => ({
    oid,
    email,
    password: PASSWORD,
    name,
    givenName,
    ...(idp === undefined ? {} : { idp }),
  })),
  applications: [application, EMBEDDED_APPLICATION],
})
