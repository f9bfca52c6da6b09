import type { BrowserLauncher, WayBack } from '../../client/ports.ts'
import type { SigningIn, Way } from '../ipc/view.ts'
import type { System } from './ports.ts'

export interface Ways {
  readonly loopback: BrowserLauncher
  readonly link: BrowserLauncher
}

/** What is said of a sign-in while it is under way. */
export type Waiting = Omit<SigningIn, 'at'>

const PREPARING: Waiting = { step: 'preparing', way: 'loopback', browser: 'not_opened' }

/**
 * Opens the browser, by the way back that the person chose, and keeps the address so that it can be
 * opened again or copied. A browser that doesn't open is not the end: the person can use the link.
 * A copied link leaves the clipboard with its sign-in, which ends after five minutes at the latest.
 */
export class WaysBack implements BrowserLauncher {
  readonly #ways: Ways
  readonly #system: System
  readonly #changed: () => void
  #prefers: Way = 'loopback'
  #waiting: Waiting = PREPARING
  #url: string | undefined
  #copied: Promise<string> | undefined

  /** @param ways made with a browser that is not opened by them: this class does it */
  constructor(ways: Ways, system: System, changed: () => void) {
    this.#ways = ways
    this.#system = system
    this.#changed = changed
  }

  get waiting(): Waiting {
    return this.#waiting
  }

  /** Before a sign-in. */
  prefer(way: Way): void {
    this.#prefers = way
    this.#say({ ...PREPARING, way })
  }

  async prepare(): Promise<WayBack> {
    if (this.#prefers === 'loopback') {
      try {
        return this.#watched('loopback', await this.#ways.loopback.prepare(), 'opened')
      } catch {
        // No port to be had at all, e.g. by a firewall's rule: the other way needs none.
      }
    }
    return this.#watched('link', await this.#ways.link.prepare(), 'opened')
  }

  async again(redirectUri: string): Promise<WayBack | undefined> {
    for (const way of ['link', 'loopback'] as const) {
      const back = await this.#ways[way].again?.(redirectUri)
      if (back) return this.#watched(way, back, 'earlier')
    }
    return undefined
  }

  /** Opens the browser once more, at the same address. */
  async openAgain(): Promise<void> {
    if (this.#url === undefined) return
    await this.#open(this.#url)
  }

  async copyLink(): Promise<void> {
    const url = this.#url
    if (url === undefined) return
    this.#copied = this.#system.copyText(url).then(() => url)
    await this.#copied
  }

  #watched(way: Way, back: WayBack, browser: 'opened' | 'earlier'): WayBack {
    return {
      redirectUri: back.redirectUri,
      open: async (url, judge, signal) => {
        this.#url = url
        this.#say({ step: 'in_browser', way, browser })
        if (browser === 'opened') void this.#open(url)
        try {
          return await back.open(url, judge, signal)
        } finally {
          this.#url = undefined
          void this.#forgetCopied()
          this.#say({ ...this.#waiting, step: 'finishing' })
        }
      },
      close: () => back.close(),
    }
  }

  async #open(url: string): Promise<void> {
    const opened = await this.#system.openInBrowser(url).then(
      () => true,
      () => false,
    )
    if (this.#url !== url) return
    this.#say({ ...this.#waiting, browser: opened ? 'opened' : 'not_opened' })
  }

  /** Looks into the clipboard only after it was used, and leaves there what is somebody else's by now. */
  async #forgetCopied(): Promise<void> {
    const copied = this.#copied
    this.#copied = undefined
    if (!copied) return
    try {
      const link = await copied
      if ((await this.#system.copiedText()) === link) await this.#system.copyText('')
    } catch {
      // The clipboard can't be reached. Its sign-in is over: whoever opens the link signs in for nobody.
    }
  }

  #say(waiting: Waiting): void {
    this.#waiting = waiting
    this.#changed()
  }
}
