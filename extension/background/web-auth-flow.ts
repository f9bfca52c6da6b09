import type { BrowserLauncher } from '../../client/ports.ts'
import { REDIRECT_PATH } from '../identity.ts'
import { browser } from '../platform.ts'

export const redirectUri = (): string => browser.identity.getRedirectURL(REDIRECT_PATH)

/**
 * The way through the browser's own sign-in window. It can't be taken back once it is open, and there can
 * be one at a time only: whoever asks for a second sign-in gets the first one's outcome.
 */
export const webAuthFlow: BrowserLauncher = {
  async prepare() {
    return {
      redirectUri: redirectUri(),
      async open(url, judge, signal) {
        signal.throwIfAborted()
        const back = await browser.identity.launchWebAuthFlow({ url, interactive: true })
        if (judge(back).kind === 'foreign') throw new Error('The answer is another sign-in’s.')
        return back
      },
      async close() {},
    }
  },
}

/**
 * The same without a window, in the same cookie jar.
 *
 * @returns where it came back, or `undefined` when it didn't: somebody would have had to be asked, or the
 *   site is away. What the browsers say of that differs, and means nothing.
 */
export async function silentFlow(url: string): Promise<URL | undefined> {
  try {
    return new URL(await browser.identity.launchWebAuthFlow({ url, interactive: false }))
  } catch {
    return undefined
  }
}

/**
 * Chromium's flow without a window is a navigation like any other. Firefox's is a request: led from our site
 * to the provider it brings none of the provider's `SameSite` cookies, and so proves little (measured).
 */
export const silentFlowBringsCookies = (): boolean => !('getBrowserInfo' in browser.runtime)
