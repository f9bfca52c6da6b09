import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../../clock/moment.ts'
import { NATIVE, READ, TASKS, WEB } from '../applications.ts'
import { later, password } from '../world.ts'
import { Client } from './client.ts'
import { ALICE, openSecureWorld, TENANT } from './world.ts'

/** What the application learns (msal-node.mjs). */
interface Told {
  readonly accessToken: string
  readonly idToken: string
  readonly idTokenClaims: Readonly<Record<string, unknown>>
  readonly scopes: readonly string[]
  readonly fromCache: boolean
  readonly homeAccountId: string
  readonly username: string
}

type World = Awaited<ReturnType<typeof openSecureWorld>>
let world: World

beforeAll(async () => {
  world = await openSecureWorld()
})
afterAll(() => world.close())

const alice = { email: 'alice@example.test', password }
const scopes = [READ]

const PACKAGES = {
  'MSAL 7': '@azure/msal-node',
  'MSAL 5': 'msal-node-5',
  'MSAL 3': 'msal-node-3',
}

const KINDS = {
  public: { clientId: NATIVE.clientId },
  confidential: {
    clientId: WEB.clientId,
    clientSecret: WEB.clientSecret,
    redirectUri: WEB.redirectUris[0],
  },
}

const CLIENTS = Object.entries(PACKAGES).flatMap(([name, from]) =>
  Object.entries(KINDS).map(([kind, application]) => ({ name, kind, from, application })),
)

describe.each(CLIENTS)('$name, $kind', ({ from, application }) => {
  let client: Client
  let first: Told
  const settings = () => ({
    package: from,
    authority: world.authorityOf('B2C_1_signupsignin'),
    knownAuthorities: [world.host],
    ...application,
  })

  beforeAll(async () => {
    client = await Client.start('msal-node.mjs', world.ca)
    await client.ask('start', settings())
  })
  afterAll(() => client.close())

  const silent = (more: Record<string, unknown> = {}) =>
    client.ask<Told>('silent', { scopes, homeAccountId: first.homeAccountId, ...more })

  test('Alice signs in: her account names person, policy and tenant, and both tokens are good', async () => {
    first = await client.ask<Told>('signIn', { scopes, typed: alice })
    expect(first.homeAccountId).toBe(`${ALICE}-b2c_1_signupsignin.${TENANT}`)
    expect(first.idTokenClaims.emails).toEqual(['alice@example.test'])
    // MSAL reads it from claims that B2C doesn't send.
    expect(first.username).toBe('')
    expect(first.scopes).toContain(READ)
    expect(await world.verified(first.idToken, application.clientId)).toMatchObject({
      iss: world.issuer,
      sub: ALICE,
      tfp: 'B2C_1_signupsignin',
    })
    expect(await world.verified(first.accessToken, TASKS.clientId)).toMatchObject({
      sub: ALICE,
      scp: 'tasks.read',
      azp: application.clientId,
    })
  })

  test('silently from the cache, then by the refresh token, twice', async () => {
    expect(await silent()).toMatchObject({ fromCache: true, accessToken: first.accessToken })
    // Two tokens of one second are the same word by word.
    later(MINUTE)
    const second = await silent({ forceRefresh: true })
    later(MINUTE)
    const third = await silent({ forceRefresh: true })
    expect([second.fromCache, third.fromCache]).toEqual([false, false])
    expect(new Set([first, second, third].map(({ accessToken }) => accessToken)).size).toBe(3)
    expect(await world.verified(third.accessToken, TASKS.clientId)).toMatchObject({ sub: ALICE })
  })

  test('started again with its cache, it needs nobody to sign in', async () => {
    const cache = await client.ask<string>('cache')
    await client.ask('start', { ...settings(), cache })
    expect(await silent()).toMatchObject({ fromCache: true })
    expect(await silent({ forceRefresh: true })).toMatchObject({ fromCache: false })
  })

  test('a second policy: no page is shown, an account of its own, and each refreshes at its own', async () => {
    const authority = world.authorityOf('B2C_1_partners')
    const partner = await client.ask<Told>('signIn', { authority, scopes })
    expect(partner.homeAccountId).toBe(`${ALICE}-b2c_1_partners.${TENANT}`)
    expect(await client.ask('accounts')).toHaveLength(2)
    const here = await silent({ forceRefresh: true })
    const there = await silent({
      forceRefresh: true,
      authority,
      homeAccountId: partner.homeAccountId,
    })
    expect([here.idTokenClaims.tfp, there.idTokenClaims.tfp]).toEqual([
      'B2C_1_signupsignin',
      'B2C_1_partners',
    ])
  })

  test.each([
    ['Cancel', { action: 'cancel' }, 'AADB2C90091'],
    ['“Forgot your password?”', { action: 'forgot' }, 'AADB2C90118'],
  ])('%s on the page comes back as access_denied', async (_, typed, code) => {
    await expect(client.ask('signIn', { scopes, prompt: 'login', typed })).rejects.toMatchObject({
      code: 'access_denied',
      message: expect.stringContaining(code),
    })
  })

  test('after the sign-out nobody is signed in: AADB2C90077', async () => {
    const url = `${world.authorityOf('B2C_1_signupsignin')}/oauth2/v2.0/logout`
    expect(await client.ask('signOut', { url })).toBe(url)
    expect(await client.ask('accounts')).toEqual([])
    await expect(client.ask('signIn', { scopes, prompt: 'none' })).rejects.toMatchObject({
      code: 'interaction_required',
      message: expect.stringContaining('AADB2C90077'),
    })
  })
})

describe('the other forms of an authority', () => {
  let b2c: World
  let client: Client

  beforeAll(async () => {
    // As real ones: the name of B2C's host, and the issuer that is the same for all policies.
    b2c = await openSecureWorld({ issuerStyle: 'tenant' }, 'contoso.b2clogin.com')
    client = await Client.start('msal-node.mjs', b2c.ca)
  })
  afterAll(async () => {
    await client.close()
    await b2c.close()
  })

  test.each([
    ['the tenant by its domain', 'latchkey.onmicrosoft.com/B2C_1_signupsignin'],
    ['the tenant by its GUID', `${TENANT}/B2C_1_signupsignin`],
    ['/tfp/ before the tenant', 'tfp/latchkey.onmicrosoft.com/B2C_1_signupsignin'],
  ])('%s, at contoso.b2clogin.com', async (_, path) => {
    const authority = `${b2c.url}/${path}`
    const settings = { package: PACKAGES['MSAL 7'], authority, knownAuthorities: [b2c.host] }
    await client.ask('start', { ...settings, ...KINDS.public })
    const told = await client.ask<Told>('signIn', { scopes, prompt: 'login', typed: alice })
    expect(told.homeAccountId).toBe(`${ALICE}-b2c_1_signupsignin.${TENANT}`)
    expect(told.idTokenClaims.iss).toBe(`${b2c.url}/${TENANT}/v2.0/`)
    const { homeAccountId } = told
    const refreshed = await client.ask<Told>('silent', {
      scopes,
      homeAccountId,
      forceRefresh: true,
    })
    expect(refreshed.fromCache).toBe(false)
  })
})

test('day 15 without a refresh: refused as invalid_grant, which MSAL does not call interaction required', async () => {
  const client = await Client.start('msal-node.mjs', world.ca)
  await client.ask('start', {
    package: PACKAGES['MSAL 7'],
    authority: world.authorityOf('B2C_1_signupsignin'),
    knownAuthorities: [world.host],
    ...KINDS.public,
  })
  const { homeAccountId } = await client.ask<Told>('signIn', { scopes, typed: alice })
  later(15 * DAY)
  await expect(
    client.ask('silent', { scopes, homeAccountId, forceRefresh: true }),
  ).rejects.toMatchObject({
    kind: 'ServerError',
    code: 'invalid_grant',
    message: expect.stringContaining('AADB2C90080'),
  })
  await client.close()
})
