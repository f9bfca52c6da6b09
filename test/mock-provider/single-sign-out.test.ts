import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Browser, Page } from './browser.ts'
import { application, openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let browser: Browser

const PURGED = 'http://127.0.0.1:3000/signin/purged'

/** Another application of the tenant. */
const other = (name: string, frontChannelLogoutUri?: string) => ({
  ...application,
  clientId: name,
  name,
  redirectUris: [`http://127.0.0.1:3100/${name}`],
  postLogoutRedirectUris: [`http://127.0.0.1:3100/${name}/out`],
  ...(frontChannelLogoutUri === undefined ? {} : { frontChannelLogoutUri }),
})

const ASKING = { ...application, frontChannelLogoutUri: 'http://127.0.0.1:3000/signed-out' }
const SHOP = other('shop', 'https://shop.example/signed-out?from=b2c')
const MAIL = other('mail', 'http://127.0.0.1:3100/mail/signed-out')
const QUIET = other('quiet')

beforeAll(async () => {
  world = await openWorld({
    applications: [ASKING, SHOP, MAIL, QUIET],
    policies: [
      { id: 'B2C_1_signin', journey: 'sign-in' },
      { id: 'B2C_1_apart', journey: 'sign-in', sso: 'application' },
      { id: 'B2C_1_passwordreset', journey: 'reset' },
    ],
  })
})
beforeEach(async () => {
  browser = world.browser()
  await world.signIn(browser, 'alice@example.test')
})
afterAll(() => world.close())

/** An application joins the session that there is. */
async function join({ clientId, redirectUris }: typeof SHOP): Promise<void> {
  const as = { client_id: clientId, redirect_uri: redirectUris[0] ?? '', scope: 'openid' }
  expect(await world.probe(browser, as)).toBe('code')
}

const framesIn = ({ html }: Page): string[] =>
  [...html.matchAll(/<iframe src="([^"]*)"/g)].map(([, src = '']) => src)

const signOut = (parameters: Record<string, string> = { post_logout_redirect_uri: PURGED }) =>
  browser.get(world.logoutUrl(parameters))

test('alone in the session, the application that asks goes straight on', async () => {
  expect((await signOut()).url.href).toBe(PURGED)
})

test('the others are told by frames that nobody sees, and then it goes on; who asked is not told', async () => {
  for (const one of [SHOP, MAIL, QUIET]) await join(one)
  const page = await signOut({ post_logout_redirect_uri: PURGED, state: 'st' })
  expect(page.status).toBe(200)
  expect(framesIn(page)).toEqual([SHOP.frontChannelLogoutUri, MAIL.frontChannelLogoutUri])
  expect(page.html).toContain(`<a id="continue" href="${PURGED}?state=st">`)
  expect(page.headers.get('content-security-policy')).toContain(
    'frame-src https://shop.example http://127.0.0.1:3100',
  )
  expect(await world.probe(browser)).toBe('interaction_required')
  expect((await signOut()).url.href).toBe(PURGED)
})

test('an application that never joined is not told', async () => {
  await join(MAIL)
  expect(framesIn(await signOut())).toEqual([MAIL.frontChannelLogoutUri])
})

test('nobody says who asks: all are told, and it ends on a page', async () => {
  await join(SHOP)
  const page = await signOut({})
  expect(framesIn(page)).toEqual([ASKING.frontChannelLogoutUri, SHOP.frontChannelLogoutUri])
  expect(page.html).toContain('You have successfully signed out.')
  expect(page.html).not.toContain('id="continue"')
})

test('where each application has a session of its own, one signs out and the others stay', async () => {
  const apart = await world.rpOf('B2C_1_apart')
  const asShop = { client_id: 'shop', redirect_uri: SHOP.redirectUris[0] ?? '', scope: 'openid' }
  for (const as of [{}, asShop]) {
    const { page } = await world.begin(browser, as, apart)
    await browser.submit(page, { email: 'bob@example.test', password })
  }
  const knows = async (as: Record<string, string>) =>
    (await world.begin(browser, { prompt: 'none', ...as }, apart)).page.url.searchParams.has('code')
  const out = apart.serverMetadata().end_session_endpoint ?? ''
  const page = await browser.get(
    `${out}?${new URLSearchParams({ post_logout_redirect_uri: PURGED })}`,
  )
  expect(page.url.href).toBe(PURGED)
  expect([await knows({}), await knows(asShop)]).toEqual([false, true])
  await browser.get(out)
  expect(await knows(asShop)).toBe(false)
  expect(await world.probe(browser)).toBe('code')
})
