import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { alertOf, type Browser } from './browser.ts'
import { openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let browser: Browser

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => {
  browser = world.browser()
})
afterAll(() => world.close())

const ALICE = 'alice@example.test'

/** From the sign-in page to the social provider's. */
const lead = async (exchange: string) => {
  const { page, redeem } = await world.begin(browser, { prompt: 'login' })
  expect(page.html).toContain(`id="${exchange}"`)
  return { page: await browser.submit(page, { claimsexchange: exchange }), redeem }
}

test.each([
  ['GoogleExchange', 'google.com', 'erin', true],
  ['FacebookExchange', 'facebook.com', 'frank', true],
  // B2C hands on what OAuth 2.0 providers give, and Microsoft's is another protocol.
  ['MicrosoftAccountExchange', 'live.com', 'gina', false],
])(
  '%s: its own page, back to the tenant, idp in the token, newUser once',
  async (exchange, idp, name, handsTokenOn) => {
    const through = async () => {
      const { page, redeem } = await lead(exchange)
      expect(page.url.pathname).toBe(`/social/${idp}/authorize`)
      const refused = await browser.submit(page, { email: ALICE, password })
      expect(alertOf(refused)).toMatch(/don’t match an account here/)
      const email = `${name}@example.test`
      return (await redeem(await browser.submit(refused, { email, password }))).claims()
    }
    const first = await through()
    expect(first).toMatchObject({ idp, newUser: true, emails: [`${name}@example.test`] })
    const second = await through()
    expect(second).toMatchObject({ idp })
    expect(second).not.toHaveProperty('newUser')
    if (handsTokenOn) {
      expect(first?.idp_access_token).toMatch(new RegExp(`^stand-in-${idp}-`))
      expect(second?.idp_access_token).not.toBe(first?.idp_access_token)
    } else expect(first).not.toHaveProperty('idp_access_token')
  },
)

test.each([
  ['google.com', 'google.com'],
  ['microsoft.com', 'live.com'],
  ['facebook.com', 'facebook.com'],
])('domain_hint=%s goes straight there', async (domain_hint, idp) => {
  const { page, redeem } = await world.begin(browser, { domain_hint })
  expect(page.url.pathname).toBe(`/social/${idp}/authorize`)
  if (idp !== 'google.com') return
  const callback = await browser.submit(page, { email: 'erin@example.test', password })
  expect((await redeem(callback)).claims()?.idp).toBe(idp)
})

test('an unknown domain_hint is not followed, and with a session nobody is sent anywhere', async () => {
  const unknown = await world.begin(browser, { domain_hint: 'evil.example' })
  expect(unknown.page.html).toContain('id="password"')
  await world.signIn(browser, ALICE)
  const { page } = await world.begin(browser, { domain_hint: 'google.com' })
  expect(page.url.searchParams.has('code')).toBe(true)
})

test('the address that B2C’s buttons have leads there too', async () => {
  const { page } = await world.begin(browser)
  const there = await browser.get(`${page.url.href}&claimsexchange=FacebookExchange`)
  expect(there.url.pathname).toBe('/social/facebook.com/authorize')
})

test('cancel there goes back with AADB2C90273', async () => {
  const { page } = await lead('GoogleExchange')
  const { searchParams } = (await browser.submit(page, { action: 'cancel' })).url
  expect(searchParams.get('error')).toBe('access_denied')
  expect(searchParams.get('error_description')).toMatch(/^AADB2C90273: /)
})

test('a made-up code of a social provider signs nobody in, and the sign-in goes on waiting', async () => {
  const { page } = await lead('GoogleExchange')
  const state = page.url.searchParams.get('state') ?? ''
  const query = new URLSearchParams({ code: 'made-up', state })
  const back = `/latchkey.onmicrosoft.com/oauth2/authresp?${query}`
  expect((await browser.get(new URL(back, page.url))).html).toContain('AADB2C90046')
  const done = await browser.submit(page, { email: 'erin@example.test', password })
  expect(done.url.searchParams.has('code')).toBe(true)
})
