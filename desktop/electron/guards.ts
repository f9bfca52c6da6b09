import { app, type Session, session } from 'electron'

/**
 * What no page may ever do here, whichever it is: open windows, go elsewhere, embed web views, ask
 * for a permission (Electron's security checklist nos. 5, 11, 13, 14). Before the first window.
 *
 * @param openInBrowser takes what a link with a new window led to; it decides by itself
 */
export function guardContents(openInBrowser: (url: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      openInBrowser(url)
      return { action: 'deny' }
    })
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}

/** The page needs no camera, no location, nothing. Once the app is ready. */
export function denyPermissions(of: Session = session.defaultSession): void {
  of.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  of.setPermissionCheckHandler(() => false)
}
