import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../clock/moment.ts'
import { APPLICATIONS, NATIVE, READ, TASKS, WEB } from './applications.ts'
import { later, openWorld, password } from './world.ts'

/**
 * Clients that we did not write, as their packages are, against the wire alone. They follow Discovery
 * to the letter, and so take the issuer style `tfp` only.
 */
let world: Awaited<ReturnType<typeof openWorld>>

beforeAll(async () => {
  world = await openWorld({ applications: APPLICATIONS, issuerStyle: 'tfp' })
})
afterAll(() => world.close())

const ALICE = 'alice@example.test'
const redirectUri = WEB.redirectUris[0] ?? ''
const SCOPE = `openid profile offline_access ${READ}`

test('openid-client: sign-in with PKCE, an API’s token, day 13’s refresh, day 28’s refusal, sign-out', async () => {
  const browser = world.browser()
  const config = await client.discovery(
    new URL(world.issuer),
    WEB.clientId,
    WEB.clientSecret,
    undefined,
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  )
  const state = client.randomState()
  const nonce = client.randomNonce()
  const verifier = client.randomPKCECodeVerifier()
  const page = await browser.get(
    client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }),
  )
  const callback = await browser.submit(page, { email: ALICE, password })
  const tokens = await client.authorizationCodeGrant(config, callback.url, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  })
  expect(tokens.claims()).toMatchObject({ emails: [ALICE], tfp: 'B2C_1_signupsignin' })
  later(13 * DAY)
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', {
    scope: SCOPE,
  })
  expect(refreshed.claims()?.sub).toBe(tokens.claims()?.sub)
  expect(refreshed.expires_in).toBe(3600)
  later(15 * DAY)
  await expect(
    client.refreshTokenGrant(config, refreshed.refresh_token ?? ''),
  ).rejects.toMatchObject({
    error: 'invalid_grant',
    error_description: expect.stringMatching(/^AADB2C90080: /),
  })
  const out = await browser.get(
    client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: WEB.postLogoutRedirectUris[0] ?? '',
      state: 'out',
    }),
  )
  expect(out.url.href).toBe(`${WEB.postLogoutRedirectUris[0]}?state=out`)
})

test('openid-client: a second policy in the same session, cancelled: AADB2C90091', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  const config = await client.discovery(
    new URL(world.resetIssuer ?? ''),
    WEB.clientId,
    WEB.clientSecret,
    undefined,
    {
      execute: [client.allowInsecureRequests],
    },
  )
  const page = await browser.get(
    client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      state: 'st',
    }),
  )
  const callback = await browser.submit(page, { action: 'cancel' })
  await expect(
    client.authorizationCodeGrant(config, callback.url, { expectedState: 'st' }),
  ).rejects.toMatchObject({
    error: 'access_denied',
    error_description: expect.stringMatching(/^AADB2C90091: /),
  })
})

test('oauth4webapi: an app with plain rules, its API token checked by the API, refresh, and a replayed code', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const issuer = new URL(world.issuer)
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, insecure),
  )
  const app = { client_id: NATIVE.clientId }
  const none = oauth.None()
  const verifier = oauth.generateRandomCodeVerifier()
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: app.client_id,
    redirect_uri: 'http://localhost:50123',
    response_type: 'code',
    scope: SCOPE,
    state: 'st',
    nonce: 'no',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString()
  const browser = world.browser()
  const callback = await browser.submit(await browser.get(url), { email: ALICE, password })
  const parameters = oauth.validateAuthResponse(as, app, callback.url, 'st')
  const redeem = () =>
    oauth.authorizationCodeGrantRequest(
      as,
      app,
      none,
      parameters,
      'http://localhost:50123',
      verifier,
      insecure,
    )
  const response = await redeem()
  const tokens = await oauth.processAuthorizationCodeResponse(as, app, response, {
    expectedNonce: 'no',
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, response, insecure)

  later(HOUR / 2)
  const { payload } = await jwtVerify(
    tokens.access_token,
    createRemoteJWKSet(new URL(as.jwks_uri ?? '')),
    { issuer: as.issuer, audience: TASKS.clientId },
  )
  expect(payload).toMatchObject({ scp: 'tasks.read', azp: NATIVE.clientId })

  const again = await oauth.processRefreshTokenResponse(
    as,
    app,
    await oauth.refreshTokenGrantRequest(as, app, none, tokens.refresh_token ?? '', insecure),
  )
  expect(again.refresh_token).toBeDefined()
  await expect(
    oauth.processAuthorizationCodeResponse(as, app, await redeem()),
  ).rejects.toMatchObject({ error: 'invalid_grant' })
})
