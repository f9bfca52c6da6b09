import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { strict, strictClass } from './strict.ts'

/** On Linux Electron runs the desktop's own tool to open an address, and so does this. */
export const shell = strict('shell', {
  openExternal: (url: string) =>
    new Promise<void>((resolve, reject) => {
      const child = spawn('xdg-open', [url], { stdio: 'ignore', detached: true })
      child.once('error', reject)
      child.once('spawn', () => {
        child.unref()
        resolve()
      })
    }),
})

let copied = ''

export const clipboard = strict('clipboard', {
  async writeText(text: string): Promise<void> {
    copied = text
  },
  readText: async () => copied,
})

export const powerMonitor = strict('powerMonitor', new EventEmitter())

export const screen = strict('screen', {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1_280, height: 800 } }],
})

/** Node's fetch: another network than Chromium's, with the same meaning for what is asked here. */
export const net = strict('net', {
  fetch: (request: Request) => fetch(request),
})

/** An icon that no desktop shows. What it says can be read. */
export class Tray extends EventEmitter {
  static readonly all: Tray[] = []
  tooltip = ''
  menu: Menu | undefined

  constructor(_image: unknown) {
    super()
    Tray.all.push(this)
  }

  setToolTip(text: string): void {
    this.tooltip = text
  }

  setContextMenu(menu: Menu): void {
    this.menu = menu
  }
}

strictClass('Tray', Tray)

interface MenuItem {
  readonly label?: string
  readonly click?: () => void
  readonly submenu?: Menu | readonly MenuItem[]
}

/** A menu that no desktop shows. What is in it can be clicked. */
export class Menu {
  static #ofApp: Menu | null = null
  readonly items: readonly MenuItem[]

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#ofApp = menu
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#ofApp
  }

  static buildFromTemplate(template: readonly MenuItem[]): Menu {
    return new Menu(template)
  }

  private constructor(items: readonly MenuItem[]) {
    this.items = items.map(({ submenu, ...item }) => ({
      ...item,
      ...(submenu && { submenu: submenu instanceof Menu ? submenu : new Menu(submenu) }),
    }))
  }
}

export const nativeImage = strict('nativeImage', {
  createFromPath: (path: string) => {
    // Electron makes an empty image of a file that isn't there, and nobody sees the icon.
    if (!existsSync(path)) throw new Error(`There is no image at ${path}.`)
    return { path }
  },
})

export class Notification extends EventEmitter {
  readonly title: string
  readonly body: string

  static isSupported(): boolean {
    return true
  }

  constructor({ title = '', body = '' }: { title?: string; body?: string }) {
    super()
    this.title = title
    this.body = body
  }

  /** No desktop shows it. */
  show(): void {
    this.emit('show')
  }
}

strictClass('Notification', Notification)
