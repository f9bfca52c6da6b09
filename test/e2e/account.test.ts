import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSWORD } from '../../playground/people.ts'
import { World } from '../../playground/world.ts'
import { launchChromium, openPage } from '../support/chromium.ts'
import { bundlePrograms, type Programs } from '../support/programs.ts'
import { look, PICTURES } from '../support/screens.ts'

let programs: Programs
let world: World
let browser: Browser
const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-e2e-'))

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  programs = await bundlePrograms()
  world = new World({ ports: 'free', data: folder, programs: programs.folder, died: () => {} })
  await world.start()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await world.stop()
  programs.remove()
  rmSync(folder, { recursive: true, force: true })
})

const advance = (by: string) =>
  fetch(`${world.addresses.console}/clock/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by }),
  })

async function prove(page: Page, email: string): Promise<void> {
  await page.getByLabel(/e-?mail/i).fill(email)
  await page.getByLabel(/^password/i).fill(PASSWORD)
  await page.keyboard.press('Enter')
}

/** Another browser, by its own jar, signed in on the site and on one of its pages. */
async function signIn(email: string, to = '/account') {
  const opened = await openPage(browser)
  await opened.page.goto(world.addresses.site + to)
  await prove(opened.page, email)
  await opened.page.waitForURL(world.addresses.site + to)
  return opened
}

/** By keyboard alone. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().focus()
  await page.keyboard.press('Enter')
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
