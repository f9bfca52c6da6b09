import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { MINUTE } from '../../../clock/moment.ts'
import { isFresh } from '../../../idp/sign-in/answer.ts'
import { newProviderRequest, Providers } from '../../../idp/sign-in/provider.ts'
import { CALLBACK_PATH } from '../../../idp/sign-in/relying-party.ts'
import type { Browser } from '../browser.ts'
import { application, clock, type openWorld, password } from '../world.ts'

type World = Awaited<ReturnType<typeof openWorld>>

const ALICE = 'alice@example.test'
const SITE = new URL(application.redirectUris[0] ?? '').origin
const PURGED = `${SITE}/signin/purged`

/** What is looked at, in this order. */
export const LOOKS = [
  'the provider is found',
  'the person is asked',
  'the answer comes back',
  'the identity is believed',
  'the sign-in is fresh',
  'the claims are B2C’s',
  'the signature is the published key’s',
  'a code is good once',
  'the session is there until logout',
  'a stranger is not known',
  'logout leads back',
  'the session’s cookie is gone',
  'nobody is signed in any more',
  'a copied cookie is worth nothing',
] as const

export type Look = (typeof LOOKS)[number] | 'nothing is found'

/**
 * Does what our site does at a provider (`idp/sign-in`), verifies the token by itself as well, and looks
 * at what a provider owes its applications besides.
 *
 * @param browser in which somebody is signed in already
 * @returns what did not hold first
 */
export async function firstFound(world: World, browser: Browser): Promise<Look> {
  let at: Look = 'the provider is found'
  const look = (next: Look) => {
    at = next
  }
  try {
    const provider = ourProvider(world.issuer)
    const request = newProviderRequest()
    const asked = clock.now()
    const to = await provider.signInUrl(request, ALICE)

    look('the person is asked')
    const page = await browser.get(to)
    expect(page.html).toContain('id="password"')

    look('the answer comes back')
    const callback = (await browser.submit(page, { email: ALICE, password })).url
    expect(callback.pathname).toBe(CALLBACK_PATH)
    expect(callback.searchParams.has('code')).toBe(true)

    look('the identity is believed')
    const identity = await provider.identity(callback, request)
    expect(identity.subject).toMatch(/^[0-9a-f-]{36}$/)

    look('the sign-in is fresh')
    expect(identity.authTime && isFresh(identity.authTime, asked, MINUTE)).toBe(true)

    look('the claims are B2C’s')
    const { jwks_uri } = world.rp.serverMetadata()
    const claims = JSON.parse(
      Buffer.from(identity.idToken.split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(claims).toMatchObject({ tfp: 'B2C_1_signupsignin', ver: '1.0', emails: [ALICE] })
    expect(claims).not.toHaveProperty('newUser')

    look('the signature is the published key’s')
    const { protectedHeader } = await jwtVerify(
      identity.idToken,
      createRemoteJWKSet(new URL(jwks_uri ?? '')),
      {
        issuer: world.issuer,
        audience: application.clientId,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat', 'nbf', 'nonce', 'sub'],
        currentDate: new Date(clock.now()),
      },
    )
    expect(protectedHeader.typ).toBe('JWT')

    look('a code is good once')
    await expect(provider.identity(callback, request)).rejects.toThrow()

    look('the session is there until logout')
    const thief = world.browser()
    for (const cookie of await browser.jar.getCookies(world.url)) {
      await thief.jar.setCookie(cookie.toString(), world.url)
    }
    expect(await world.probe(browser)).toBe('code')

    look('a stranger is not known')
    expect(await world.probe(world.browser())).toBe('interaction_required')

    look('logout leads back')
    const logout = await provider.logoutUrl(identity.idToken, 'purge')
    expect((await browser.get(logout ?? '')).url.href).toBe(`${PURGED}?state=purge`)

    look('the session’s cookie is gone')
    const left = (await browser.jar.getCookies(world.url)).map(({ key }) => key)
    // Both at once, as with a session that goes on: then the next look is the one that tells.
    const knows = await world.probe(browser)
    if (knows !== 'code') expect(left.filter((name) => name.includes('-sso:'))).toEqual([])

    look('nobody is signed in any more')
    expect(knows).toBe('interaction_required')

    look('a copied cookie is worth nothing')
    expect(await world.probe(thief)).toBe('interaction_required')
    return 'nothing is found'
  } catch {
    return at
  }
}

/** As the site is set up for it; anew each time, since what is found once is kept. */
function ourProvider(issuer: string) {
  const settings = {
    name: 'b2c',
    label: 'B2C',
    issuer,
    client_id: application.clientId,
    client_secret: application.clientSecret,
    scope: `openid ${application.clientId}`,
    domains: [],
  }
  const provider = new Providers([settings], { url: SITE, clock }).named('b2c')
  if (!provider) throw new Error('There is one.')
  return provider
}
