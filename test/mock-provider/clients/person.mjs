import { parse } from 'node-html-parser'
import { Browser } from '../browser.ts'

/** Somebody with a browser, who does on the provider's pages what the test says. */
export class Person {
  /** @param {string} provider its origin */
  constructor(provider) {
    this.provider = provider
    this.startAnew()
  }

  /** Takes a new browser, without a cookie. */
  startAnew() {
    this.browser = new Browser(this.provider)
  }

  /**
   * Opens an address that an application sent them to.
   *
   * @param {string} url
   * @param {Record<string, string> | null} typed what they type or press on the page; null: they expect none
   * @returns the page on which the application is called back
   */
  async open(url, typed) {
    const page = await this.browser.get(url)
    return typed === null ? page : this.browser.submit(page, typed)
  }

  /** As {@link open}, and calls the application back, however the answer travels. */
  async openAndReturn(url, typed) {
    const page = await this.open(url, typed)
    const { to, fields } = callback(page)
    if (fields) await fetch(to, { method: 'POST', body: new URLSearchParams(fields) })
    else await fetch(to)
  }
}

/** Where a page sends the browser, with which fields when it posts them. */
export function callback(page) {
  if (page.status === 0) return { to: page.url.href }
  const html = parse(page.html)
  const to = html.querySelector('form')?.getAttribute('action')
  if (!to) throw new Error(`This page leads nowhere: ${html.querySelector('h1')?.text}`)
  const inputs = html.querySelectorAll('input[type=hidden]')
  return {
    to,
    fields: Object.fromEntries(
      inputs.map((input) => [input.getAttribute('name'), input.getAttribute('value')]),
    ),
  }
}
