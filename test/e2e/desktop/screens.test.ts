import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../clock/moment.ts'
import { VIEW_CHANNEL } from '../../../desktop/ipc/channels.ts'
import { TROUBLES } from '../../../desktop/ipc/troubles.ts'
import type { View } from '../../../desktop/ipc/view.ts'
import { REASONS } from '../../../protocol/reasons.ts'
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
} from '../../support/bob.ts'
import { seriousFindings } from '../../support/chromium.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'

const PICTURES = 'test-results/desktop'

const ABOUT = { version: '0.1.0', runtime: 'Electron 45.4.1', site: 'http://127.0.0.1:3000' }
const KEPT = { in: 'keychain' } as const

const signedIn = (change: Partial<View> = {}): View => ({
  now: NOW,
  about: ABOUT,
  kept: KEPT,
  person: { at: 'signed_in', me: ME },
  refreshDueAt: NOW + 40 * MINUTE,
  accounts: ACCOUNTS,
  devices: [...DEVICES],
  logins: LOGINS,
  ...change,
})

const out = (change: Partial<Extract<View['person'], { at: 'signed_out' }>> = {}): View => ({
  now: NOW,
  about: ABOUT,
  kept: KEPT,
  person: { at: 'signed_out', ...change },
})

const signingIn = (change: Partial<Extract<View['person'], { at: 'signing_in' }>> = {}): View => ({
  ...out(),
  person: { at: 'signing_in', step: 'in_browser', way: 'loopback', browser: 'opened', ...change },
})

const SCREENS: Record<string, View> = {
  'signed-out': out(),
  refused: { ...out(), problem: REFUSED },
  'signing-in': signingIn(),
  'signing-in-not-opened': signingIn({ browser: 'not_opened' }),
  'signing-in-earlier': signingIn({ browser: 'earlier', way: 'link' }),
  'signing-in-finishing': signingIn({ step: 'finishing' }),
  'signed-in': signedIn(),
  'signed-in-sticky': signedIn({ ahead: 14 * DAY, person: { at: 'signed_in', me: STICKY } }),
  'signed-in-alone': signedIn({ devices: [], accounts: [] }),
  'logins-off': signedIn({ logins: LOGINS_OFF }),
  problem: signedIn({ problem: STEP_UP }),
  offline: signedIn({ person: { at: 'offline', me: ME, since: NOW - 3 * MINUTE } }),
  ...Object.fromEntries(
    REASONS.map((reason) => [
      `ended-${reason}`,
      out({
        ended: { reason, actor: 'system', at: NOW - HOUR, account: 'Acme', idle: 14 * DAY },
      }),
    ]),
  ),
  'ended-lost': out({ ended: {} }),
  ...Object.fromEntries(
    TROUBLES.map((trouble) => [
      `memory-${trouble}`,
      { ...out(), kept: { in: 'memory' as const, trouble } },
    ]),
  ),
}

let world: DesktopWorld
let desk: Desk

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  world = await DesktopWorld.start()
  desk = await world.desk()
  const page = await desk.open()
  await page.getByRole('heading', { level: 1 }).waitFor()
})

afterAll(async () => {
  await desk?.end()
  await world?.stop()
})

const show = (view: View): Promise<void> =>
  desk.app.evaluate(
    ({ BrowserWindow }, { channel, shown }) => {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channel, shown)
    },
    { channel: VIEW_CHANNEL, shown: view },
  )

test.each(Object.entries(SCREENS))(
  '%s: drawn, fits, and axe finds nothing serious',
  async (name, view) => {
    const page = await desk.window
    await show(view)
    for (const [colorScheme, width] of [
      ['light', 560],
      ['dark', 420],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 720 })
      expect(await seriousFindings(page), `${name}, ${colorScheme}`).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      )
      await page.screenshot({
        path: path.join(PICTURES, `${name}-${colorScheme}.png`),
        fullPage: true,
      })
    }
  },
)

test('the ids are not in the page until somebody asks, and no longer once the person turns away', async () => {
  const page = await desk.window
  await show(signedIn())
  const ids = page.getByText(/^(ses|usr)_1$/)
  await page.getByText('Details').click()
  expect(await ids.count()).toBe(0)
  await page.getByRole('button', { name: 'Show the ids' }).click()
  await expect.poll(() => ids.count()).toBe(2)
  await page.screenshot({ path: path.join(PICTURES, 'details.png'), fullPage: true })
  await page.evaluate(() => void dispatchEvent(new Event('blur')))
  await expect.poll(() => ids.count()).toBe(0)
  await page.getByRole('button', { name: 'Show the ids' }).click()
  await expect.poll(() => ids.count()).toBe(2)
  await page.getByText('Details').click()
  await expect.poll(() => ids.count()).toBe(0)
})
