import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { application, openWorld, password } from '../mock-provider/world.ts'
import { launchChromium, openPage } from '../support/chromium.ts'
import { look, PICTURES } from '../support/screens.ts'

/** Page objects as people have them for real B2C: they know its element ids and nothing else. */

const NEW = 'Brand-new-1'
const KEEPS = [
  { id: 'B2C_1_signupsignin', journey: 'sign-up-or-sign-in', keepMeSignedIn: '30d' },
  { id: 'B2C_1_passwordreset', journey: 'reset' },
  { id: 'B2C_1_profileedit', journey: 'profile-edit' },
] as const

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let browser: Browser

/** What the applications were asked for. */
const arrived: string[] = []

/** The applications: where people come back to, and where one of them hears of a sign-out. */
const receiver = createServer((request, response) => {
  arrived.push(request.url ?? '')
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><html lang="en"><title>Back</title><h1>Back in the app</h1></html>')
})
let callback: string
let mail: string

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
  callback = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callback`
  mail = callback.replace('/callback', '/mail')
  const frontChannelLogoutUri = `${mail}/signed-out`
  world = await openWorld({
    policies: [...KEEPS],
    applications: [
      { ...application, redirectUris: [callback] },
      { ...application, clientId: 'mail', redirectUris: [mail], frontChannelLogoutUri },
    ],
  })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await world?.close()
  receiver.closeAllConnections()
  receiver.close()
})

/** A page at the beginning of a policy. */
async function open(options: BrowserContextOptions, at = world.rp) {
  const { page, errors } = await openPage(browser, options)
  const { url, redeem } = await world.request({ prompt: 'login', redirect_uri: callback }, at)
  await page.goto(url.href)
  return { page, errors, redeem: () => redeem(new URL(page.url())) }
}

const back = (page: Page) => page.waitForURL(`${callback}?**`)

const error = (page: Page) => page.locator('.error[aria-hidden="false"]')

async function verifyEmail(page: Page, email: string): Promise<void> {
  await page.locator('#email').fill(email)
  await page.locator('#email_ver_but_send').click()
  await page.locator('#email_ver_input').fill(await newCode(page, email))
  await page.locator('#email_ver_but_verify').click()
  await page.locator('#email_success').waitFor()
}

/** The code is mailed before the page asks for it. */
async function newCode(page: Page, email: string): Promise<string> {
  await page.locator('#email_ver_input').waitFor()
  return world.mailedCode(email)
}

test.each([
  ['with the pages’ script', true],
  ['without any script', false],
] as const)('%s: somebody signs up, and signs in', async (_, javaScriptEnabled) => {
  const shot = (page: Page, name: string) =>
    javaScriptEnabled ? look(page, `provider-${name}`) : Promise.resolve()
  const email = `grace-${javaScriptEnabled}@example.test`
  const { page, errors, redeem } = await open({ javaScriptEnabled })
  await shot(page, 'sign-in-keeps')
  await page.locator('#createAccount').click()
  await page.locator('#displayName').fill('Grace Green')
  await shot(page, 'sign-up')
  await page.locator('#email').fill('grace')
  await page.locator('#email_ver_but_send').click()
  await error(page).waitFor()
  expect(await error(page).textContent()).toBe('Please enter a valid email address.')
  await verifyEmail(page, email)
  expect(await page.locator('#displayName').inputValue()).toBe('Grace Green')
  await page.locator('#newPassword').fill(NEW)
  await page.locator('#reenterPassword').fill(`${NEW}2`)
  await page.locator('#continue').click()
  await page.locator('#passwordEntryMismatch').waitFor()
  await shot(page, 'sign-up-refused')
  await page.locator('#newPassword').fill(NEW)
  await page.locator('#reenterPassword').fill(NEW)
  await page.locator('#continue').click()
  await back(page)
  expect((await redeem()).claims()).toMatchObject({ newUser: true, name: 'Grace Green' })

  const again = await open({ javaScriptEnabled })
  await again.page.locator('#email').fill(email)
  await again.page.locator('#password').fill('Wrong-1')
  await again.page.locator('#next').click()
  expect(await error(again.page).textContent()).toBe('Your password is incorrect.')
  await again.page.locator('#password').fill(NEW)
  await again.page.locator('#rememberMe').check()
  await again.page.locator('#next').click()
  await back(again.page)
  expect((await again.redeem()).claims()?.emails).toEqual([email])
  const cookies = await again.page.context().cookies(world.url)
  const kept = cookies.find(({ name }) => name.startsWith('x-ms-cpim-sso'))
  expect(kept?.expires).toBeGreaterThan(0)
  // A form that is refused is a page of status 400, which a browser's console notes; the script's are not.
  const refusals = (line: string) => !javaScriptEnabled && line.includes('400 (Bad Request)')
  expect([...errors, ...again.errors].filter((line) => !refusals(line))).toEqual([])
})

test('somebody resets a password, and mistypes the address first', async () => {
  const { page, errors, redeem } = await open({}, world.resetRp)
  await verifyEmail(page, 'carol@example.test')
  await page.locator('#email_ver_but_edit').click()
  await verifyEmail(page, 'bob@example.test')
  await page.locator('#continue').click()
  await page.locator('#newPassword').fill(NEW)
  await page.locator('#reenterPassword').fill(NEW)
  await page.locator('#continue').click()
  await back(page)
  expect((await redeem()).claims()?.emails).toEqual(['bob@example.test'])
  expect(errors).toEqual([])
})

test('somebody is called otherwise, or cancels', async () => {
  const profile = await world.rpOf('B2C_1_profileedit')
  const { page, errors, redeem } = await open({}, profile)
  await page.locator('#email').fill('alice@example.test')
  await page.locator('#password').fill(password)
  await page.locator('#next').click()
  await page.locator('#displayName').fill('Alice Alone')
  await look(page, 'provider-profile')
  await page.locator('#continue').click()
  await back(page)
  expect((await redeem()).claims()?.name).toBe('Alice Alone')
  const cancelled = await open({}, profile)
  await cancelled.page.locator('#cancel').click()
  await back(cancelled.page)
  expect(cancelled.page.url()).toContain('AADB2C90091')
  expect(errors).toEqual([])
})

test('through Facebook, by the button’s id', async () => {
  const { page, errors, redeem } = await open({})
  await page.locator('#FacebookExchange').click()
  await look(page, 'provider-facebook')
  await page.locator('#email').fill('frank@example.test')
  await page.locator('#password').fill(password)
  await page.locator('#next').click()
  await back(page)
  expect((await redeem()).claims()?.idp).toBe('facebook.com')
  expect(errors).toEqual([])
})

test('signing out of one application tells the other, and goes on by itself', async () => {
  const { page, errors } = await open({})
  await page.locator('#email').fill('dave@example.test')
  await page.locator('#password').fill(password)
  await page.locator('#next').click()
  await back(page)
  const asMail = { client_id: 'mail', redirect_uri: mail, scope: 'openid' }
  await page.goto((await world.request(asMail)).url.href)
  await page.waitForURL(`${mail}?**`)
  arrived.length = 0
  await page.goto(world.logoutUrl({ post_logout_redirect_uri: callback, state: 'out' }).href)
  await page.waitForURL(`${callback}?state=out`)
  expect(arrived.filter((path) => !path.includes('favicon'))).toEqual([
    '/mail/signed-out',
    '/callback?state=out',
  ])
  expect(errors).toEqual([])
})
