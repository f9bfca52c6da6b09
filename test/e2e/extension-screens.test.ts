import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ending } from '../../client/held.ts'
import { DAY, HOUR, MINUTE } from '../../clock/moment.ts'
import { buildExtension } from '../../extension/build.mjs'
import { VIEW_KEY, type View } from '../../extension/view.ts'
import {
  ACCOUNTS,
  DEVICES,
  LOGINS,
  LOGINS_OFF,
  ME,
  NOW,
  REFUSED,
  STEP_UP,
  STICKY,
} from '../support/bob.ts'
import { launchChromium, openPage, seriousFindings } from '../support/chromium.ts'

/*
 * The popup in every state that the background can show, without the background: the built page, and a
 * stand-in for the browser's API. The states that a person gets into are met in extension.test.ts.
 */

const PICTURES = path.join('test-results', 'popup')

const SITE = 'http://127.0.0.1:3000'
const PURGED = { removed: 2, left: 0, outcome: 'proven', at: NOW - 3 * MINUTE } as const

const signedIn = (change: Partial<View> = {}): View => ({
  state: { at: 'signed_in', me: ME },
  site: SITE,
  now: { site: NOW, here: NOW },
  refreshDueAt: NOW + 40 * MINUTE,
  accounts: ACCOUNTS,
  devices: [...DEVICES],
  logins: LOGINS,
  purge: PURGED,
  ...change,
})

const out = (change: Partial<View> = {}): View => ({
  state: { at: 'signed_out' },
  site: SITE,
  now: { site: NOW, here: NOW },
  ...change,
})

const ended = (how: Ending): View => out({ state: { at: 'signed_out', ended: how } })

const SCREENS: Readonly<Record<string, View>> = {
  'signed-out': out(),
  refused: out({ problem: { ...REFUSED, at: NOW } }),
  'signing-in': out({ state: { at: 'signing_in' } }),
  'signed-in': signedIn(),
  'signed-in-little-known': signedIn({
    state: { at: 'signed_in' },
    accounts: undefined,
    devices: undefined,
    logins: undefined,
    purge: undefined,
  }),
  'signed-in-sticky': signedIn({
    now: { site: NOW + 14 * DAY, here: NOW },
    state: { at: 'signed_in', me: STICKY },
    purge: { ...PURGED, outcome: 'sticky' },
  }),
  'signed-in-cookies-left': signedIn({ purge: { ...PURGED, left: 1, outcome: 'unknown' } }),
  'signed-in-alone': signedIn({ devices: [], accounts: [] }),
  'logins-off': signedIn({ logins: LOGINS_OFF }),
  problem: signedIn({ problem: { ...STEP_UP, at: NOW } }),
  offline: signedIn({ state: { at: 'offline', me: ME, since: NOW - 3 * MINUTE } }),
  'ended-idle': ended({ reason: 'idle_expired', actor: 'system', at: NOW - HOUR, idle: 14 * DAY }),
  'ended-by-themselves': ended({ reason: 'logins_disabled', actor: 'user', at: NOW - HOUR }),
  'ended-removed': ended({
    reason: 'membership_removed',
    actor: 'admin',
    at: NOW,
    account: 'Acme',
  }),
  'ended-lost': ended({}),
}

const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-popup-'))
let browser: Browser
let page: Page
let errors: string[]

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  await buildExtension(folder)
  browser = await launchChromium()
  ;({ page, errors } = await openPage(browser, { viewport: { width: 360, height: 600 } }))
  await page.clock.setFixedTime(NOW)
  await page.route('http://popup.test/*', (route) =>
    route.fulfill({ path: path.join(folder, new URL(route.request().url()).pathname) }),
  )
  await page.addInitScript(standIn, { site: SITE, services: [], providerHosts: [] })
  await page.goto('http://popup.test/popup.html')
  await page.getByRole('heading', { level: 1 }).waitFor()
})

afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs in the page: a background that answers nothing but what it is configured to. */
function standIn(configuration: object) {
  const listeners: ((changes: object) => void)[] = []
  const asked: object[] = []
  const runtime = {
    id: 'stand-in',
    sendMessage: (message: { latchkey: string }) => {
      asked.push(message)
      return message.latchkey === 'configuration'
        ? Promise.resolve(configuration)
        : new Promise(() => {})
    },
  }
  const onChanged = { addListener: (listener: () => void) => listeners.push(listener) }
  const session = { onChanged }
  const browser = { runtime, storage: { session } }
  Object.assign(globalThis, {
    chrome: browser,
    browser,
    asked,
    show: (changes: object) => {
      for (const listener of listeners) listener(changes)
    },
  })
}

const show = (view: View) =>
  page.evaluate(
    (changes) => (globalThis as unknown as { show(changes: object): void }).show(changes),
    { [VIEW_KEY]: { newValue: view } },
  )

test.each(Object.entries(SCREENS))(
  '%s: drawn, fits 360 px, and axe finds nothing serious',
  async (name, view) => {
    await show(view)
    await page.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) fold.open = true
    })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await seriousFindings(page), `${name}, ${colorScheme}`).toEqual([])
      const file = path.join(PICTURES, `${name}-${colorScheme}.png`)
      await page.screenshot({ path: file, fullPage: true })
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    expect(errors).toEqual([])
  },
)

test('by keyboard alone, in the order of the screen: each wish is asked for, and says whom it concerns', async () => {
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await show(signedIn({ problem: { ...STEP_UP, at: NOW } }))
  const stops: string[] = []
  while (stops.at(-1) !== 'Options') {
    await page.keyboard.press('Tab')
    const label = await page.evaluate(() => document.activeElement?.textContent ?? '')
    stops.push(label)
    if (!['Call the service', 'Details', 'Options'].includes(label)) {
      await page.keyboard.press('Enter')
    }
  }
  expect(stops).toEqual([
    'Sign in again',
    'Call the service',
    'Sign out',
    'Use Bob Brandt',
    'Sign out Chromium on bob-desktop',
    'Sign out bob-laptop',
    'Sign out all others',
    'Switch signing in off',
    'Now: sign me out everywhere',
    'When what is signed in runs out',
    'Details',
    'Options',
  ])
  const asked = await page.evaluate(() => (globalThis as unknown as { asked: object[] }).asked)
  const wishes = asked.filter((message) => !/"(view|configuration)"/.test(JSON.stringify(message)))
  expect(wishes).toEqual([
    { latchkey: 'sign_in', with: {} },
    { latchkey: 'sign_out', with: {} },
    { latchkey: 'switch_account', with: { id: 'acc_2' } },
    { latchkey: 'end_device', with: { id: 'ses_2' } },
    { latchkey: 'end_device', with: { id: 'ses_3' } },
    { latchkey: 'end_others', with: {} },
    { latchkey: 'disable_logins', with: { mode: 'now' } },
    { latchkey: 'disable_logins', with: { mode: 'expiry' } },
  ])
})
