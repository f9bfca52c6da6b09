import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SECOND } from '../../../clock/moment.ts'
import { buildExtension } from '../../../extension/build.mjs'
import { PASSWORD } from '../../../playground/people.ts'
import { ExtensionBrowser } from '../../extension/browsers.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'
import { PICTURES } from '../../support/screens.ts'

/** What the console promises: from the press to what people read (issue 6). */
const AT_ONCE = 2 * SECOND

const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-console-'))
const extension = path.join(folder, 'extension')
let world: DesktopWorld
let desk: Desk
let browser: ExtensionBrowser

beforeAll(async () => {
  await Promise.all([
    DesktopWorld.start().then(async (started) => {
      world = started
      desk = await world.desk()
    }),
    buildExtension(extension).then(async () => {
      browser = await ExtensionBrowser.open('chromium', extension)
    }),
  ])
  const { site, service, console } = world.world.addresses
  const configuration = { site, services: [service], providerHosts: ['localhost'], clock: console }
  await browser.ask('configure', configuration)
  await browser.goTo(browser.popup, 'popup.html')
})

afterAll(async () => {
  await browser?.close()
  await desk?.end()
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function signInOnTheDesktop(): Promise<Page> {
  const window = await desk.open()
  await window.getByRole('button', { name: 'Sign in' }).click()
  await desk.signInInBrowser('alice@example.test')
  await window.getByRole('heading', { name: 'Signed in as Alice Adler' }).waitFor()
  return window
}

async function signInByTheExtension(): Promise<void> {
  await browser.press('Sign in')
  const window = await browser.window('localhost')
  await window.waitForSelector('input[type=password]')
  await window.locator('input[type=email]').fill('olivia@acme.example.test')
  await window.locator('input[type=password]').fill(PASSWORD)
  await window.locator('button[type=submit]').click()
  await browser.waitForText('cookies? of it')
}

/** In the person's own browser, which signed them in. */
async function openConsole(): Promise<Page> {
  const page = await (await desk.os.browser()).newPage()
  await page.goto(world.world.addresses.console)
  await page.getByRole('heading', { name: 'The timeline' }).waitFor()
  return page
}

test('one press of +14 d: both clients say within two seconds that one has to sign in again, and the timeline why', async () => {
  await signInByTheExtension()
  const window = await signInOnTheDesktop()
  const console = await openConsole()
  await console
    .getByRole('application', { name: /^Timeline of 2 devices(.*, signed in){2}$/ })
    .waitFor()
  const press = console.getByRole('button', { name: '+14 d' })

  await Promise.all([
    press.press('Enter'),
    window.getByRole('heading', { name: 'It has been a while' }).waitFor({ timeout: AT_ONCE }),
    browser.popup.waitForFunction(
      () => document.querySelector('h1')?.textContent === 'It has been a while',
      { timeout: AT_ONCE, polling: 'mutation' },
    ),
    console
      .getByRole('application', { name: /(.*, ended: idle_expired){2}$/ })
      .waitFor({ timeout: AT_ONCE }),
  ])

  await console.getByText('The timeline as a table').click()
  const why = console.getByRole('cell', { name: 'Ended: idle_expired. It has been a while.' })
  await expect.poll(() => why.count()).toBe(2)
  await console.screenshot({ path: path.join(PICTURES, 'console-both-ended.png'), fullPage: true })
  await window.screenshot({ path: path.join(PICTURES, 'console-desktop-ended.png') })
  await browser.popup.screenshot({ path: path.join(PICTURES, 'console-popup-ended.png') })
})

test('everything is reset: who was signed in is told so, and the app follows the new world’s clock', async () => {
  const window = await desk.window
  await window.getByRole('button', { name: 'Sign in' }).click()
  await desk.signInInBrowser('alice@example.test')
  await window.getByRole('heading', { name: 'Signed in as Alice Adler' }).waitFor()
  const console = await openConsole()
  await console.getByRole('button', { name: 'Reset…' }).press('Enter')
  await console.getByRole('button', { name: 'Yes, do it' }).press('Enter')
  await window.getByRole('heading', { name: 'Signed out' }).waitFor()
  await console.locator('main[aria-busy=false]').waitFor()
  await console.getByRole('button', { name: '+1 d' }).press('Enter')
  await window.getByText('clock +1 day').waitFor()
})
