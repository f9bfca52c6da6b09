import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMAND_NAMES } from '../../../desktop/ipc/channels.ts'
import { startAgain } from '../../electron-host/driver.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'

/** Of all that a page may ask for. */
const PERMISSIONS = ['geolocation', 'midi', 'notifications']

let world: DesktopWorld
let desk: Desk

beforeAll(async () => {
  world = await DesktopWorld.start()
  desk = await world.desk()
  await desk.open()
})

afterAll(async () => {
  await desk?.end()
  await world?.stop()
})

const heading = async (name: string | RegExp) => {
  const window = await desk.window
  await window.getByRole('heading', { level: 1, name }).waitFor()
}

test('the page has the commands, frozen, and nothing of Electron or Node', async () => {
  const window = await desk.window
  const seen = await window.evaluate(() => ({
    names: Object.keys(globalThis.window.latchkey).sort(),
    frozen: Object.isFrozen(globalThis.window.latchkey),
    globals: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter(
      (name) => name in globalThis,
    ),
    replaced: (() => {
      try {
        Object.assign(globalThis, { latchkey: 1 })
      } catch {
        // In strict code it throws.
      }
      return typeof globalThis.window.latchkey
    })(),
  }))
  expect(seen).toEqual({
    names: [...COMMAND_NAMES, 'onView'].sort(),
    frozen: true,
    globals: [],
    replaced: 'object',
  })
})

test('the page’s policy: no script of others, no eval, no request, no frame, no markup from text', async () => {
  const window = await desk.window
  const { site } = world.world.addresses
  const tried = await window.evaluate(async (address) => {
    // What a debugger runs may make code of text; what comes later is the page's own again.
    await new Promise((resolve) => setTimeout(resolve))
    const outcome = async (attempt: () => unknown) => {
      try {
        await attempt()
        return 'allowed'
      } catch (error) {
        return error instanceof Error ? error.name : 'refused'
      }
    }
    return {
      fetch: await outcome(() => fetch(address)),
      code: await outcome(() => new Function('return 1')()),
      html: await outcome(() => {
        document.createElement('div').innerHTML = '<img>'
      }),
      script: await outcome(
        () =>
          new Promise((resolve, reject) => {
            const script = document.createElement('script')
            script.onload = resolve
            script.onerror = () => reject(new Error('refused'))
            script.src = `${address}/x.js`
            document.body.append(script)
          }),
      ),
    }
  }, site)
  expect(Object.values(tried)).not.toContain('allowed')
})

test('popups and other addresses: refused, and no browser opens', async () => {
  const window = await desk.window
  const before = window.url()
  const { site } = world.world.addresses
  await window.evaluate((address) => {
    globalThis.open(`${address}/popup`)
    const link = document.createElement('a')
    link.href = `${address}/elsewhere`
    document.body.append(link)
    link.click()
    link.remove()
  }, site)
  await expect.poll(() => desk.app.said()).toContain('window_denied')
  expect(window.url()).toBe(before)
  expect(desk.app.windows()).toHaveLength(1)
  expect(desk.os.opened).toEqual([])
  await heading('Sign in to Latchkey')
})

test('its page comes from the app’s own scheme, is granted nothing, and no web view is put into it', async () => {
  const window = await desk.window
  const states = await window.evaluate((names) => {
    const state = async (name: string) =>
      (await navigator.permissions.query({ name: name as PermissionName })).state
    return Promise.all(names.map(state))
  }, PERMISSIONS)
  expect(states).toEqual(PERMISSIONS.map(() => 'denied'))
  const seen = await desk.app.evaluate(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => {
        let refused = false
        const event = {
          preventDefault: () => {
            refused = true
          },
        }
        webContents.emit('will-attach-webview', event, {}, {})
        return { url: webContents.getURL(), refused }
      }),
    undefined,
  )
  expect(seen).toEqual([{ url: 'app://bundle/index.html', refused: true }])
})

// Only Electron itself knows what a window has of all its switches: the host has them in one position each.
if (process.env.DESKTOP_RUNTIME === 'electron') {
  test('the window’s switches are in force, as Electron itself says', async () => {
    const preferences = await desk.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      const contents = window?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>
      }
      return contents.getLastWebPreferences()
    }, undefined)
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    })
  })
}

test('a foreign page with our preload is refused whatever it asks', async () => {
  const { site } = world.world.addresses
  const preload = `${world.app.folder}/preload.cjs`
  const answers = await desk.app.evaluate(
    async ({ BrowserWindow }, { address, preload: file }) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload: file } })
      // Our guard would stop the page's own redirect.
      await window.loadURL(`${address}/healthz`)
      const answer = await window.webContents.executeJavaScript(
        "Promise.all(['look', 'signOut', 'tryAgain'].map((name) => window.latchkey[name]().then(() => 'done', String)))",
      )
      window.destroy()
      return answer as string[]
    },
    { address: site, preload },
  )
  for (const answer of answers) expect(answer).toContain('Only the app’s own page')
  expect(desk.app.said()).toContain('command_refused')
})

test('forged links while a sign-in waits for one: it goes on waiting, and the true one gets through', async () => {
  const window = await desk.window
  await window.getByRole('button', { name: 'Sign in' }).click()
  await desk.os.page(world.world.addresses.provider)
  await window.getByRole('button', { name: 'Come back by an app link' }).click()
  await expect.poll(() => desk.os.opened.at(-1)).toContain('dev.latchkey.app')
  const state = new URL(desk.os.opened.at(-1) ?? '').searchParams.get('state')
  const iss = encodeURIComponent(world.world.addresses.site)
  for (const forged of [
    `dev.latchkey.app:/callback?code=c&state=forged&iss=${iss}`,
    `dev.latchkey.app:/callback?code=c&state=${state}`,
    `dev.latchkey.app:/callback?code=c&state=${state}&iss=https%3A%2F%2Fevil.test`,
    `dev.latchkey.app://evil.test/callback?code=c&state=${state}&iss=${iss}`,
    `dev.latchkey.app:/elsewhere?code=c&state=${state}&iss=${iss}`,
    `dev.latchkey.app:/callback?code=c&code=d&state=${state}&iss=${iss}`,
  ]) {
    await desk.link(forged)
    await heading('Go on in your browser')
  }
  await desk.signInInBrowser('alice@example.test')
  await heading('Signed in as Alice Adler')
})

test('two apps at once: the second tells the first and ends', async () => {
  const before = desk.app.windows().length
  expect(await startAgain(desk.options())).toBe(0)
  expect(desk.app.windows()).toHaveLength(before)
  await heading('Signed in as Alice Adler')
})

test('what it wrote holds no token, no code, no address of a sign-in', () => {
  expect(desk.app.said()).not.toMatch(/lkr_|lkc_|eyJ|code=|state=|code_challenge/)
})
