import { app, type Session, session, type WebContents } from 'electron'

export interface Guard {
  /** Takes what a link with a new window led to. */
  popup(url: string): void
  /** Whether a page may go there by itself. The app's own goes nowhere. */
  mayGo(contents: WebContents, url: string): boolean
}

/**
 * What no page may ever do here, whichever it is: open windows, go elsewhere, embed web views, ask
 * for a permission (Electron's security checklist nos. 5, 11, 13, 14). Before the first window.
 */
export function guardContents({ popup, mayGo }: Guard): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      popup(url)
      return { action: 'deny' }
    })
    const stay = (event: { readonly url: string; preventDefault(): void }) => {
      if (!mayGo(contents, event.url)) event.preventDefault()
    }
    contents.on('will-navigate', stay)
    contents.on('will-redirect', stay)
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}

/** The page needs no camera, no location, nothing. Once the app is ready. */
export function denyPermissions(of: Session = session.defaultSession): void {
  of.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  of.setPermissionCheckHandler(() => false)
}
