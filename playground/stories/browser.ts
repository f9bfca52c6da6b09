import { type HTMLElement, parse } from 'node-html-parser'
import { CookieJar } from 'tough-cookie'

/** Longer chains of redirects than this are a loop. */
const MOST_REDIRECTS = 20

/** One answer on the way: where, and what. Without the query, which may hold a code. */
export interface Visit {
  readonly address: string
  readonly status: number
  /** The `error` parameter that the address carried, if any: what a provider answers to a probe. */
  readonly error: string | undefined
}

/**
 * A browser as far as signing in needs one: a cookie jar, redirects, forms. No script and no display,
 * so that the story runs anywhere; the tests also drive real ones.
 */
export class ScriptedBrowser {
  readonly #jar = new CookieJar()
  #visits: Visit[] = []

  /** Every answer since the last {@link ScriptedBrowser.forgetVisits}, in order. */
  get visits(): readonly Visit[] {
    return this.#visits
  }

  forgetVisits(): void {
    this.#visits = []
  }

  /** Names of the cookies that would be sent to an address. */
  async cookieNames(address: string): Promise<readonly string[]> {
    return (await this.#jar.getCookies(address)).map(({ key }) => key)
  }

  open(address: string): Promise<BrowserPage> {
    return this.#go(address, { method: 'GET' })
  }

  async #go(address: string, init: RequestInit, redirects = 0): Promise<BrowserPage> {
    if (redirects > MOST_REDIRECTS)
      throw new Error(`Too many redirects, the last to ${bare(address)}.`)
    const answer = await fetch(address, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: await this.#jar.getCookieString(address),
        ...(init.headers as Record<string, string> | undefined),
      },
    })
    for (const cookie of answer.headers.getSetCookie()) await this.#jar.setCookie(cookie, address)
    const error = new URL(address).searchParams.get('error') ?? undefined
    this.#visits.push({ address: bare(address), status: answer.status, error })
    const location = answer.headers.get('location')
    if (location !== null && answer.status >= 300 && answer.status < 400) {
      await answer.body?.cancel()
      return this.#go(new URL(location, address).href, { method: 'GET' }, redirects + 1)
    }
    const root = parse(await answer.text())
    return new BrowserPage(address, answer.status, root, (url, request) => this.#go(url, request))
  }
}

type Go = (address: string, init: RequestInit) => Promise<BrowserPage>

/** A page that the person looks at. */
export class BrowserPage {
  readonly address: string
  readonly status: number
  readonly #root: HTMLElement
  readonly #go: Go

  constructor(address: string, status: number, root: HTMLElement, go: Go) {
    this.address = address
    this.status = status
    this.#root = root
    this.#go = go
  }

  /** The text that the person reads, on one line. */
  get text(): string {
    const main = this.#root.querySelector('main') ?? this.#root.querySelector('body') ?? this.#root
    return main.textContent.replace(/\s+/g, ' ').trim()
  }

  /** Whether the page asks for a password. */
  get asksForPassword(): boolean {
    return this.#root.querySelector('input[type=password]') !== null
  }

  /** What the buttons say. */
  get buttons(): readonly string[] {
    return this.#root.querySelectorAll('button').map((button) => button.textContent.trim())
  }

  /** Types into fields (by their type or name) and presses the button that says `label`. */
  async submit(
    label: string | RegExp,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<BrowserPage> {
    const button = this.#root
      .querySelectorAll('button')
      .find(({ textContent }) =>
        typeof label === 'string' ? textContent.trim() === label : label.test(textContent),
      )
    const form = button?.closest('form')
    if (!button || !form)
      throw new Error(`The page at ${bare(this.address)} has no button "${label}".`)
    const data = new URLSearchParams()
    for (const input of form.querySelectorAll('input')) {
      const name = input.getAttribute('name')
      if (!name) continue
      const type = input.getAttribute('type') ?? 'text'
      if (type === 'checkbox') continue
      data.set(name, fields[type] ?? fields[name] ?? input.getAttribute('value') ?? '')
    }
    const name = button.getAttribute('name')
    if (name) data.set(name, button.getAttribute('value') ?? '')
    const action = button.getAttribute('formaction') ?? form.getAttribute('action') ?? ''
    const target = new URL(action, this.address)
    if ((form.getAttribute('method') ?? 'get').toLowerCase() === 'get') {
      target.search = data.toString()
      return this.#go(target.href, { method: 'GET' })
    }
    return this.#go(target.href, {
      method: 'POST',
      body: data.toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(this.address).origin,
        'sec-fetch-site': 'same-origin',
      },
    })
  }
}

const bare = (address: string): string => address.split(/[?#]/, 1)[0] ?? address
