import process from 'node:process'
import type * as Electron from 'electron'
import { App } from './app.ts'
import { browserWindows } from './browser-window.ts'
import { type Question, tell } from './control.ts'
import { Cookies } from './cookies.ts'
import { HostedEvent } from './event.ts'
import { IpcMain } from './ipc-main.ts'
import { Schemes } from './protocol.ts'
import { SafeStorage } from './safe-storage.ts'
import { Session, Sessions } from './session.ts'
import { strict } from './strict.ts'
import {
  clipboard,
  Menu,
  Notification,
  nativeImage,
  net,
  powerMonitor,
  screen,
  shell,
  Tray,
} from './system.ts'
import { utilityProcess } from './utility-process.ts'

/**
 * The module `electron` of the host: the slice that `desktop/electron/` uses, on real Chromium.
 * What is not here throws. It is not Electron, and no green run on it is one on Electron.
 */
export const app = new App(process.env.ELECTRON_HOST_APP ?? process.cwd())
export const ipcMain = new IpcMain()
export const session = new Sessions(app)
const schemes = new Schemes(app)
export const protocol = strict('protocol', {
  registerSchemesAsPrivileged: (list: Parameters<Schemes['registerSchemesAsPrivileged']>[0]) =>
    schemes.registerSchemesAsPrivileged(list),
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) =>
    schemes.handle(scheme, handler),
})
export const BrowserWindow = browserWindows(app, session, {
  ipcMain,
  schemes,
  created: (contents) => app.emit('web-contents-created', new HostedEvent(), contents),
})
export const safeStorage = new SafeStorage(app)
export {
  clipboard,
  Menu,
  Notification,
  nativeImage,
  net,
  powerMonitor,
  screen,
  shell,
  Tray,
  utilityProcess,
}

/** The whole of it, as tests are handed it. */
export const electron = {
  app,
  ipcMain,
  session,
  protocol,
  BrowserWindow,
  clipboard,
  Menu,
  Notification,
  nativeImage,
  net,
  powerMonitor,
  safeStorage,
  screen,
  shell,
  Tray,
  utilityProcess,
}

/** A signature of ours that Electron's own types would not take is an error of types. */
type Calls<Of, Names extends keyof Of> = {
  readonly [Name in Names]: Of[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : Of[Name]
}

electron satisfies {
  app: Calls<
    Electron.App,
    | 'whenReady'
    | 'isReady'
    | 'getVersion'
    | 'getAppPath'
    | 'setDesktopName'
    | 'requestSingleInstanceLock'
    | 'setAsDefaultProtocolClient'
    | 'quit'
    | 'exit'
    | 'isPackaged'
  >
  safeStorage: Calls<
    Electron.SafeStorage,
    | 'isAsyncEncryptionAvailable'
    | 'getSelectedStorageBackend'
    | 'encryptStringAsync'
    | 'decryptStringAsync'
  >
  clipboard: Calls<Electron.Clipboard, 'writeText' | 'readText'>
  shell: Calls<Electron.Shell, 'openExternal'>
  protocol: Calls<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>
}
Cookies.prototype satisfies Calls<Electron.Cookies, 'get' | 'remove' | 'flushStore'>
Session.prototype satisfies Calls<Electron.Session, 'clearStorageData'>

app.quitting = {
  async closeWindows() {
    const windows = BrowserWindow.getAllWindows()
    await Promise.all(
      windows.map((window) => {
        const closed = new Promise((resolve) => window.once('closed', resolve))
        window.close()
        return closed
      }),
    )
    return true
  },
  end: () => session.end(),
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
process.on('message', (question: Question) => {
  const { number, source, argument } = question
  // Like Playwright's `electronApplication.evaluate`: a function of the test, run in this process.
  const run = new Function('electron', 'argument', `return (${source})(electron, argument)`)
  Promise.resolve()
    .then(() => run(electron, argument))
    .then(
      (value) => tell({ event: 'answer', number, value }),
      (error) => tell({ event: 'answer', number, failure: String(error) }),
    )
})
if (process.send) process.once('disconnect', () => app.quit())
