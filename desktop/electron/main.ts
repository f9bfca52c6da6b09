import { hostname } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { app } from 'electron'
import { SystemClock, VirtualClock } from '../../clock/clock.ts'
import { followClock } from '../../clock/follow.ts'
import { serveCommands } from '../ipc/serve.ts'
import { Bundle } from '../main/bundle.ts'
import { Desktop } from '../main/desktop.ts'
import { lineLog } from '../main/log.ts'
import { mayOpen } from '../main/may-open.ts'
import { PRIVATE_SCHEME } from '../main/private-link.ts'
import { readSettings, type Settings, SettingsError } from '../main/settings.ts'
import { VaultSecrets } from '../main/storage/kept-secrets.ts'
import { whereNote } from '../main/storage/kept-where.ts'
import { Keychain } from '../main/storage/keychain.ts'
import { MovingVault } from '../main/storage/moving-vault.ts'
import { SafeStorage } from '../main/storage/safe-storage.ts'
import { askPlayground, slowed } from '../main/storage/slowed.ts'
import type { Vault } from '../main/storage/vault.ts'
import { trayMenuOf } from '../main/tray-menu.ts'
import { readPlace, writePlace } from '../main/window-place.ts'
import { becomeOnly, claimScheme, onActivate, onAllWindowsClosed } from './app.ts'
import { electronEmbedded, embeddedSession, isEmbedded } from './embedded-window.ts'
import { denyPermissions, guardContents } from './guards.ts'
import { electronHelper } from './helper.ts'
import { electronChannels } from './ipc.ts'
import { setMenu } from './menu.ts'
import { electronHttp } from './net.ts'
import { electronNotify } from './notifications.ts'
import { onWake } from './power.ts'
import { electronEncryption } from './safe-storage.ts'
import { registerAppScheme, serveAppScheme } from './scheme.ts'
import { electronSystem } from './shell.ts'
import { ElectronTray } from './tray.ts'
import { ElectronWindow } from './window.ts'

/** Where the bundles lie: this one, the preload's, the helper's and the page's. */
const FOLDER = fileURLToPath(new URL('.', import.meta.url))

const clock = new VirtualClock(new SystemClock())
const log = lineLog(clock, (line) => process.stderr.write(line))

/** Starts that came before this one was ready for them. */
const early: (readonly string[])[] = []
let desktop: Desktop | undefined

function startedAgain(args: readonly string[]): void {
  if (desktop) void desktop.startedAgain(args)
  else early.push(args)
}

async function start(settings: Settings): Promise<void> {
  denyPermissions()
  if (settings.embedded) denyPermissions(embeddedSession())
  serveAppScheme(new Bundle(join(FOLDER, 'renderer')))
  if (!claimScheme(PRIVATE_SCHEME)) log('warn', 'scheme_not_claimed')
  const placeFile = join(app.getPath('userData'), 'window.json')
  const window = new ElectronWindow({
    preload: join(FOLDER, 'preload.cjs'),
    place: () => readPlace(placeFile),
    leaves: (place) => writePlace(placeFile, place),
    used: () => void desktop?.used(),
  })
  const tray = new ElectronTray(join(FOLDER, 'tray.png'), {
    open: () => window.reveal(),
    signIn: () => void desktop?.commands.signIn('loopback'),
    cancel: () => void desktop?.commands.cancelSignIn(),
    signOut: () => void desktop?.commands.signOut(),
  })
  const running = new Desktop({
    settings,
    device: {
      name: hostname() || 'This computer',
      platform: PLATFORMS[process.platform] ?? 'linux',
    },
    about: { version: app.getVersion(), runtime: `Electron ${process.versions.electron}` },
    secrets: new VaultSecrets(vaultOf(settings), settings.keepIn, log),
    http: electronHttp,
    clock,
    ahead: () => (settings.clockUrl === undefined ? undefined : clock.offset),
    log,
    system: electronSystem((url) => mayOpen(url, settings.site)),
    window: {
      show(view) {
        window.show(view)
        tray.show(trayMenuOf(view))
      },
      reveal: () => window.reveal(),
    },
    notify: electronNotify(() => window.reveal()),
    embedded: electronEmbedded,
  })
  desktop = running
  serveCommands(
    electronChannels((contents) => window.owns(contents)),
    running.commands,
    log,
  )
  setMenu(settings.embedded && (() => void running.demonstrate()))
  onWake(() => running.woke())
  onActivate(() => window.reveal())
  if (settings.clockUrl !== undefined) await follow(settings.clockUrl, running)
  window.reveal()
  await running.start(process.argv)
  for (const args of early) await running.startedAgain(args)
}

/** Where the sign-in is kept, by the setting: never in both. */
const vaultOf = ({ keepIn, site, clockUrl }: Settings): Vault => {
  const helper = electronHelper(join(FOLDER, 'keychain-helper.mjs'))
  const inUserData = (name: string) => join(app.getPath('userData'), name)
  const vaults = {
    keychain: new Keychain(
      clockUrl === undefined ? helper : slowed(helper, askPlayground(clockUrl)),
      site,
    ),
    safe_storage: new SafeStorage(electronEncryption, inUserData('sign-in.json')),
  }
  return new MovingVault(vaults, keepIn, whereNote(inUserData('kept-where.json')), log)
}

/** In a playground time is what QA says it is. A clock that is away is no reason not to start. */
async function follow(hub: string, running: Desktop): Promise<void> {
  const shifted = {
    setOffset(offset: number) {
      clock.setOffset(offset)
      running.draw()
    },
  }
  try {
    await followClock({
      hub,
      clock: shifted,
      atRest: () => running.timePassed(),
      onReset() {
        clock.reset()
        running.worldBeganAnew()
      },
      signal: new AbortController().signal,
    })
  } catch {
    log('warn', 'clock_not_followed', { hub })
  }
}

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macos',
  win32: 'windows',
  linux: 'linux',
}

function main(): void {
  registerAppScheme()
  if (!becomeOnly(startedAgain)) {
    app.quit()
    return
  }
  onAllWindowsClosed(() => process.platform === 'darwin')
  const settings = readSettings(process.env, app.isPackaged)
  guardContents({
    popup: (url) => log('warn', 'window_denied', { scheme: schemeOf(url) }),
    mayGo: (contents, url) =>
      settings.embedded !== undefined &&
      isEmbedded(contents) &&
      originOf(url) === originOf(settings.embedded.issuer),
  })
  // Never awaited at the top of an ES module: Electron is ready only after this file has run.
  app
    .whenReady()
    .then(() => start(settings))
    .catch((error: unknown) => {
      log('error', 'start_failed', { error: error instanceof Error ? error.message : 'unknown' })
    })
}

const originOf = (url: string): string | undefined =>
  URL.canParse(url) ? new URL(url).origin : undefined

const schemeOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : 'none')

try {
  main()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  process.stderr.write(`${error.message}\n`)
  app.exit(1)
}
