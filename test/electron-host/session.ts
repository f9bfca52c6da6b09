import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from './app.ts'
import { Chromium } from './cdp.ts'
import { Cookies } from './cookies.ts'
import { strictClass } from './strict.ts'

/** One Electron session is one Chromium process, with a profile that is kept or thrown away. */
export class Session {
  readonly cookies = new Cookies(() => this.chromium())
  readonly #folder: string
  readonly #kept: boolean
  readonly #origins = new Set<string>()
  #chromium: Promise<Chromium> | undefined

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
    this.#chromium ??= Chromium.launch(this.#folder)
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

  /** Headless Chromium denies everything already: what is asked for here can't be told apart. */
  setPermissionRequestHandler(_handler: unknown): void {}

  setPermissionCheckHandler(_handler: unknown): void {}
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
