import type * as Electron from 'electron'
import type { Chromium, Protocol } from './cdp.ts'
import { strictClass } from './strict.ts'

type Stored = Protocol.Network.Cookie

/** The cookies of one session: real ones, in a real Chromium's jar. */
export class Cookies {
  readonly #chromium: () => Promise<Chromium>

  constructor(chromium: () => Promise<Chromium>) {
    this.#chromium = chromium
  }

  async get(filter: Electron.CookiesGetFilter): Promise<Electron.Cookie[]> {
    const { url, name, ...others } = filter
    if (Object.keys(others).length > 0) {
      throw new Error('The Electron host finds cookies by address and name only.')
    }
    return (await this.#find(url, name)).map(toElectron)
  }

  /** Those that would be sent to this very address; any other is left alone, and nothing says so. */
  async remove(url: string, name: string): Promise<void> {
    const { root } = await this.#chromium()
    const found = await this.#find(url, name)
    await root.send('Storage.setCookies', {
      cookies: found.map(({ domain, path, secure, httpOnly }) => ({
        name,
        value: '',
        domain,
        path,
        secure,
        httpOnly,
        // Long over: that is how a cookie is removed.
        expires: 1,
      })),
    })
  }

  /** Chromium can't be asked to write now. It does so by itself, within half a minute and at its end. */
  async flushStore(): Promise<void> {}

  async #find(url: string | undefined, name: string | undefined): Promise<Stored[]> {
    const { root } = await this.#chromium()
    const { cookies } = await root.send('Storage.getCookies')
    return cookies.filter(
      (cookie) =>
        (name === undefined || cookie.name === name) &&
        (url === undefined || wouldBeSent(cookie, new URL(url))),
    )
  }
}

strictClass('session.cookies', Cookies)

/** RFC 6265 §5.1.3, §5.1.4 and §5.4. */
function wouldBeSent({ domain, path, secure }: Stored, url: URL): boolean {
  const host = domain.startsWith('.')
    ? `.${url.hostname}`.endsWith(domain)
    : url.hostname === domain
  const below = path.endsWith('/') ? path : `${path}/`
  return (
    host &&
    (url.pathname === path || url.pathname.startsWith(below)) &&
    (!secure || url.protocol === 'https:' || LOOPBACK.includes(url.hostname))
  )
}

/** Chromium trusts these without TLS. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const SAME_SITE = { Strict: 'strict', Lax: 'lax', None: 'no_restriction' } as const

const toElectron = (cookie: Stored): Electron.Cookie => ({
  name: cookie.name,
  value: cookie.value,
  domain: cookie.domain,
  hostOnly: !cookie.domain.startsWith('.'),
  path: cookie.path,
  secure: cookie.secure,
  httpOnly: cookie.httpOnly,
  session: cookie.session,
  sameSite: cookie.sameSite ? SAME_SITE[cookie.sameSite] : 'unspecified',
  ...(cookie.session ? {} : { expirationDate: cookie.expires }),
})
