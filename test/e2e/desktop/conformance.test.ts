import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type LaunchOptions,
  launch,
  type RunningApp,
  startAgain,
} from '../../electron-host/driver.ts'
import { chooseRuntime, type Runtime } from '../../electron-host/runtime.ts'

/**
 * Statements about Electron, which the app relies on and the host must agree with. On real Electron
 * they test the statements; on the host they test the host.
 */
let runtime: Runtime
let app: RunningApp
let options: LaunchOptions
let visits: string[] = []
const root = mkdtempSync(join(tmpdir(), 'latchkey-conformance-'))
const server = createServer((request, response) => {
  visits.push(request.url ?? '')
  const cookies = ['deep=1; Path=/a/b', 'kept=1; Max-Age=600', 'safe=1; Secure']
  if (request.url === '/away')
    response.writeHead(302, { location: 'dev.latchkey.app:/callback', 'set-cookie': 'led=1' })
  else if (request.url === '/cookies')
    response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': cookies })
  else response.writeHead(200, { 'content-type': 'text/html' })
  response.end('<!doctype html><title>x</title>')
})
const address = (path: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

/** An app as small as can be, with this as its main module. */
function smallApp(name: string, main: string, preload = ''): LaunchOptions {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  const manifest = { name, productName: name, version: '1.2.3', type: 'module', main: 'main.mjs' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'main.mjs'), main)
  writeFileSync(join(folder, 'preload.cjs'), preload)
  const environment = { ...process.env, XDG_CONFIG_HOME: join(root, 'config') }
  return { runtime, folder, environment }
}

const MAIN = `
import { app, BrowserWindow, ipcMain } from 'electron'
import { fileURLToPath } from 'node:url'
if (!app.requestSingleInstanceLock()) app.quit()
else {
  ipcMain.handle('echo', (_event, value) => value)
  ipcMain.handle('fails', () => { throw new TypeError('for a reason') })
  app.on('second-instance', (_event, argv, _cwd, data) => { globalThis.second = { argv, data } })
  app.on('window-all-closed', () => {})
  app.whenReady().then(() => {
    const preload = fileURLToPath(new URL('preload.cjs', import.meta.url))
    const window = new BrowserWindow({ webPreferences: { preload } })
    window.loadURL(${JSON.stringify('ADDRESS')})
  })
}`

const PRELOAD = `
const { contextBridge, ipcRenderer } = require('electron')
let other = 'allowed'
try { require('node:fs') } catch (error) { other = error.message }
contextBridge.exposeInMainWorld('api', {
  other,
  ask: (channel, value) => ipcRenderer.invoke(channel, value),
  later: (callback) => callback({ n: 1 }),
})`

beforeAll(async () => {
  runtime = await chooseRuntime()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  options = smallApp('conformance', MAIN.replace('ADDRESS', address('/page')), PRELOAD)
  app = await launch(options)
  await app.window()
})

afterAll(async () => {
  await app?.close()
  server.closeAllConnections()
  server.close()
  runtime?.remove()
  rmSync(root, { recursive: true, force: true })
})

/** In the page's own world. */
const inPage = async <T>(source: string): Promise<T> => (await app.window()).evaluate(source)

test('ready comes after the entry module has run: to await it at its top is to wait for ever', async () => {
  const main = `import { app } from 'electron'
setTimeout(() => process.exit(3), 1_000)
await app.whenReady()
process.exit(0)`
  expect(await startAgain(smallApp('waits', main))).toBe(3)
})

test('no window before the app is ready', async () => {
  const main = `import { BrowserWindow } from 'electron'
try { new BrowserWindow() } catch (error) { process.exit(/before app is ready/.test(error.message) ? 7 : 1) }
process.exit(0)`
  expect(await startAgain(smallApp('early', main))).toBe(7)
})

test('schemes can’t be registered once the app is ready', async () => {
  const failure = await app.evaluate(({ protocol }) => {
    try {
      protocol.registerSchemesAsPrivileged([{ scheme: 'late', privileges: { standard: true } }])
      return 'registered'
    } catch (error) {
      return String(error)
    }
  }, undefined)
  expect(failure).toContain('before app is ready')
})

test('a second instance ends; the first hears its arguments, switches first, and no data', async () => {
  const args = ['dev.latchkey.app:/callback', '--switch', 'tail']
  expect(await startAgain({ ...options, args })).toBe(0)
  const second = await app.evaluate(
    () => (globalThis as unknown as { second: { argv: string[]; data: unknown } }).second,
    undefined,
  )
  expect(second.data).toBeNull()
  const places = args.map((arg) => second.argv.indexOf(arg))
  expect(places.every((place) => place > 0)).toBe(true)
  expect(second.argv.indexOf('--switch')).toBeLessThan(second.argv.indexOf('tail'))
  expect(second.argv.indexOf('--switch')).toBeLessThan(second.argv.indexOf(args[0] ?? ''))
})

test('what the preload exposes is frozen, by value, and can’t be replaced', async () => {
  expect(
    await inPage(`({
      frozen: Object.isFrozen(api),
      fixed: (() => { try { window.api = 1 } catch {} return typeof api })(),
      ours: api.ask.constructor === Function,
      require: typeof require,
    })`),
  ).toEqual({ frozen: true, fixed: 'object', ours: true, require: 'undefined' })
})

test('a sandboxed preload may require Electron and nothing of Node', async () => {
  expect(await inPage('api.other')).toBe('module not found: node:fs')
})

test('values cross by copy, callbacks by proxy; symbols are refused', async () => {
  const value = { text: 'ä', list: [1, null, true], missing: undefined, nested: { n: 1.5 } }
  expect(await inPage(`api.ask('echo', ${JSON.stringify(value)})`)).toEqual({
    text: 'ä',
    list: [1, null, true],
    nested: { n: 1.5 },
  })
  expect(await inPage('new Promise((resolve) => api.later(resolve))')).toEqual({ n: 1 })
  expect(
    await inPage(
      `(async () => { try { return await api.ask('echo', Symbol('x')) } catch (error) { return String(error) } })()`,
    ),
  ).toContain('could not be cloned')
})

test.each([
  ['nobody', "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'"],
  ['fails', "Error invoking remote method 'fails': TypeError: for a reason"],
])('a command to %s is refused in these words', async (channel, words) => {
  expect(await inPage(`api.ask('${channel}').catch((error) => error.message)`)).toBe(words)
})

test('a channel has one handler', async () => {
  const failure = await app.evaluate(({ ipcMain }) => {
    try {
      ipcMain.handle('echo', () => {})
      return 'taken'
    } catch (error) {
      return String(error)
    }
  }, undefined)
  expect(failure).toContain("Attempted to register a second handler for 'echo'")
})

test('will-navigate is for what the page does, not for loadURL, and can be prevented', async () => {
  visits = []
  const seen = await app.evaluate(
    async ({ BrowserWindow }, [first, second]) => {
      const window = new BrowserWindow({ show: false })
      const asked: string[] = []
      window.webContents.on('will-navigate', (event) => {
        asked.push(event.url)
        event.preventDefault()
      })
      await window.loadURL(first ?? '')
      await window.webContents.executeJavaScript(`void (location.href = ${JSON.stringify(second)})`)
      while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
      const at = window.webContents.getURL()
      window.destroy()
      return { asked, at }
    },
    [address('/first'), address('/second')],
  )
  expect(seen).toEqual({ asked: [address('/second')], at: address('/first') })
  expect(visits).not.toContain('/second')
})

test('a redirect to another kind of address can be stopped before it is followed', async () => {
  const seen = await app.evaluate(async ({ BrowserWindow }, url) => {
    const window = new BrowserWindow({ show: false })
    const asked: string[] = []
    window.webContents.on('will-redirect', (event) => {
      asked.push(event.url)
      event.preventDefault()
    })
    const outcome = await window.loadURL(url).then(() => 'loaded', String)
    window.destroy()
    return { asked, outcome }
  }, address('/away'))
  expect(seen.asked).toEqual(['dev.latchkey.app:/callback'])
  expect(seen.outcome).toContain('ERR_ABORTED')
})

test('a window that is denied never asks its server, and the page that wanted it goes on', async () => {
  // On its own: Playwright, a second debugger, would let go what the host holds.
  const main = `import { app } from 'electron'\napp.on('window-all-closed', () => {})`
  const alone = await launch(smallApp('popups', main))
  visits = []
  const popups = ['/popup-1', '/popup-2', 'about:blank'].map((path) =>
    path.startsWith('/') ? address(path) : path,
  )
  const asked = await alone.evaluate(
    async ({ app: electronApp, BrowserWindow }, [page, ...addresses]) => {
      await electronApp.whenReady()
      const window = new BrowserWindow({ show: false })
      const urls: string[] = []
      window.webContents.setWindowOpenHandler(({ url }) => {
        urls.push(url)
        return { action: 'deny' }
      })
      await window.loadURL(page ?? '')
      for (const url of addresses) {
        await window.webContents.executeJavaScript(`void window.open(${JSON.stringify(url)})`)
        while (urls.at(-1) !== url) await new Promise((resolve) => setTimeout(resolve, 10))
      }
      // What would come of them has come before the answer to this.
      await window.webContents.executeJavaScript("fetch('/later').then(() => {})")
      return urls
    },
    [address('/opener'), ...popups],
  )
  await alone.close()
  expect(asked).toEqual(popups)
  expect(visits).toContain('/later')
  expect(visits.filter((path) => path.includes('popup'))).toEqual([])
})

test('a redirect that is stopped has left its cookies behind', async () => {
  const names = await app.evaluate(async ({ BrowserWindow, session }, url) => {
    const window = new BrowserWindow({ show: false, webPreferences: { partition: 'led' } })
    const closed = new Promise((resolve) => window.once('closed', () => resolve(undefined)))
    window.webContents.on('will-redirect', (event) => {
      event.preventDefault()
      setImmediate(() => window.destroy())
    })
    window.loadURL(url).catch(() => {})
    await closed
    const cookies = await session.fromPartition('led').cookies.get({})
    return cookies.map(({ name }) => name)
  }, address('/away'))
  expect(names).toEqual(['led'])
})

test('a partition has its own cookies, removed one by one by address and name; the path counts', async () => {
  const seen = await app.evaluate(async ({ BrowserWindow, session }, url) => {
    const jar = session.fromPartition('jar')
    const window = new BrowserWindow({ show: false, webPreferences: { partition: 'jar' } })
    await window.loadURL(url)
    const names = async () => (await jar.cookies.get({})).map(({ name }) => name).sort()
    const { origin } = new URL(url)
    const same = window.webContents.session === jar
    const before = await names()
    const others = await session.defaultSession.cookies.get({ url, name: 'kept' })
    // As if every cookie belonged to the site's root.
    for (const name of before) await jar.cookies.remove(origin, name)
    const byRoot = await names()
    await jar.cookies.remove(`${origin}/a/b`, 'deep')
    const byPath = await names()
    await jar.cookies.flushStore()
    window.destroy()
    return { same, before, others: others.length, byRoot, byPath }
  }, address('/cookies'))
  expect(seen).toEqual({
    same: true,
    before: ['deep', 'kept', 'safe'],
    others: 0,
    byRoot: ['deep'],
    byPath: [],
  })
})

test('what a session stores is cleared with it', async () => {
  const seen = await app.evaluate(async ({ BrowserWindow, session }, url) => {
    const jar = session.fromPartition('store')
    const window = new BrowserWindow({ show: false, webPreferences: { partition: 'store' } })
    await window.loadURL(url)
    const run = (source: string) => window.webContents.executeJavaScript(source)
    await run("localStorage.setItem('who', 'somebody')")
    await jar.clearStorageData()
    await window.loadURL(url)
    const stored = await run("localStorage.getItem('who')")
    const cookies = await jar.cookies.get({})
    window.destroy()
    return { stored, cookies: cookies.length }
  }, address('/page'))
  expect(seen).toEqual({ stored: null, cookies: 0 })
})

test('a window keeps its title where the app says so, and takes the page’s otherwise', async () => {
  const titles = await app.evaluate(async ({ BrowserWindow }, url) => {
    const open = async (keeps: boolean) => {
      const window = new BrowserWindow({ show: false, title: 'ours' })
      const changed = new Promise((resolve) =>
        window.on('page-title-updated', (event, title) => {
          if (keeps) event.preventDefault()
          if (title === 'x') resolve(undefined)
        }),
      )
      await Promise.all([window.loadURL(url), changed])
      const title = window.getTitle()
      window.destroy()
      return title
    }
    return [await open(true), await open(false)]
  }, address('/titled'))
  expect(titles).toEqual(['ours', 'x'])
})

test('a page is granted what it asks for, unless its session says no', async () => {
  const state = () =>
    inPage("navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)")
  expect(await state()).toBe('granted')
  await app.evaluate(({ session }) => {
    session.defaultSession.setPermissionCheckHandler(() => false)
    session.defaultSession.setPermissionRequestHandler((_contents, _name, decide) => decide(false))
  }, undefined)
  await expect.poll(state).toBe('denied')
})

test.each([
  ['webSecurity', false],
  ['allowRunningInsecureContent', true],
  ['experimentalFeatures', true],
  ['enableBlinkFeatures', 'x'],
  ['webviewTag', true],
])('the host has no window with %s: %s', async (name, value) => {
  // On Electron it would be had, which is why the app's tests must not pass over it on the host.
  if (app.kind === 'electron') return
  const failure = await app.evaluate(
    ({ BrowserWindow }, preferences) => {
      try {
        return String(new BrowserWindow({ show: false, webPreferences: preferences }))
      } catch (error) {
        return String(error)
      }
    },
    { [name]: value },
  )
  expect(failure).toContain(`no window with ${name}: ${value}`)
})

test('what the host does not have, it says', async ({ skip }) => {
  skip(app.kind === 'electron', 'only the host lacks anything')
  const failure = await app.evaluate(({ app: electronApp }) => {
    try {
      return String(electronApp.getLocale())
    } catch (error) {
      return String(error)
    }
  }, undefined)
  expect(failure).toContain('The Electron host has no app.getLocale')
})
