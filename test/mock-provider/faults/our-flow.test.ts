import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../../clock/moment.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import type { Fault } from '../../../mock-provider/faults/catalogue.ts'
import { REDIRECT_URI, SignInSteps, TestBrowser, whereTo } from '../../support/browser.ts'
import { ADA, PROVIDER, type RunningSite, startSite } from '../../support/site.ts'
import type { Browser, Page } from '../browser.ts'
import { application, later, openWorld, password } from '../world.ts'

const ALICE = 'alice@example.test'

let world: Awaited<ReturnType<typeof openWorld>>
let site: RunningSite

beforeAll(async () => {
  world = await openWorld()
  const { clientId: client_id, clientSecret: client_secret, redirectUris } = application
  const trusted = { ...PROVIDER, issuer: world.issuer, client_id, client_secret }
  site = await startSite(
    { PROVIDERS: JSON.stringify([{ ...trusted, scope: `openid ${client_id}` }]) },
    // As the provider knows it; the tests reach it on its own port.
    (settings) => ({ ...settings, url: new URL(redirectUris[0] ?? '').origin }),
  )
  const subject = world.people.byLocalEmail(ALICE)?.oid ?? ''
  const identities = [{ issuer: world.issuer, subject }]
  await site.store.commit([{ table: 'user', put: { ...ADA.user, identities } }])
})
afterAll(async () => {
  await site.close()
  await world.close()
})

let browser: Browser
beforeEach(() => {
  browser = world.browser()
})
afterEach(() => world.faults.clear())

const asks = ({ html }: Page) => html.includes('id="password"')

/** Alice types her password, if the page asks for it. */
const answer = async (page: Page): Promise<Page> =>
  asks(page) ? browser.submit(page, { email: ALICE, password }) : page

/** Signs Alice in, as an application does that takes the provider at its word, and lets her come once more. */
async function naiveSignIn(): Promise<string> {
  const { page, redeem } = await world.begin(browser)
  const tokens = await redeem(await answer(page))
  await world.probe(browser)
  return tokens.id_token ?? ''
}

/** Who the next person is who presses “Sign in” there, without having been asked. */
async function next(): Promise<string> {
  const { page, redeem } = await world.begin(browser)
  if (asks(page)) return 'asked'
  return String((await redeem(page)).claims()?.name)
}

/** Sends the browser to the logout, and believes it. */
async function trustsLogout(): Promise<string> {
  const id_token_hint = await naiveSignIn()
  const [post_logout_redirect_uri = ''] = application.postLogoutRedirectUris
  await browser.get(world.logoutUrl({ id_token_hint, post_logout_redirect_uri }))
  return next()
}

/** Removes every cookie, and believes that. */
async function removesCookies(): Promise<string> {
  await naiveSignIn()
  browser = world.browser()
  return next()
}

/** As our site does it, for a desktop client: everything in the same browser. */
async function ours(): Promise<string> {
  const ofSite = new TestBrowser(site)
  const steps = new SignInSteps(ofSite)
  let at = await ofSite.get(`/signin?${steps.request}`)
  for (;;) {
    const to = whereTo(at)
    if (to.href.startsWith(REDIRECT_URI)) {
      const { searchParams } = to
      const code = await site.store.code(hashOf(searchParams.get('code') ?? ''))
      return code?.purge?.outcome ?? searchParams.get('error_description') ?? 'nothing'
    }
    const page = await answer(await browser.get(to))
    if (page.url.origin === world.url) return 'left at the provider'
    at = await ofSite.get(page.url.href)
  }
}

const AGAIN = 'Alice Arden'

describe('the next person at this browser, after Alice', () => {
  test.each<[Fault | 'no fault', string, string, string]>([
    ['no fault', 'asked', 'asked', 'proven'],
    ['sticky-session', AGAIN, 'asked', 'sticky'],
    ['ignored-logout', AGAIN, 'asked', 'left at the provider'],
    ['knows-without-cookies', 'asked', AGAIN, 'proven'],
    // The probe was answered by a person who was asked: that proves nothing.
    ['ignored-prompt-none', 'asked', 'asked', 'sticky'],
    ['cookie-kept', 'asked', 'asked', 'proven'],
    // A copy of the cookie would do, but it is gone from this browser: that was to be proven.
    ['session-kept', 'asked', 'asked', 'proven'],
  ])(
    '%s: is %s where logout is trusted, %s where cookies are removed; ours says %s',
    async (fault, afterLogout, afterRemoval, said) => {
      if (fault !== 'no fault') world.faults.set(fault, 'on')
      expect(await trustsLogout()).toBe(afterLogout)
      browser = world.browser()
      expect(await removesCookies()).toBe(afterRemoval)
      browser = world.browser()
      expect(await ours()).toBe(said)
    },
  )

  test('ignored-prompt-login: is Alice for whoever trusts the prompt, and refused by ours', async () => {
    await world.signIn(browser, ALICE)
    world.faults.set('ignored-prompt-login', 'on')
    later(10 * MINUTE)
    const { page, redeem } = await world.begin(browser, { prompt: 'login', max_age: '0' })
    expect(asks(page)).toBe(false)
    expect((await redeem(page)).claims()?.name).toBe(AGAIN)
    expect(await ours()).toMatch(/^The provider signed somebody in without asking/)
  })
})
