import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from './app.ts'
import { Chromium } from './cdp.ts'
import { Cookies } from './cookies.ts'
import { strictClass } from './strict.ts'

/** Of what a page may ask for, some that Electron and Chromium call by the same name. */
const PERMISSIONS = ['geolocation', 'midi', 'notifications'] as const

type Permission = (typeof PERMISSIONS)[number]
type RequestHandler = (
  contents: null,
  permission: Permission,
  decide: (granted: boolean) => void,
) => void
type CheckHandler = (contents: null, permission: Permission) => boolean

/** One Electron session is one Chromium process, with a profile that is kept or thrown away. */
export class Session {
  readonly cookies = new Cookies(() => this.chromium())
  readonly #folder: string
  readonly #kept: boolean
  readonly #origins = new Set<string>()
  #chromium: Promise<Chromium> | undefined
  #request: RequestHandler = (_contents, _permission, decide) => decide(true)
  #check: CheckHandler = () => true

  constructor(app: App, partition: string) {
    this.#kept = partition === '' || partition.startsWith('persist:')
    const name =
      partition === '' ? 'default' : encodeURIComponent(partition.slice('persist:'.length))
    this.#folder = this.#kept
      ? join(app.getPath('userData'), 'host-profiles', name)
      : mkdtempSync(join(tmpdir(), 'electron-host-session-'))
  }

  /** For the host. */
  chromium(): Promise<Chromium> {
    this.#chromium ??= Chromium.launch(this.#folder).then(async (chromium) => {
      await this.#grant(chromium)
      return chromium
    })
    return this.#chromium
  }

  /** For the host: a page of this origin was here, and may have stored something. */
  visited(origin: string): void {
    if (origin !== 'null') this.#origins.add(origin)
  }

  /** All kinds, of all origins that were visited since the app started. */
  async clearStorageData(): Promise<void> {
    const chromium = await this.chromium()
    await chromium.root.send('Storage.clearCookies')
    // Chromium clears by page; with none open, one that shows nothing will do.
    const { id, cdp } = await chromium.newPage()
    await cdp.send('Runtime.runIfWaitingForDebugger')
    for (const origin of this.#origins) {
      await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    }
    await chromium.root.send('Target.closeTarget', { targetId: id })
  }

  /** For the host. */
  async end(): Promise<void> {
    await (await this.#chromium)?.close()
    if (!this.#kept) rmSync(this.#folder, { recursive: true, force: true })
  }

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#request = handler
    void this.#chromium?.then((chromium) => this.#grant(chromium))
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#check = handler
    void this.#chromium?.then((chromium) => this.#grant(chromium))
  }

  /**
   * As Electron does, a page is granted what nobody denies it. Chromium has one answer where Electron
   * has two, to a page that looks and to one that asks: what either lets through is through.
   */
  async #grant(chromium: Chromium): Promise<void> {
    const permissions = PERMISSIONS.filter((permission) => {
      let granted = this.#check(null, permission)
      this.#request(null, permission, (decision) => {
        granted ||= decision
      })
      return granted
    })
    await chromium.root.send('Browser.grantPermissions', { permissions })
  }
}

strictClass('session', Session)

export class Sessions {
  readonly #app: App
  readonly #all = new Map<string, Session>()

  constructor(app: App) {
    this.#app = app
  }

  get defaultSession(): Session {
    return this.fromPartition('')
  }

  fromPartition(partition: string): Session {
    const session = this.#all.get(partition) ?? new Session(this.#app, partition)
    this.#all.set(partition, session)
    return session
  }

  /** For the host. */
  async end(): Promise<void> {
    await Promise.all([...this.#all.values()].map((session) => session.end()))
  }
}
