import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ProviderClient } from '../../../mock-provider/client.ts'
import { ProviderConfig } from '../../../mock-provider/config.ts'
import { DEFAULT_CONFIG } from '../../../mock-provider/defaults.ts'
import { issuerOf } from '../../../mock-provider/dialect/b2c/paths.ts'
import { PASSWORD } from '../../../playground/people.ts'
import { seriousFindings } from '../../support/chromium.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'

const PICTURES = 'test-results/desktop'

let world: DesktopWorld
let desk: Desk

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  world = await DesktopWorld.start()
  desk = await world.desk()
  const config = v.parse(ProviderConfig, DEFAULT_CONFIG)
  desk.settings = {
    LATCHKEY_EMBEDDED_ISSUER: issuerOf(world.world.addresses.provider, config, {
      id: 'B2C_1_signupsignin',
    }),
  }
  await desk.open()
  await heading('Sign in to Latchkey')
})

beforeEach(async () => {
  await demonstrate()
  await heading('Signing in inside the app')
})

afterEach(async () => {
  await fault('off')
  await desk.app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) {
      if (window.getTitle() === 'Demonstration: a sign-in inside the app') window.close()
    }
  }, undefined)
  await press('Leave the demonstration')
  // The menu goes another way than the button: opened before it was left, it would be left after all.
  await heading('Sign in to Latchkey')
})

afterAll(async () => {
  await desk?.end()
  await world?.stop()
})

const heading = async (name: string) =>
  (await desk.window).getByRole('heading', { level: 1, name }).waitFor()

const press = async (name: string) =>
  (await desk.window).getByRole('button', { name, exact: true }).click()

const reads = async (text: string | RegExp) => (await desk.window).getByText(text).last().waitFor()

/** Developer > Show the embedded sign-in… */
const demonstrate = () =>
  desk.app.evaluate(({ Menu }) => {
    const developer = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'Developer')
    developer?.submenu?.items[0]?.click()
  }, undefined)

/** The provider recognises the machine, without any cookie. */
async function fault(mode: 'on' | 'off'): Promise<void> {
  const { faults } = new ProviderClient(world.world.addresses.provider)
  await faults.set('knows-without-cookies', mode)
}

/** The window inside the app, at the provider's page. */
async function embedded(): Promise<Page> {
  const { provider } = world.world.addresses
  const find = () => desk.app.windows().find((page) => page.url().startsWith(provider))
  await expect.poll(find).toBeDefined()
  return find() as Page
}

async function signInInside(): Promise<void> {
  const page = await embedded()
  await page.getByLabel(/e-?mail/i).fill('alice@example.test')
  await page.getByLabel(/^password/i).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await reads('Alice Adler signed in, and was asked')
}

async function look(name: string): Promise<void> {
  const page = await desk.window
  for (const [colorScheme, width] of [
    ['light', 560],
    ['dark', 420],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 720 })
    expect(await seriousFindings(page), `${name}, ${colorScheme}`).toEqual([])
    await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}.png`, fullPage: true })
  }
}

test('asked once, then signed in unasked; purged, and proven by asking in silence', async () => {
  await look('demonstration')
  await press('Sign in inside the app')
  const page = await embedded()
  await page.screenshot({ path: `${PICTURES}/demonstration-window.png` })
  const titles = await desk.app.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.getTitle()),
    undefined,
  )
  expect(titles).toContain('Demonstration: a sign-in inside the app')
  await signInInside()

  await press('Sign in once more')
  await reads('Alice Adler was signed in, and nobody was asked')
  await look('demonstration-fooled')

  await press('Purge, and prove it')
  await reads('Proven: the next person is asked')
  await reads(/Cookies removed: [1-9]\d*; still there when we looked again: 0\./)
  await reads('interaction_required')
  await look('demonstration-proven')

  await press('Sign in once more')
  await signInInside()
})

test('a provider that knows the machine: every cookie is gone, it signs in all the same, and that is said', async () => {
  await fault('on')
  await press('Sign in inside the app')
  await signInInside()
  await press('Sign in once more')
  await reads('Alice Adler was signed in, and nobody was asked')
  await press('Purge, and prove it')
  await reads('Not proven: your provider may sign someone in without asking')
  await reads(/still there when we looked again: 0\./)
  await look('demonstration-not-proven')
})

test('the window is closed by the person: nothing has happened, and it can be tried again', async () => {
  await press('Sign in inside the app')
  await (await embedded()).close()
  await press('Sign in inside the app')
  await signInInside()
})

test('the page in that window has nothing of the app’s, and can’t lead it elsewhere', async () => {
  await press('Sign in inside the app')
  const page = await embedded()
  const before = page.url()
  expect(await page.evaluate(() => 'latchkey' in globalThis)).toBe(false)
  await page.evaluate((address) => {
    location.href = `${address}/healthz`
  }, world.world.addresses.site)
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
  expect(page.url()).toBe(before)
  await page.close()
})

test('left: the app is as it was, nobody signed in to it, its own jar is empty as the other', async () => {
  await press('Sign in inside the app')
  await signInInside()
  await press('Leave the demonstration')
  await heading('Sign in to Latchkey')
  const jars = () =>
    desk.app.evaluate(
      async ({ session }) => ({
        app: await session.defaultSession.cookies.get({}),
        demonstration: await session
          .fromPartition('persist:embedded-demonstration')
          .cookies.get({}),
      }),
      undefined,
    )
  await expect.poll(jars).toEqual({ app: [], demonstration: [] })
  const { person, kept } = await (await desk.window).evaluate(() => window.latchkey.look())
  expect({ person, kept }).toEqual({ person: { at: 'signed_out' }, kept: { in: 'keychain' } })
  await demonstrate()
})
