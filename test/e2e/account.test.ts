import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { World } from '../../playground/world.ts'
import { type BrowserWorld, openBrowserWorld, press, prove } from '../support/browser-world.ts'
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

/** Another browser, by its own jar, signed in on the site and on one of its pages. */
async function signIn(email: string, to = '/account') {
  const opened = await openPage(browser)
  await opened.page.goto(world.addresses.site + to)
  await prove(opened.page, email)
  await opened.page.waitForURL(world.addresses.site + to)
  return opened
}

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { name, exact: true }).waitFor()

test('alice ends a browser that she left somewhere; it reads why', async () => {
  const left = await signIn('alice@example.test')
  const { page, errors } = await signIn('alice@example.test', '/account')
  await heading(page, 'Your account')
  await look(page, 'account')
  await page.getByRole('link', { name: 'Devices' }).click()
  await heading(page, 'Your devices')
  await look(page, 'devices')
  await press(page, /^End the session of/)
  await page.getByRole('button', { name: /^End the session of/ }).waitFor({ state: 'detached' })
  await page.getByText('this one', { exact: true }).waitFor()

  await left.page.goto(`${world.addresses.site}/account/devices`)
  await heading(left.page, 'Signed out from another device')
  await look(left.page, 'signed-out-elsewhere')
  expect([...errors, ...left.errors]).toEqual([])
})

test('eleven minutes later she is asked for her password first, comes back, and ends all', async () => {
  const other = await signIn('alice@example.test')
  const { page, errors } = await signIn('alice@example.test', '/account/devices')
  await advance('11min')
  await page.reload()
  await look(page, 'devices-prove-first')
  await page.getByRole('link', { name: 'Sign in again' }).click()
  await prove(page, 'alice@example.test')
  await page.waitForURL(`${world.addresses.site}/account/devices`)
  await press(page, 'End all, this one too')
  await heading(page, 'All devices signed out')
  await other.page.reload()
  await heading(other.page, 'All devices signed out')
  expect([...errors, ...other.errors]).toEqual([])
})

test('erin switches logins off when tokens run out, reads the latest moment, thinks again, then does it for good', async () => {
  const { page, errors } = await openPage(browser)
  await page.goto(`${world.addresses.site}/account/logins`)
  await page.getByRole('button', { name: /google/i }).click()
  await prove(page, 'erin@example.test')
  await heading(page, 'Logins')
  await look(page, 'logins')
  const said = await page.locator('strong').textContent()
  await press(page, 'Switch off when tokens run out')
  await page.getByText('Logins are switched off').waitFor()
  expect(await page.locator('strong').textContent()).toBe(said)
  await look(page, 'logins-switched-off')
  await press(page, 'Switch logins on again')
  await page.getByText('Logins are on.').waitFor()

  await press(page, 'Switch off when tokens run out')
  await page.getByText('Logins are switched off').waitFor()
  await advance('61min')
  await page.reload()
  await heading(page, 'Signing in is switched off')
  await look(page, 'logins-ran-out')
  expect(errors).toEqual([])
})

test('alice has changed her password: everything of hers ends, and she is let in with a new sign-in', async () => {
  const { page, errors } = await signIn('alice@example.test', '/account/logins')
  await press(page, /change of password/)
  await heading(page, 'Your password was changed')
  await look(page, 'password-reset')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await prove(page, 'alice@example.test')
  await heading(page, 'Signed in as Alice Adler')
  expect(errors).toEqual([])
})
