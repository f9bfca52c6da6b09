import { protocol } from 'electron'
import type { Bundle } from '../main/bundle.ts'

/**
 * `app://bundle/`, from which the window's page comes: unlike `file://` an origin of its own, with
 * headers. Once, and before the app is ready.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the page's files and nothing else. */
export function serveAppScheme(bundle: Bundle): void {
  protocol.handle('app', (request) => {
    const { status, headers, body } = bundle.answer(request.method, request.url)
    return new Response(body, { status, headers })
  })
}
