import type { BrowserLauncher, CallbackVerdict, WayBack } from '../../client/ports.ts'
import { type Duration, MINUTE } from '../../clock/moment.ts'

/** The app's own kind of link: a reversed domain, as RFC 8252 §7.1 asks. */
export const PRIVATE_SCHEME = 'dev.latchkey.app'

/**
 * As the `.desktop` file is called that opens such links on Linux: a reverse domain without a hyphen, or
 * `xdg-settings` takes over the person's browser (electron/electron#20382).
 */
export const DESKTOP_NAME = `${PRIVATE_SCHEME}.desktop`

const REDIRECT_URI = `${PRIVATE_SCHEME}:/callback`

/** No answer of the site is longer by far. */
const LONGEST_LINK = 4_096

/** How long a person may take, as for the loopback receiver. */
const PATIENCE: Duration = 5 * MINUTE

/**
 * The link among the arguments of a start. All of them are looked at: runtimes move switches about
 * (electron/electron#20322), and desktops add their own. Two links are nobody's answer.
 */
export function findPrivateLink(args: readonly string[]): string | undefined {
  const [link, ...more] = args.filter((arg) => arg.toLowerCase().startsWith(`${PRIVATE_SCHEME}:`))
  return link !== undefined && more.length === 0 && link.length <= LONGEST_LINK ? link : undefined
}

type Receive = (link: string) => CallbackVerdict

/**
 * The second way back: the browser opens a link of ours, and the system hands it to the app. Any
 * program may claim such a link, so what comes is judged like anything else, and PKCE and the device
 * key make a stolen code worthless. Opens no browser itself.
 */
export class PrivateLinks implements BrowserLauncher {
  readonly #patience: Duration
  #receive: Receive | undefined

  constructor(patience: Duration = PATIENCE) {
    this.#patience = patience
  }

  async prepare(): Promise<WayBack> {
    return this.#wayBack
  }

  async again(redirectUri: string): Promise<WayBack | undefined> {
    return redirectUri === REDIRECT_URI ? this.#wayBack : undefined
  }

  /** @returns whether a sign-in waits by this way; whether the link is its answer is judged there */
  deliver(link: string): boolean {
    if (!this.#receive) return false
    this.#receive(link)
    return true
  }

  get #wayBack(): WayBack {
    return {
      redirectUri: REDIRECT_URI,
      open: (_url, judge, signal) => this.#wait(judge, signal),
      close: async () => {},
    }
  }

  #wait(judge: Receive, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => finish(() => reject(new Error('Nobody came back from the browser: sign in again.'))),
        this.#patience,
      )
      const stop = () => finish(() => reject(signal.reason))
      const finish = (how: () => void) => {
        clearTimeout(late)
        signal.removeEventListener('abort', stop)
        this.#receive = undefined
        how()
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      this.#receive = (link) => {
        const verdict = judge(link)
        if (verdict.kind !== 'foreign') finish(() => resolve(link))
        return verdict
      }
    })
  }
}
