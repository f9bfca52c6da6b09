import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startAgain } from '../../electron-host/driver.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'

/**
 * Would these tests notice? Faults are put into the built app, one at a time, and what is looked at
 * must find each of them, while it finds nothing in the app as it is.
 */
let world: DesktopWorld
let desk: Desk
let faulty: string | undefined

beforeAll(async () => {
  world = await DesktopWorld.start()
})

afterEach(() => desk?.end())

afterAll(async () => {
  if (faulty) rmSync(faulty, { recursive: true, force: true })
  await world?.stop()
})

/** Short: a fault may mean that nothing ever comes. */
const SOON = { timeout: 12_000 }

const heading = async (name: string) =>
  (await desk.window).getByRole('heading', { level: 1, name }).waitFor(SOON)

const press = async (name: string) =>
  (await desk.window).getByRole('button', { name, exact: true }).click(SOON)

const signIn = async () => {
  await press('Sign in')
  await heading('Go on in your browser')
  await desk.signInInBrowser('alice@example.test')
  await heading('Signed in as Alice Adler')
}

/** What is looked at; each throws when something is wrong. */
const LOOKS = {
  async opens() {
    await desk.open()
    await heading('Sign in to Latchkey')
  },

  async 'keeps the sign-in'() {
    await LOOKS.opens()
    await signIn()
    await desk.close()
    await desk.open()
    await heading('Signed in as Alice Adler')
  },

  async 'waits on after a kill'() {
    await LOOKS.opens()
    await press('Sign in')
    await heading('Go on in your browser')
    await desk.os.page(world.world.addresses.provider)
    await desk.kill()
    await desk.open()
    await heading('You were signing in')
  },

  async 'stays where it is'() {
    await LOOKS.opens()
    const window = await desk.window
    const before = window.url()
    await window.evaluate((address) => {
      setTimeout(() => globalThis.open(`${address}/healthz?popup`))
      setTimeout(() => {
        location.href = `${address}/healthz?away`
      }, 100)
    }, world.world.addresses.site)
    await expect.poll(() => desk.app.said(), SOON).toContain('window_denied')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(window.url()).toBe(before)
    await heading('Sign in to Latchkey')
  },

  async 'refuses strangers'() {
    await LOOKS.opens()
    const answer = await desk.app.evaluate(
      async ({ BrowserWindow }, { address, preload }) => {
        const window = new BrowserWindow({ show: false, webPreferences: { preload } })
        await window.loadURL(address)
        return window.webContents.executeJavaScript('window.latchkey.look().then(() => 1, String)')
      },
      {
        address: `${world.world.addresses.site}/healthz`,
        preload: `${desk.appFolder}/preload.cjs`,
      },
    )
    expect(answer).toContain('Only the app’s own page')
  },

  async 'gives the page commands alone'() {
    await LOOKS.opens()
    const names = await (await desk.window).evaluate(() =>
      Object.keys(globalThis).filter((name) => /ipc|electron|bridge/i.test(name)),
    )
    expect(names).toEqual([])
  },

  async 'grants the page nothing'() {
    await LOOKS.opens()
    const { state } = await (await desk.window).evaluate(async () => {
      const { state } = await navigator.permissions.query({ name: 'geolocation' })
      return { state }
    })
    expect(state).toBe('denied')
  },

  async 'takes its own answer only'() {
    await LOOKS.opens()
    await press('Sign in')
    await desk.os.page(world.world.addresses.provider)
    await press('Come back by an app link')
    await expect.poll(() => desk.os.opened.at(-1), SOON).toContain('dev.latchkey.app')
    await heading('Go on in your browser')
    const iss = encodeURIComponent(world.world.addresses.site)
    await desk.link(`dev.latchkey.app:/callback?code=c&state=forged&iss=${iss}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await heading('Go on in your browser')
    const state = new URL(desk.os.opened.at(-1) ?? '').searchParams.get('state')
    await desk.link(`dev.latchkey.app:/callback?code=c&state=${state}&iss=http%3A%2F%2Fevil.test`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await heading('Go on in your browser')
  },

  async 'is the only one'() {
    await LOOKS.opens()
    const late = new Promise((resolve) => setTimeout(resolve, 6_000, 'runs on'))
    expect(await Promise.race([startAgain(desk.options()), late])).toBe(0)
  },

  async 'leaves no token on the disk'() {
    desk.settings = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }
    await LOOKS.opens()
    await signIn()
    const { stdout } = spawnSync('grep', ['-rlaE', 'lkr_[A-Za-z0-9_-]{20}', desk.folder], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
  },
} satisfies Record<string, () => Promise<void>>

type Look = keyof typeof LOOKS

const FAULTS: readonly (readonly [string, Look, string, string | RegExp, string])[] = [
  [
    'the page’s policy forbids its own script',
    'opens',
    'main.mjs',
    `"script-src 'self'"`,
    `"script-src 'none'"`,
  ],
  [
    'ready is awaited at the top',
    'opens',
    'main.mjs',
    /$/,
    '\nawait (await import("electron")).app.whenReady();',
  ],
  ['a window without a sandbox', 'opens', 'main.mjs', /sandbox: true/g, 'sandbox: false'],
  ['a channel is misspelt', 'keeps the sign-in', 'preload.cjs', '`command:', '`comand:'],
  [
    'nothing is written to the keychain',
    'keeps the sign-in',
    'main.mjs',
    'await this.#try(() => this.#vault.write(value))',
    'void value',
  ],
  [
    'a pending sign-in is forgotten',
    'waits on after a kill',
    'main.mjs',
    'if (this.#signingIn || !await this.#signIn.isPending())',
    'if (true)',
  ],
  [
    'windows of pages are allowed',
    'stays where it is',
    'main.mjs',
    'return { action: "deny" }',
    'return { action: "allow" }',
  ],
  [
    'the page may go elsewhere',
    'stays where it is',
    'main.mjs',
    'contents.on("will-navigate", stay)',
    'void 0',
  ],
  [
    'the sender is not checked',
    'refuses strangers',
    'main.mjs',
    'if (!isTrusted(sender))',
    'if (false)',
  ],
  [
    'the page is given the runtime’s channel',
    'gives the page commands alone',
    'preload.cjs',
    /$/,
    '\nrequire("electron").contextBridge.exposeInMainWorld("ipc", { invoke: (...args) => require("electron").ipcRenderer.invoke(...args) });',
  ],
  [
    'the page is granted what it asks for',
    'grants the page nothing',
    'main.mjs',
    'of.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))',
    'void 0',
  ],
  [
    'state is not compared',
    'takes its own answer only',
    'main.mjs',
    'query.get("state") !== pending.state',
    'false',
  ],
  [
    'iss is not compared',
    'takes its own answer only',
    'main.mjs',
    'query.get("iss") !== issuer',
    'false',
  ],
  [
    'a second app runs beside the first',
    'is the only one',
    'main.mjs',
    'if (!app.requestSingleInstanceLock()) return false',
    'void 0',
  ],
  [
    'without a keychain a file is written',
    'leaves no token on the disk',
    'main.mjs',
    'await this.#try(() => this.#vault.write(value))',
    'await import("node:fs").then((fs) => fs.writeFileSync(process.env.XDG_CONFIG_HOME + "/plain", value))',
  ],
]

test.each(Object.keys(LOOKS) as Look[])('as it is, the app %s', async (look) => {
  desk = await world.desk()
  await LOOKS[look]()
})

test.each(FAULTS)('%s: found', async (_fault, look, file, from, to) => {
  const folder = `${world.app.folder}-faulty`
  faulty = folder
  rmSync(folder, { recursive: true, force: true })
  cpSync(world.app.folder, folder, { recursive: true })
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  const after = before.replace(from, () => to)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
  desk = await world.desk()
  desk.appFolder = folder
  await expect(LOOKS[look]()).rejects.toThrow()
})
