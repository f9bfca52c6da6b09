import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, toSeconds } from '../../../clock/moment.ts'
import { VIEW_CHANNEL } from '../../../desktop/ipc/channels.ts'
import { TROUBLES } from '../../../desktop/ipc/troubles.ts'
import type { View } from '../../../desktop/ipc/view.ts'
import type { Me } from '../../../protocol/me.ts'
import { REASONS } from '../../../protocol/reasons.ts'
import { seriousFindings } from '../../support/chromium.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'

const PICTURES = 'test-results/desktop'

const NOW = Date.UTC(2026, 10, 24, 12)
const ABOUT = { version: '0.1.0', runtime: 'Electron 45.4.1', site: 'http://127.0.0.1:3000' }
const KEPT = { in: 'keychain' } as const
const at = (moment: number) => toSeconds(moment)

const ME: Me = {
  user: { id: 'usr_1', name: 'Bob Brandt', email: 'bob@example.test' },
  account: { id: 'acc_1', name: 'Acme', role: 'member' },
  subscription: {
    id: 'sub_1',
    plan: 'pro',
    status: 'trialing',
    trial_ends_at: at(NOW + 9 * DAY),
    period_ends_at: null,
  },
  device: { id: 'dev_1', name: 'bob-laptop', platform: 'linux' },
  session: {
    id: 'ses_1',
    signed_in_at: at(NOW - 40 * DAY),
    refreshed_at: at(NOW - 20 * MINUTE),
    idle_ends_at: at(NOW + 14 * DAY - 20 * MINUTE),
    absolute_ends_at: at(NOW + 140 * DAY),
    purge: { outcome: 'proven', answer: 'login_required', at: at(NOW - 40 * DAY) },
  },
}

const DEVICE = {
  id: 'ses_2',
  device_id: 'dev_2',
  client_id: 'latchkey-extension',
  name: 'Chromium on bob-desktop',
  platform: 'chromium',
  this_one: false,
  signed_in_at: at(NOW - 3 * DAY),
  last_used_at: at(NOW - 5 * HOUR),
  idle_ends_at: at(NOW + 13 * DAY),
  absolute_ends_at: at(NOW + 177 * DAY),
  runs_out_at: at(NOW + 13 * DAY),
  replaced: false,
  purge: null,
}

const signedIn = (change: Partial<View> = {}): View => ({
  now: NOW,
  about: ABOUT,
  kept: KEPT,
  person: { at: 'signed_in', me: ME },
  refreshDueAt: NOW + 40 * MINUTE,
  accounts: [
    { id: 'acc_1', name: 'Acme', role: 'member', current: true },
    { id: 'acc_2', name: 'Bob Brandt', role: 'owner', current: false },
  ],
  devices: [
    DEVICE,
    { ...DEVICE, id: 'ses_3', name: 'bob-laptop', platform: 'linux', replaced: true },
  ],
  logins: { disabled: null, works_until: at(NOW + 14 * DAY) },
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
  refused: {
    ...out(),
    problem: {
      title: 'You were not signed in',
      sentence: 'Logins are disabled for this identity.',
    },
  },
  'signing-in': signingIn(),
  'signing-in-not-opened': signingIn({ browser: 'not_opened' }),
  'signing-in-earlier': signingIn({ browser: 'earlier', way: 'link' }),
  'signing-in-finishing': signingIn({ step: 'finishing' }),
  'signed-in': signedIn(),
  'signed-in-sticky': signedIn({
    ahead: 14 * DAY,
    person: {
      at: 'signed_in',
      me: {
        ...ME,
        session: { ...ME.session, purge: { outcome: 'sticky', answer: 'code', at: at(NOW) } },
      },
    },
  }),
  'signed-in-alone': signedIn({ devices: [], accounts: [] }),
  'logins-off': signedIn({
    logins: {
      disabled: { mode: 'expiry', since: at(NOW), actor: 'user' },
      works_until: at(NOW + 14 * DAY),
    },
  }),
  problem: signedIn({
    problem: {
      sentence:
        'For this, sign in again first: it shows that it is you. Then ask for it once more.',
      signInFirst: true,
    },
  }),
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
