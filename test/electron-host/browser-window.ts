import { EventEmitter } from 'node:events'
import type { App } from './app.ts'
import { HostedEvent } from './event.ts'
import type { Sessions } from './session.ts'
import { strictClass } from './strict.ts'
import { type Around, WebContents } from './web-contents.ts'

interface Options {
  readonly show?: boolean
  readonly title?: string
  readonly x?: number
  readonly y?: number
  readonly width?: number
  readonly height?: number
  readonly minWidth?: number
  readonly minHeight?: number
  readonly autoHideMenuBar?: boolean
  readonly webPreferences?: Preferences
}

interface Preferences {
  readonly preload?: string
  readonly partition?: string
  readonly sandbox?: boolean
  readonly contextIsolation?: boolean
  readonly nodeIntegration?: boolean
  readonly webSecurity?: boolean
  readonly spellcheck?: boolean
}

/** The switches of a page that the host has, each in the one position that it can be in here. */
const POSITIONS: Readonly<Record<string, boolean | undefined>> = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webSecurity: true,
  spellcheck: false,
}

/** To pass over an option in silence would be to say that a window with it was tested. */
function insistOnPositions({ preload, partition, ...switches }: Preferences): void {
  for (const [name, wanted] of Object.entries(switches)) {
    if (POSITIONS[name] === wanted) continue
    throw new Error(`The Electron host has no window with ${name}: ${wanted}.`)
  }
}

interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The class of windows of one app. There may be no display: what would be seen on one is mostly noted. */
export function browserWindows(app: App, sessions: Sessions, around: Around) {
  const all = new Set<BrowserWindow>()

  class BrowserWindow extends EventEmitter {
    readonly webContents: WebContents
    readonly #bounds: Bounds
    #title: string
    #visible: boolean
    #focused = false
    #minimized = false
    #destroyed = false

    static getAllWindows(): BrowserWindow[] {
      return [...all]
    }

    constructor(options: Options = {}) {
      super()
      if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
      const { webPreferences = {} } = options
      insistOnPositions(webPreferences)
      const { preload, partition = '' } = webPreferences
      const { x = 0, y = 0, width = 800, height = 600 } = options
      this.#bounds = { x, y, width, height }
      const frame = { left: x, top: y, width, height }
      this.#visible = options.show !== false
      this.#title = options.title ?? app.name
      this.webContents = new WebContents(sessions.fromPartition(partition), preload, frame, around)
      all.add(this)
      this.webContents.on('page-title-updated', (event: HostedEvent, title: string) => {
        this.emit('page-title-updated', event, title, true)
        if (!event.defaultPrevented) this.#title = title
      })
      this.webContents.once('did-finish-load', () => this.emit('ready-to-show'))
      this.webContents.once('destroyed', () => {
        this.#destroyed = true
        all.delete(this)
        this.emit('closed')
        if (all.size === 0) app.windowsClosed()
      })
    }

    loadURL(url: string): Promise<void> {
      return this.webContents.loadURL(url)
    }

    getTitle(): string {
      return this.#title
    }

    show(): void {
      this.#visible = true
      this.emit('show')
    }

    focus(): void {
      if (this.#focused) return
      for (const other of all) other.blur()
      this.#focused = true
      void this.webContents.reveal()
      this.emit('focus')
    }

    blur(): void {
      this.#focused = false
    }

    minimize(): void {
      this.#minimized = true
      this.#focused = false
    }

    restore(): void {
      this.#minimized = false
    }

    isMinimized(): boolean {
      return this.#minimized
    }

    isVisible(): boolean {
      return this.#visible
    }

    isFocused(): boolean {
      return this.#focused
    }

    isDestroyed(): boolean {
      return this.#destroyed
    }

    getNormalBounds(): Bounds {
      return this.#bounds
    }

    close(): void {
      const event = new HostedEvent()
      this.emit('close', event)
      if (!event.defaultPrevented) this.destroy()
    }

    destroy(): void {
      void this.webContents.close()
    }
  }

  strictClass('BrowserWindow', BrowserWindow)
  return BrowserWindow
}
