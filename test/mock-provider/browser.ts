import { parse } from 'node-html-parser'
import { Cookie, CookieJar } from 'tough-cookie'

/** Where a browser ended up. */
export interface Page {
  readonly url: URL
  readonly status: number
  readonly html: string
  readonly headers: Headers
}

/** What a person sees of one kind of element on a page; `undefined`: none is shown. */
export const shown = ({ html }: Page, selector: string): string | undefined =>
  parse(html)
    .querySelectorAll(selector)
    .find((element) => !element.hasAttribute('hidden'))
    ?.text.trim()

/** What went wrong, as the page says it. */
export const alertOf = (page: Page): string | undefined => shown(page, '[role=alert]')

/** A browser without a script: cookies, redirects and forms, and nothing outside one origin. */
export class Browser {
  readonly jar = new CookieJar()
  /** Every `Set-Cookie` that it was sent. */
  readonly setCookies: string[] = []
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  /** Closes the window and opens another: what was to live as long as the browser is gone. */
  async reopen(): Promise<void> {
    const { cookies } = await this.jar.serialize()
    await this.jar.removeAllCookies()
    for (const cookie of cookies) {
      if (cookie.expires !== undefined && cookie.expires !== 'Infinity') {
        await this.jar.setCookie(Cookie.fromJSON(cookie) ?? '', this.#origin)
      }
    }
  }

  get(url: string | URL): Promise<Page> {
    return this.#go(new URL(url), 'GET')
  }

  /** Posts the page's first form, with its hidden fields, and what a person typed or pressed. */
  submit(page: Page, typed: Record<string, string>): Promise<Page> {
    const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    return this.#go(page.url, 'POST', new URLSearchParams({ csrf_token, ...typed }))
  }

  /** Follows redirects, up to the first address that is another house's. */
  async #go(url: URL, method: string, form?: URLSearchParams): Promise<Page> {
    if (url.origin !== this.#origin) {
      return { url, status: 0, html: '', headers: new Headers() }
    }
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { cookie: await this.jar.getCookieString(url.href), accept: 'text/html' },
      ...(form && { body: form }),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      this.setCookies.push(cookie)
      await this.jar.setCookie(cookie, url.href)
    }
    const html = await answer.text()
    const location = answer.headers.get('location')
    if (location !== null) return this.#go(new URL(location, url), 'GET')
    return { url, status: answer.status, html, headers: answer.headers }
  }
}
