import { app, Menu, nativeImage, Tray } from 'electron'
import type { TrayMenu } from '../main/tray-menu.ts'

export interface TrayActions {
  readonly open: () => void
  readonly signIn: () => void
  readonly cancel: () => void
  readonly signOut: () => void
}

const LABELS = {
  sign_in: ['Sign in', 'signIn'],
  cancel: ['Cancel signing in', 'cancel'],
  sign_out: ['Sign out', 'signOut'],
} as const satisfies Record<
  Exclude<TrayMenu['offers'], 'none'>,
  readonly [string, keyof TrayActions]
>

/** The icon in the tray. Closing the window ends the app all the same: nothing runs on unseen. */
export class ElectronTray {
  readonly #tray: Tray
  readonly #actions: TrayActions
  #shown = ''

  /** @param icon path of a PNG */
  constructor(icon: string, actions: TrayActions) {
    this.#tray = new Tray(nativeImage.createFromPath(icon))
    this.#actions = actions
    this.#tray.on('click', actions.open)
  }

  show(menu: TrayMenu): void {
    const text = JSON.stringify(menu)
    if (text === this.#shown) return
    this.#shown = text
    this.#tray.setToolTip(menu.tooltip)
    const offer = menu.offers === 'none' ? undefined : LABELS[menu.offers]
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: menu.standing, enabled: false },
        { type: 'separator' },
        { label: 'Open Latchkey', click: this.#actions.open },
        ...(offer ? [{ label: offer[0], click: this.#actions[offer[1]] }] : []),
        { type: 'separator' },
        { label: 'Quit', click: () => app.quit() },
      ]),
    )
  }
}
