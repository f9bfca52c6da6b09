import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WEB } from './applications.ts'
import { ByHand, claimsOf, codeOf } from './by-hand.ts'
import { openWorld } from './world.ts'

const TENANT = '775527ff-9a37-4307-8b3d-cc311f58d925'
const DOMAIN = 'latchkey.onmicrosoft.com'
const WELL_KNOWN = 'v2.0/.well-known/openid-configuration'
const PURGED = WEB.postLogoutRedirectUris[0] ?? ''

describe.each(['tfp', 'tenant'] as const)('with issuers of the style %s', (issuerStyle) => {
  let world: Awaited<ReturnType<typeof openWorld>>

  beforeAll(async () => {
    world = await openWorld({ issuerStyle })
  })
  afterAll(() => world.close())

  test.each([
    ['domain and policy', `${DOMAIN}/B2C_1_signupsignin/${WELL_KNOWN}`, DOMAIN],
    ['GUID and policy', `${TENANT}/B2C_1_SignUpSignIn/${WELL_KNOWN}`, TENANT],
    ['tfp and domain', `tfp/${DOMAIN}/b2c_1_signupsignin/${WELL_KNOWN}`, `tfp/${DOMAIN}`],
    [
      'tfp and GUID',
      `TFP/${TENANT.toUpperCase()}/b2c_1_signupsignin/${WELL_KNOWN}`,
      `tfp/${TENANT}`,
    ],
    ['the policy as ?p=', `${DOMAIN}/${WELL_KNOWN}?p=B2C_1_signupsignin`, DOMAIN],
    ['GUID and ?p=', `${TENANT}/${WELL_KNOWN}?p=b2c_1_signupsignin`, TENANT],
  ])('%s: metadata, sign-in, refresh and sign-out', async (_, path, house) => {
    const metadata = (await (await fetch(`${world.url}/${path}`)).json()) as Record<string, string>
    const authority = `${world.url}/${house}/b2c_1_signupsignin`
    expect(metadata).toMatchObject({
      issuer: world.issuer,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      response_types_supported: ['code', 'code id_token', 'id_token'],
      scopes_supported: ['openid'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
    expect(metadata).not.toHaveProperty('userinfo_endpoint')
    const { keys } = (await (await fetch(metadata.jwks_uri ?? '')).json()) as { keys: object[] }
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([['e', 'kid', 'kty', 'n', 'use']])
    const policy = new ByHand({ authority })
    const browser = world.browser()
    const tokens = await policy.tokens(browser)
    expect(claimsOf(tokens.id_token).iss).toBe(world.issuer)
    const refreshed = (await policy.refresh(tokens.refresh_token)).body
    expect(claimsOf(refreshed.id_token).iss).toBe(world.issuer)
    const out = await browser.get(
      `${metadata.end_session_endpoint}?${new URLSearchParams({
        id_token_hint: String(tokens.id_token),
        post_logout_redirect_uri: PURGED,
      })}`,
    )
    expect(out.url.href).toBe(PURGED)
    const after = await policy.ask(browser, { more: { prompt: 'none' } })
    expect(after.url.searchParams.get('error')).toBe('interaction_required')
  })

  test('endpoints themselves with ?p=, in any case', async () => {
    const browser = world.browser()
    const asked = new URL(new ByHand(world.policies[0]).authorizeUrl())
    asked.pathname = `/${DOMAIN.toUpperCase()}/OAuth2/V2.0/Authorize`
    asked.searchParams.set('p', 'B2C_1_SignUpSignIn')
    const page = await browser.get(asked)
    expect(page.html).toContain('id="password"')
    const out = await browser.get(`${world.url}/${DOMAIN}/oauth2/v2.0/logout?p=b2c_1_signupsignin`)
    expect(out.html).toContain('You have successfully signed out.')
  })

  test('who issues: the tenant, or each policy for itself', () => {
    for (const { id, issuer } of world.policies) {
      const house = issuerStyle === 'tfp' ? `tfp/${TENANT}/${id.toLowerCase()}` : TENANT
      expect(issuer).toBe(`${world.url}/${house}/v2.0/`)
    }
  })

  test('a policy that isn’t there: AADB2C90022', async () => {
    const answer = await fetch(`${world.url}/${DOMAIN}/B2C_1_other/${WELL_KNOWN}`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain(
      `AADB2C90022: Unable to return metadata for the policy 'B2C_1_other' in tenant '${DOMAIN}'.`,
    )
  })
})

describe('a policy that requires an ID token to sign out', () => {
  test('without one AADB2C90083, and the session stays; with one it goes', async () => {
    const world = await openWorld({
      policies: [
        { id: 'B2C_1_signin', journey: 'sign-in', requireIdTokenHint: true },
        { id: 'B2C_1_passwordreset', journey: 'reset' },
      ],
    })
    const policy = new ByHand(world.policies[0])
    const browser = world.browser()
    const { id_token } = await policy.tokens(browser)
    const refused = await browser.get(world.logoutUrl({ post_logout_redirect_uri: PURGED }))
    expect(refused.status).toBe(400)
    expect(refused.html).toContain('AADB2C90083')
    expect(codeOf(await policy.ask(browser))).not.toBe('')
    const hinted = { id_token_hint: String(id_token), post_logout_redirect_uri: PURGED }
    expect((await browser.get(world.logoutUrl(hinted))).url.href).toBe(PURGED)
    await world.close()
  })
})
