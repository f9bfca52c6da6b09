import { app } from 'electron'
import { DESKTOP_NAME } from '../main/private-link.ts'

/**
 * Makes this process the only one of its kind.
 *
 * @param again a later one was started, with these arguments, and has ended already
 * @returns `false` when there is an older one, which has been told: end then
 */
export function becomeOnly(again: (args: readonly string[]) => void): boolean {
  if (process.platform === 'linux') app.setDesktopName(DESKTOP_NAME)
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', (_event, args) => again(args))
  // macOS hands over links without a second process.
  app.on('open-url', (event, link) => {
    event.preventDefault()
    again([link])
  })
  return true
}

/** Registers this program for its own kind of link. @returns whether the system took it */
export function claimScheme(scheme: string): boolean {
  // Unpackaged on Windows the system needs to be told the folder to start as well.
  if (process.defaultApp && process.platform === 'win32') {
    return app.setAsDefaultProtocolClient(scheme, process.execPath, [app.getAppPath()])
  }
  return app.setAsDefaultProtocolClient(scheme)
}

/** All windows are closed: the tray stays, where there is one. */
export function onAllWindowsClosed(stay: () => boolean): void {
  app.on('window-all-closed', () => {
    if (!stay()) app.quit()
  })
}

/** macOS: the person clicked the app's icon. */
export function onActivate(listener: () => void): void {
  app.on('activate', listener)
}
