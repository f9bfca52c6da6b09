import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '../../clock/moment.ts'
import { APPLICATIONS, READ, SPA, TASKS } from '../mock-provider/applications.ts'
import { type ServedPage, servePage } from '../mock-provider/clients/msal-browser-page.ts'
import { ALICE, openSecureWorld, TENANT } from '../mock-provider/clients/world.ts'
import { later, password } from '../mock-provider/world.ts'
import { launchChromium, openPage } from '../support/chromium.ts'

/** What the page tells of MSAL's results and errors (msal-browser-page.ts). */
interface Told {
  readonly homeAccountId?: string
  readonly fromCache?: boolean
  readonly accessToken?: string
  readonly idToken?: string
  readonly tfp?: string
  readonly error?: string
  readonly message?: string
}

let world: Awaited<ReturnType<typeof openSecureWorld>>
/** The same page at https, as B2C's is, and at plain http, which makes it another site. */
let secure: ServedPage
let plain: ServedPage
let browser: Browser
let page: Page
let errors: string[]

beforeAll(async () => {
  ;[secure, plain] = await Promise.all([servePage('https'), servePage('http')])
  const spa = {
    ...SPA,
    redirectUris: [secure, plain].flatMap(({ url }) => [url, `${url}redirect.html`]),
    postLogoutRedirectUris: [secure.url],
  }
  const others = APPLICATIONS.filter(({ clientId }) => clientId !== spa.clientId)
  world = await openSecureWorld({ applications: [...others, spa] })
  const settings = {
    clientId: spa.clientId,
    authority: world.authorityOf('B2C_1_signupsignin'),
    knownAuthorities: [world.host],
  }
  for (const each of [secure, plain]) each.configure(settings, world.credentials)
  // As print-env says: the provider's authority is trusted, and no other certificate more than before.
  browser = await launchChromium(`--ignore-certificate-errors-spki-list=${world.pin}`)
  ;({ page, errors } = await openPage(browser))
  await page.goto(secure.url)
})
afterAll(async () => {
  await browser?.close()
  for (const each of [secure, plain]) each.close()
  await world.close()
})

const account = 'client.getAllAccounts()[0]'
const scopes = JSON.stringify([READ])

const inPage = (expression: string): Promise<Told> => page.evaluate<Told>(expression)

const silently = (more = '') =>
  inPage(`attempt(client.acquireTokenSilent({ scopes: ${scopes}, account: ${account}, ${more} }))`)

/** Sends the person to the provider's page, and waits for it. */
async function toProvider(more = ''): Promise<void> {
  await page.evaluate(`void client.loginRedirect({ scopes: ${scopes}, ${more} })`)
  await page.waitForSelector('#email')
}

/** How MSAL says that the person came back. */
async function returned(): Promise<Told> {
  await page.waitForURL(`${secure.url}**`)
  return inPage('returned')
}

const ssoSilent = () =>
  inPage(
    `attempt(client.ssoSilent({ scopes: ${scopes}, redirectUri: location.origin + '/redirect.html' }))`,
  )

test('Alice signs in by redirect: her account names person, policy and tenant, and both tokens are good', async () => {
  await toProvider()
  await page.fill('#email', 'alice@example.test')
  await page.fill('#password', password)
  await page.click('#next')
  const told = await returned()
  expect(told).toMatchObject({ homeAccountId: `${ALICE}-b2c_1_signupsignin.${TENANT}` })
  expect(await world.verified(told.idToken ?? '', SPA.clientId)).toMatchObject({ sub: ALICE })
  expect(await world.verified(told.accessToken ?? '', TASKS.clientId)).toMatchObject({
    scp: 'tasks.read',
    azp: SPA.clientId,
  })
})

test('silently from the cache, then by the refresh token, twice', async () => {
  const first = await silently()
  expect(first).toMatchObject({ fromCache: true })
  // Two tokens of one second are the same word by word.
  later(MINUTE)
  const second = await silently('forceRefresh: true')
  later(MINUTE)
  const third = await silently('forceRefresh: true')
  expect([second.fromCache, third.fromCache]).toEqual([false, false])
  expect(new Set([first, second, third].map(({ accessToken }) => accessToken)).size).toBe(3)
})

test('opened anew, the page has its account and its tokens from the browser’s storage', async () => {
  await page.reload()
  await inPage('returned')
  expect(await silently()).toMatchObject({ fromCache: true })
})

test('a second policy by redirect: no page is shown', async () => {
  const authority = JSON.stringify(world.authorityOf('B2C_1_partners'))
  const back = page.waitForURL(`${secure.url}#**`, { waitUntil: 'commit' })
  await page.evaluate(`void client.loginRedirect({ scopes: ${scopes}, authority: ${authority} })`)
  await back
  expect(await returned()).toMatchObject({
    homeAccountId: `${ALICE}-b2c_1_partners.${TENANT}`,
    tfp: 'B2C_1_partners',
  })
})

test('a hidden frame learns of the session from a page at https; from another site it doesn’t', async () => {
  expect(await ssoSilent()).toMatchObject({
    homeAccountId: `${ALICE}-b2c_1_signupsignin.${TENANT}`,
  })
  await page.goto(plain.url)
  await inPage('returned')
  expect(await ssoSilent()).toMatchObject({ message: expect.stringContaining('AADB2C90077') })
  await page.goto(secure.url)
  await inPage('returned')
})

test.each([
  ['Cancel', '#cancel', 'AADB2C90091'],
  ['“Forgot your password?”', '#forgotPassword', 'AADB2C90118'],
])('%s on the page comes back as access_denied', async (_, button, code) => {
  await toProvider("prompt: 'login'")
  await page.click(button)
  expect(await returned()).toMatchObject({
    error: 'access_denied',
    message: expect.stringContaining(code),
  })
})

test('signed out: the account is gone from the page, and the session from the provider', async () => {
  await page.evaluate(`void client.logoutRedirect({ account: ${account} })`)
  await page.waitForURL(`${secure.url}?state=**`)
  await inPage('returned')
  expect(await page.evaluate('client.getAllAccounts().length')).toBe(1)
  expect(await ssoSilent()).toMatchObject({ message: expect.stringContaining('AADB2C90077') })
  expect(errors).toEqual([])
})
