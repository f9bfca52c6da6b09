import { afterAll, beforeAll, expect, test } from 'vitest'
import { HYBRID, NATIVE, READ, TASKS } from '../applications.ts'
import { password } from '../world.ts'
import { Client } from './client.ts'
import { ALICE, openSecureWorld } from './world.ts'

type World = Awaited<ReturnType<typeof openSecureWorld>>
let world: World
let passport: Client

const POLICY = 'B2C_1_signupsignin'
const alice = { email: 'alice@example.test', password }

beforeAll(async () => {
  world = await openSecureWorld()
  passport = await Client.start('passport.mjs', world.ca)
  await passport.ask('start', {
    tenant: `${world.url}/latchkey.onmicrosoft.com`,
    clientId: HYBRID.clientId,
    clientSecret: HYBRID.clientSecret,
    redirectUrl: HYBRID.redirectUris[1],
    apiId: TASKS.clientId,
    policyName: POLICY,
  })
})
afterAll(async () => {
  await passport.close()
  await world.close()
})

/** How a strategy ended (passport.mjs). */
interface Ended {
  readonly user?: Readonly<Record<string, unknown>>
  readonly failed?: string
  /** What the provider said why; passport hands on the error alone. */
  readonly description?: string
}

const signIn = (typed: Record<string, string> | null, policy = POLICY) =>
  passport.ask<Ended>('signIn', { policy, typed })

test('the site’s strategy takes code and ID token by form_post, and redeems the code', async () => {
  const { user, failed } = await signIn(alice)
  expect(failed).toBeUndefined()
  expect(user).toMatchObject({
    issuer: world.issuer,
    subject: ALICE,
    emails: ['alice@example.test'],
    refreshToken: expect.any(String),
  })
  expect(await world.verified(String(user?.accessToken), HYBRID.clientId)).toHaveProperty('tfp')
})

test('the second policy, by ?p= at the same metadata address: no page is shown', async () => {
  const { user, failed } = await signIn(null, 'B2C_1_partners')
  expect(failed).toBeUndefined()
  expect(user).toMatchObject({ subject: ALICE })
  expect(await world.verified(String(user?.accessToken), HYBRID.clientId)).toMatchObject({
    tfp: 'B2C_1_partners',
  })
})

test.each([
  ['Cancel', { action: 'cancel' }, 'AADB2C90091'],
  ['“Forgot your password?”', { action: 'forgot' }, 'AADB2C90118'],
])('%s on the page fails, and B2C’s code says why', async (_, typed, code) => {
  expect(await signIn(typed)).toMatchObject({
    failed: 'access_denied',
    description: expect.stringContaining(code),
  })
})

test('the API’s strategy takes a token for it, and neither a changed one nor one for another', async () => {
  const app = await Client.start('msal-node.mjs', world.ca)
  await app.ask('start', {
    package: '@azure/msal-node',
    authority: world.authorityOf(POLICY),
    knownAuthorities: [world.host],
    clientId: NATIVE.clientId,
  })
  const told = await app.ask<{ accessToken: string; idToken: string }>('signIn', {
    scopes: [READ],
    typed: alice,
  })
  await app.close()
  const callApi = (token: string) => passport.ask<Ended>('callApi', { token })
  expect(await callApi(told.accessToken)).toMatchObject({
    user: { sub: ALICE, scp: 'tasks.read', azp: NATIVE.clientId },
  })
  const [head, , signature] = told.accessToken.split('.')
  const changed = [head, told.idToken.split('.')[1], signature].join('.')
  expect(await callApi(changed)).toMatchObject({ failed: expect.any(String) })
  expect(await callApi(told.idToken)).toMatchObject({ failed: expect.any(String) })
})
