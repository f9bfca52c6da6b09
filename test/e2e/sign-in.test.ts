import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashOf, newSecret } from '../../idp/tokens/secret.ts'
import { ProviderClient } from '../../mock-provider/client.ts'
import type { World } from '../../playground/world.ts'
import { type BrowserWorld, openBrowserWorld, prove } from '../support/browser-world.ts'
import { openPage } from '../support/chromium.ts'
import { look } from '../support/screens.ts'

let here: BrowserWorld
let world: World
let browser: Browser

beforeAll(async () => {
  here = await openBrowserWorld()
  world = here.world
  browser = here.browser
})

afterAll(() => here?.close())

const advance = (by: string) => here.advance(by)

test('bob signs in on the site: password, purge, chooser, home; the provider asks again; day 15: it has been a while', async () => {
  const { page, errors } = await openPage(browser)
  await page.goto(world.addresses.site)
  await look(page, 'home-nobody')
  await page.getByRole('link', { name: 'Sign in' }).click()
  expect(new URL(page.url()).host).toBe(new URL(world.addresses.provider).host)
  await look(page, 'provider-sign-in')
  await prove(page, 'bob@example.test')
  await page.getByRole('heading', { name: 'Choose an account' }).waitFor()
  await look(page, 'chooser')
  // By keyboard alone.
  await page.getByRole('button', { name: 'Acme' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Signed in as Bob Brandt' }).waitFor()
  await page.getByText('Your provider will ask for the password again').waitFor()
  await look(page, 'home-signed-in')

  // The jar holds a session of ours and none of the provider's.
  const cookies = await page.context().cookies()
  const ours = cookies.find(({ name }) => name === '__Host-latchkey-session')
  expect(ours).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
  expect(cookies.filter(({ name }) => name.includes('sso'))).toEqual([])

  // Being signed in here makes no later sign-in silent.
  await page.goto(`${world.addresses.site}/signin`)
  await page.getByLabel(/^password/i).waitFor()

  await advance('13d')
  await page.goto(world.addresses.site)
  await page.getByRole('heading', { name: 'Signed in as Bob Brandt' }).waitFor()
  await advance('14d 1s')
  await page.goto(world.addresses.site)
  await page.getByRole('heading', { name: 'It has been a while' }).waitFor()
  await look(page, 'home-idle-expired')
  expect(errors).toEqual([])
})

test('alice signs in and out again; nobody is left', async () => {
  const { page, errors } = await openPage(browser)
  await page.goto(`${world.addresses.site}/signin?login_hint=alice@example.test`)
  expect(await page.getByLabel(/e-?mail/i).inputValue()).toBe('alice@example.test')
  await prove(page, 'alice@example.test')
  await page.getByRole('heading', { name: 'Signed in as Alice Adler' }).waitFor()
  await page.goto(`${world.addresses.site}/signout`)
  await look(page, 'sign-out')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Nobody is signed in' }).waitFor()
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContain(
    '__Host-latchkey-session',
  )
  expect(errors).toEqual([])
})

test('from an app: the chooser’s button leads back to the loopback address, through the page’s own policy', async () => {
  const arrived = new Promise<URL>((resolve) => {
    receiver.on('request', (request, response) => {
      if (request.url?.startsWith('/callback')) resolve(new URL(request.url, 'http://127.0.0.1'))
      response.end(
        '<!doctype html><html lang="en"><title>Back</title><main><h1>Back in the app</h1></main>',
      )
    })
  })
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
  const { port } = receiver.address() as AddressInfo
  const { page, errors } = await openPage(browser)
  const query = new URLSearchParams({
    client_id: 'latchkey-desktop',
    response_type: 'code',
    redirect_uri: `http://127.0.0.1:${port}/callback`,
    code_challenge: hashOf(newSecret()),
    code_challenge_method: 'S256',
    state: 'abc',
  })
  await page.goto(`${world.addresses.site}/signin?${query}`)
  await prove(page, 'bob@example.test')
  await page.getByRole('button', { name: 'Bob Brandt' }).click()
  await page.getByRole('heading', { name: 'Back in the app' }).waitFor()
  const { searchParams } = await arrived
  expect(searchParams.get('state')).toBe('abc')
  expect(searchParams.get('iss')).toBe(world.addresses.site)
  expect(searchParams.get('code')).toMatch(/^lkc_/)
  expect(errors.filter((error) => !error.includes('favicon'))).toEqual([])
  receiver.closeAllConnections()
  receiver.close()
})
const receiver = createServer()

test.each([
  ['carol@example.test', 'Signing in is switched off'],
  ['dave@example.test', 'This account is closed'],
])('%s is turned away, and reads why', async (email, title) => {
  const { page } = await openPage(browser)
  await page.goto(`${world.addresses.site}/signin`)
  await prove(page, email)
  await page.getByRole('heading', { name: title }).waitFor()
  await look(page, `turned-away-${email.split('@')[0]}`)
})

test('erin comes through a social provider', async () => {
  const { page, errors } = await openPage(browser)
  await page.goto(`${world.addresses.site}/signin`)
  await page.getByRole('button', { name: /google/i }).click()
  await look(page, 'provider-social')
  await prove(page, 'erin@example.test')
  await page.getByRole('heading', { name: 'Signed in as Erin Ekwueme' }).waitFor()
  expect(errors).toEqual([])
})

test('a provider that keeps its session is caught by the probe, and the person is told', async () => {
  const { faults } = new ProviderClient(world.addresses.provider)
  await faults.set('sticky-session', 'on')
  try {
    const { page } = await openPage(browser)
    await page.goto(`${world.addresses.site}/signin`)
    await prove(page, 'alice@example.test')
    await page.getByText('Your provider may sign someone in without asking').waitFor()
    await look(page, 'home-sticky')
  } finally {
    await faults.set('sticky-session', 'off')
  }
})

test('a wrong password is said where it was typed; a forged callback is refused in words', async () => {
  const { page } = await openPage(browser)
  await page.goto(`${world.addresses.site}/signin`)
  await page.getByLabel(/e-?mail/i).fill('alice@example.test')
  await page.getByLabel(/^password/i).fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await look(page, 'provider-wrong-password')
  await page.goto(`${world.addresses.site}/integrations/oauth2/callback?code=x&state=forged`)
  await page.getByRole('heading', { name: 'This can’t go on' }).waitFor()
  await look(page, 'problem')
})

test('the console: addresses, people, and one clock that its buttons move', async () => {
  const { page, errors } = await openPage(browser)
  await page.goto(world.addresses.console)
  await page.getByText('alice@example.test').first().waitFor()
  await page.getByRole('button', { name: /1 h/ }).first().click()
  await page.getByText(/clock \+/).waitFor()
  await look(page, 'console')
  expect(errors).toEqual([])
})
