import type { SecretStore } from '../../client/ports.ts'
import type { Kept, View } from '../ipc/view.ts'

/** What the app needs of the runtime around it. `desktop/electron/` brings it; tests play it. */

/** The operating system's part. */
export interface System {
  /** Opens an address in the system browser; rejects when none opens. */
  openInBrowser(url: string): Promise<void>
  copyText(text: string): Promise<void>
  /** What the clipboard holds, for asking whether that is still what was copied. */
  copiedText(): Promise<string>
}

/** The app's window. */
export interface AppWindow {
  /** Draws it; a window that is closed draws when it is opened again. */
  show(view: View): void
  /** To the front, opened if it was closed. */
  reveal(): void
}

export interface Notice {
  readonly title: string
  readonly body: string
}

/** The desktop's notifications. */
export type Notify = (notice: Notice) => void

/** The secret entry, and how well it is kept. */
export interface KeptSecrets extends SecretStore {
  readonly kept: Kept | undefined
  /** Finds out where things can be kept; to be called before the first use. */
  open(): Promise<void>
  /** Looks again; what is in memory by then is kept from then on. */
  tryAgain(): Promise<void>
  /** Hears of every change of {@link KeptSecrets.kept}. */
  onChange(listener: () => void): void
}

/** A process of ours that may hang or crash without harm. */
export interface Helper {
  send(message: unknown): void
  /** At once, whatever it is doing. */
  kill(): void
}

export type StartHelper = (listener: { heard(message: unknown): void; ended(): void }) => Helper
