import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PASSWORD } from '../../people.ts'
import type { Addresses } from '../../world.ts'
import { type BrowserPage, ScriptedBrowser } from '../browser.ts'
import { prove } from '../prove.ts'
import { presentCopied } from '../thief.ts'
import { StoryDevice } from './device-handle.ts'

/** What the person does once the browser has opened the sign-in. */
export interface Visitor {
  readonly email: string
  /** The account to choose, for people who have several. */
  readonly account?: string
}

/** Everything that the story plays with. */
export class Stage {
  readonly addresses: Addresses
  /** The person's browser: one cookie jar for the whole story. */
  readonly browser = new ScriptedBrowser()
  readonly #folder: string
  readonly #adminKey: string
  readonly #devices: StoryDevice[] = []
  /** Who sits at the screen; set before a device is asked to sign in. */
  visitor: Visitor = { email: '' }
  /** What the person saw last, for the steps to prove things by. */
  askedForPassword = false
  chose: string | undefined

  /** @param adminKey the site's: what the billing system calls it with */
  constructor(addresses: Addresses, folder: string, adminKey: string) {
    this.addresses = addresses
    this.#adminKey = adminKey
    this.#folder = folder
  }

  get hello(): string {
    return `${this.addresses.service}/hello`
  }

  /** Moves everyone's clock; resolves when all that was due has happened. */
  async advance(by: string): Promise<void> {
    const answer = await fetch(`${this.addresses.console}/clock/advance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by }),
    })
    prove(answer.ok, `the clock moves by ${by}`)
    await answer.body?.cancel()
  }

  /** The billing system's word: the period under way was paid. */
  async pay(accountId: string, plan: string): Promise<void> {
    const url = `${this.addresses.site}/admin/accounts/${accountId}/subscription/paid`
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#adminKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ plan }),
    })
    prove(answer.ok, `the site takes the word that ${plan} was paid (${answer.status})`)
    await answer.body?.cancel()
  }

  async device(name: string): Promise<StoryDevice> {
    const device = new StoryDevice({
      name,
      program: fileURLToPath(new URL('story-device.mjs', import.meta.url)),
      site: this.addresses.site,
      service: this.addresses.service,
      clock: this.addresses.console,
      secretFile: join(this.#folder, `${this.#devices.length}-${name}`, 'secret.json'),
      browse: (url) => this.#browse(url),
    })
    this.#devices.push(device)
    await device.boot()
    return device
  }

  async end(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.end()))
  }

  /** Presents a copied refresh token together with a key of the thief's own. */
  present(refreshToken: string): Promise<{ status: number; reason: unknown }> {
    return presentCopied(this.addresses.site, refreshToken)
  }

  async #browse(url: string): Promise<void> {
    this.askedForPassword = false
    this.chose = undefined
    this.browser.forgetVisits()
    let page = await this.browser.open(url)
    if (page.asksForPassword) {
      this.askedForPassword = true
      page = await this.#signIn(page)
    }
    if (page.address.startsWith(`${this.addresses.site}/signin/choose`)) {
      const { account } = this.visitor
      prove(account !== undefined, `${this.visitor.email} is not asked to choose`)
      page = await page.submit(account)
      this.chose = account
    }
    prove(
      new URL(page.address).pathname === '/callback',
      `the browser comes back to the app, and not to "${page.text}" (${page.status})`,
    )
  }

  #signIn(page: BrowserPage): Promise<BrowserPage> {
    const { email } = this.visitor
    return page.submit('Sign in', { email, password: PASSWORD })
  }
}
