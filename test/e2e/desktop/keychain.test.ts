import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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

const says = async (text: string) => (await desk.window).getByText(text).waitFor()

const press = async (name: string) =>
  (await desk.window).getByRole('button', { name, exact: true }).click()

const signIn = async () => {
  await press('Sign in')
  await desk.signInInBrowser('alice@example.test')
  await heading('Signed in as Alice Adler')
}

/** Starts the app; says how long it took until a person could do something. */
async function open(what: string): Promise<void> {
  const began = performance.now()
  await desk.open()
  await heading('Sign in to Latchkey')
  const took = Math.round(performance.now() - began)
  process.stderr.write(`keychain ${what}: a usable window after ${took} ms\n`)
}

/** Refresh tokens anywhere on this computer's disk, the keyring's own file included. */
const tokensOnDisk = (): string =>
  spawnSync('grep', ['-rlaE', 'lkr_[A-Za-z0-9_-]{20}', desk.folder], { encoding: 'utf8' }).stdout

/** What another program does with the app's entry. */
const keytar = (what: 'getPassword' | 'setPassword', ...value: readonly string[]): string => {
  const entry = ['dev.latchkey.app', world.world.addresses.site, ...value]
  const program = `require('keytar').${what}(...${JSON.stringify(entry)}).then((text) => process.stdout.write(String(text)))`
  return execFileSync(process.execPath, ['-e', program], {
    env: desk.keyring.environment as NodeJS.ProcessEnv,
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    encoding: 'utf8',
  })
}

test('the search for tokens finds one where there is one', async () => {
  desk = await world.desk({ state: 'none' })
  const file = join(desk.folder, 'decoy')
  writeFileSync(file, `x lkr_${'a'.repeat(40)} x`)
  expect(tokensOnDisk()).toContain(file)
})

test.each([
  ['no bus', { state: 'no bus' }, 'There is no keychain here'],
  ['no service', { state: 'none' }, 'There is no keychain here'],
  ['locked', { state: 'locked' }, 'Your keychain is locked'],
] as const)(
  '%s: said, signed in all the same, and no token on the disk',
  async (what, keyring, title) => {
    desk = await world.desk(keyring)
    await open(what)
    await says(title)
    await signIn()
    await says(title)
    expect(tokensOnDisk()).toBe('')
    await desk.close()
    expect(tokensOnDisk()).toBe('')
    await desk.open()
    await heading('Sign in to Latchkey')
  },
)

test('it hangs: killed after three seconds, said, and tried again when it is well', async () => {
  desk = await world.desk()
  desk.keyring.hang()
  await open('hung')
  await says('Your keychain doesn’t answer')
  desk.keyring.goOn()
  await press('Try again')
  await (await desk.window).getByText('Your keychain doesn’t answer').waitFor({ state: 'detached' })
  await signIn()
  await desk.close()
  await desk.open()
  await heading('Signed in as Alice Adler')
})

test('it is restarted while the app runs: nobody notices, and what follows is kept', async () => {
  desk = await world.desk()
  await open('well')
  await signIn()
  await desk.keyring.restart()
  await world.advance('61min')
  await desk.use()
  await heading('Signed in as Alice Adler')
  await desk.close()
  await desk.open()
  await heading('Signed in as Alice Adler')
})

test('it is locked while the app is closed: who was signed in is so again once it is unlocked', async () => {
  desk = await world.desk()
  await open('well')
  await signIn()
  await desk.close()
  await desk.keyring.restart(false)
  await desk.open()
  await says('Your keychain is locked')
  await desk.keyring.restart()
  await press('Try again')
  await heading('Signed in as Alice Adler')
})

test('the setting says another place: the sign-in moves there, and back, and lies in one of them', async () => {
  desk = await world.desk()
  await open('well')
  await signIn()
  await desk.close()
  desk.settings = { LATCHKEY_KEEP_IN: 'safe_storage' }
  await desk.open()
  await heading('Signed in as Alice Adler')
  expect(keytar('getPassword')).toBe('null')
  const file = join(desk.folder, 'config', 'Latchkey', 'sign-in.json')
  expect(existsSync(file)).toBe(true)
  await desk.close()
  desk.settings = {}
  await desk.open()
  await heading('Signed in as Alice Adler')
  expect(keytar('getPassword')).toContain('refreshToken')
  expect(existsSync(file)).toBe(false)
})

test('its entry is damaged: nobody is signed in, nothing breaks, and signing in mends it', async () => {
  desk = await world.desk()
  keytar('setPassword', '{"version":1,"sess')
  await open('with a damaged entry')
  await signIn()
  await desk.close()
  await desk.open()
  await heading('Signed in as Alice Adler')
})
