import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'

let world: DesktopWorld
let desk: Desk

beforeAll(async () => {
  world = await DesktopWorld.start()
})

afterEach(() => desk?.end())

afterAll(() => world?.stop())

const heading = async (name: string | RegExp) => {
  const window = await desk.window
  await window.getByRole('heading', { level: 1, name }).waitFor()
}

const press = async (name: string) => (await desk.window).getByRole('button', { name }).click()

const copied = () => desk.app.evaluate(({ clipboard }) => clipboard.readText(), undefined)

/** Where the browser was sent last, with its way back. */
const opened = (redirectUri: string | RegExp) =>
  expect
    .poll(() => new URL(desk.os.opened.at(-1) ?? 'about:blank').searchParams.get('redirect_uri'))
    .toMatch(redirectUri)

test('sign in by the system browser, restart, sign out: the keychain holds it in between, the clipboard no link', async () => {
  desk = await world.desk()
  await desk.open()
  await heading('Sign in to Latchkey')
  await press('Sign in')
  await heading('Go on in your browser')
  await desk.os.page(world.world.addresses.provider)
  await press('Copy the link')
  await expect.poll(copied).toBe(desk.os.opened.at(-1))
  const browser = await desk.signInInBrowser('alice@example.test')
  await browser.getByText('You can close this window').waitFor()
  await heading('Signed in as Alice Adler')
  await expect.poll(copied).toBe('')
  await desk.close()
  await desk.open()
  await heading('Signed in as Alice Adler')
  await press('Sign out')
  await heading('Signed out')
  await desk.close()
  await desk.open()
  await heading('Signed out')
})

test('sign in by an app link: the browser starts the app once more, which hands it over', async () => {
  desk = await world.desk()
  await desk.open()
  await press('Sign in')
  await desk.os.page(world.world.addresses.provider)
  await press('Come back by an app link')
  await opened('dev.latchkey.app:/callback')
  await desk.signInInBrowser('alice@example.test')
  await heading('Signed in as Alice Adler')
})

test('kept by Electron’s safeStorage instead: in a file that says nothing, and back after a restart', async () => {
  desk = await world.desk({ state: 'none' })
  desk.settings = { LATCHKEY_KEEP_IN: 'safe_storage' }
  await desk.open()
  await press('Sign in')
  await desk.signInInBrowser('alice@example.test')
  await heading('Signed in as Alice Adler')
  const file = readFileSync(join(desk.folder, 'config', 'Latchkey', 'sign-in.json'), 'utf8')
  expect(file).toContain('gnome_libsecret')
  expect(file).not.toContain('lkr_')
  await desk.close()
  await desk.open()
  await heading('Signed in as Alice Adler')
})

test('bob acts for another account of his, and then switches signing in off: out at once, and why', async () => {
  desk = await world.desk()
  await desk.open()
  await press('Sign in')
  await desk.signInInBrowser('bob@example.test', 'Acme')
  await heading('Signed in as Bob Brandt')
  const window = await desk.window
  await window.getByText(/· Acme \(/).waitFor()
  await press('Use Bob Brandt')
  await window.getByText(/· Bob Brandt \(owner\)/).waitFor()
  await window.getByText('Switch signing in off').click()
  await press('Now: sign me out everywhere')
  await heading('Signing in is switched off')
  await window.getByText('You switched them off').waitFor()
})

test('the tray says how things stand, and signs out', async () => {
  desk = await world.desk()
  await desk.open()
  await press('Sign in')
  await desk.signInInBrowser('alice@example.test')
  await heading('Signed in as Alice Adler')
  // Only the host lets itself be asked; on Electron somebody has to look.
  if (desk.app.kind === 'electron') return
  const tray = (label: string) =>
    desk.app.evaluate((electron, wanted) => {
      const [icon] = (
        electron.Tray as unknown as {
          all: { tooltip: string; menu: { items: { label?: string; click?: () => void }[] } }[]
        }
      ).all
      icon?.menu.items.find(({ label: name }) => name === wanted)?.click?.()
      return icon?.tooltip
    }, label)
  expect(await tray('')).toBe('Latchkey: Signed in as Alice Adler')
  await tray('Sign out')
  await heading('Signed out')
  expect(await tray('')).toBe('Latchkey: Signed out')
})
