import { readFileSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Credentials } from '../../../mock-provider/certificates/authority.ts'

const require = createRequire(import.meta.url)
const library = dirname(require.resolve('@azure/msal-browser'))
const script = (path: string): string => readFileSync(join(library, path), 'utf8')

/** What the page gives MSAL. */
export interface PageSettings {
  readonly clientId: string
  readonly authority: string
  readonly knownAuthorities: readonly string[]
}

export interface ServedPage {
  readonly url: string
  /** Before the page is opened; one at https shows these credentials. */
  configure(settings: PageSettings, credentials: Credentials): void
  close(): void
}

/**
 * A page that signs people in with MSAL for the browser, as its documentation shows it: `msal` is the
 * client, and `returned` how the person came back from the provider.
 */
export async function servePage(scheme: 'http' | 'https'): Promise<ServedPage> {
  let settings: PageSettings | undefined
  const files: Readonly<Record<string, () => readonly [type: string, content: string]>> = {
    '/': () => ['text/html', page(settings)],
    '/msal.js': () => ['text/javascript', script('msal-browser.min.js')],
    // Where the hidden frame of ssoSilent ends: it tells the page what it was called with.
    '/redirect.html': () => ['text/html', bridge],
    '/bridge.js': () => ['text/javascript', script('redirect-bridge/msal-redirect-bridge.min.js')],
  }
  const secure = createHttpsServer()
  const server: HttpServer = scheme === 'https' ? secure : createServer()
  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    const [type, content] = files[pathname]?.() ?? ['text/plain', '']
    response.writeHead(content === '' ? 404 : 200, { 'content-type': type }).end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${scheme}://localhost:${port}/`,
    configure(to, credentials) {
      settings = to
      secure.setSecureContext(credentials)
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const page = (settings: PageSettings | undefined): string => `<!doctype html>
<title>A page with MSAL</title>
<link rel="icon" href="data:,">
<script src="/msal.js"></script>
<script>
  const client = new msal.PublicClientApplication({
    auth: { ...${JSON.stringify(settings)}, redirectUri: location.origin + '/', postLogoutRedirectUri: location.origin + '/' },
    cache: { cacheLocation: 'localStorage' },
  })
  const inWords = ({ errorCode, message }) => ({ error: errorCode, message })
  const told = ({ account, fromCache, accessToken, idToken }) =>
    ({ homeAccountId: account.homeAccountId, fromCache, accessToken, idToken, tfp: account.idTokenClaims.tfp })
  const attempt = (promise) => promise.then((result) => result && told(result), inWords)
  const returned = client.initialize().then(() => attempt(client.handleRedirectPromise()))
</script>`

const bridge = `<!doctype html>
<script src="/bridge.js"></script>
<script>msalRedirectBridge.broadcastResponseToMainFrame()</script>`
