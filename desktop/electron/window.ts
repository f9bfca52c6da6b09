import { BrowserWindow, screen, type WebContents } from 'electron'
import { VIEW_CHANNEL } from '../ipc/channels.ts'
import type { View } from '../ipc/view.ts'
import type { AppWindow } from '../main/ports.ts'
import { isVisible, type Place } from '../main/window-place.ts'

export interface WindowOptions {
  readonly preload: string
  readonly place: () => Place
  /** It was moved or resized, and is about to close. */
  readonly leaves: (place: Place) => void
  /** The person looks at it. */
  readonly used: () => void
}

/** The app's one window. */
export class ElectronWindow implements AppWindow {
  readonly #options: WindowOptions
  #window: BrowserWindow | undefined

  constructor(options: WindowOptions) {
    this.#options = options
  }

  /** Whether a message came from this window. */
  owns(contents: WebContents): boolean {
    return this.#window !== undefined && this.#window.webContents === contents
  }

  show(view: View): void {
    this.#window?.webContents.send(VIEW_CHANNEL, view)
  }

  reveal(): void {
    const window = this.#window ?? this.#open()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  #open(): BrowserWindow {
    const place = this.#options.place()
    const screens = screen.getAllDisplays().map(({ workArea }) => workArea)
    const { width, height } = place
    const window = new BrowserWindow({
      ...(isVisible(place, screens) ? place : { width, height }),
      minWidth: 420,
      minHeight: 400,
      show: false,
      title: 'Latchkey',
      autoHideMenuBar: true,
      webPreferences: {
        preload: this.#options.preload,
        // All of these are the defaults; stated, so that nobody has to know them.
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    })
    this.#window = window
    window.once('ready-to-show', () => window.show())
    window.on('focus', () => this.#options.used())
    window.on('close', () => this.#options.leaves(window.getNormalBounds()))
    window.on('closed', () => {
      this.#window = undefined
    })
    window.loadURL('app://bundle/index.html').catch(() => {
      // Closed before it was loaded.
    })
    return window
  }
}
