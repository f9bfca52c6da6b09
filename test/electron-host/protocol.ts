import type { App } from './app.ts'

type Handler = (request: Request) => Response | Promise<Response>

/**
 * `protocol.handle`. Stock Chromium can't learn a scheme while it runs, so `app://bundle/x` is
 * `https://bundle.app.electron-host.invalid/x` there, and is called by its own name everywhere else.
 */
export class Schemes {
  readonly #app: App
  readonly #handlers = new Map<string, Handler>()
  #privileged: ReadonlySet<string> | undefined

  constructor(app: App) {
    this.#app = app
  }

  registerSchemesAsPrivileged(
    schemes: readonly { scheme: string; privileges?: { standard?: boolean } }[],
  ): void {
    if (this.#app.isReady()) {
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    }
    if (this.#privileged) throw new Error('Privileged schemes can be registered only once.')
    const standard = schemes.filter(({ privileges }) => privileges?.standard)
    this.#privileged = new Set(standard.map(({ scheme }) => scheme))
  }

  handle(scheme: string, handler: Handler): void {
    if (!this.#privileged?.has(scheme)) {
      throw new Error(`The Electron host handles standard schemes only: ${scheme} is none.`)
    }
    this.#handlers.set(scheme, handler)
  }

  toWeb(url: string): string {
    const [, scheme = '', host, rest] = /^([\w.+-]+):\/\/([^/]*)(.*)$/s.exec(url) ?? []
    return this.#handlers.has(scheme) ? `https://${host}.${scheme}${DOMAIN}${rest}` : url
  }

  /** The answer of the app to an address of its own; `undefined` for all others. */
  async answer(url: string, method: string): Promise<Response | undefined> {
    const own = fromWeb(url)
    const handler = own === url ? undefined : this.#handlers.get(own.split(':')[0] ?? '')
    return handler?.(new Request(own, { method }))
  }
}

const DOMAIN = '.electron-host.invalid'

export const fromWeb = (url: string): string =>
  url.replace(/^https:\/\/([^/]*)\.([\w-]+)\.electron-host\.invalid/, '$2://$1')

/** All addresses of such schemes. */
export const HANDLED = `https://*${DOMAIN}/*`

export function originOf(url: string): string {
  if (!URL.canParse(url)) return 'null'
  const { origin, protocol, host } = new URL(url)
  return origin === 'null' && host !== '' ? `${protocol}//${host}` : origin
}
