import { BrowserWindow, session, type WebContents } from 'electron'
import { cookieUrl } from '../../client/cookie-url.ts'
import { type Duration, SECOND } from '../../clock/moment.ts'
import type { EmbeddedBrowser, Visit } from '../main/embedded/demonstration.ts'
import { isAnswer } from '../main/embedded/provider.ts'

/** Kept on disk, as the cookies of such windows are; apart from all that the app itself has. */
const PARTITION = 'persist:embedded-demonstration'

const TITLE = 'Demonstration: a sign-in inside the app'

/** How long nobody waits for a page that nobody sees. */
const SILENCE: Duration = 10 * SECOND

export const embeddedSession = () => session.fromPartition(PARTITION)

/** Whether this is a page of the demonstration's. */
export const isEmbedded = (contents: WebContents): boolean => contents.session === embeddedSession()

/** Windows of the demonstration's: the provider's own page, with no preload and nothing of ours in it. */
export const electronEmbedded: EmbeddedBrowser = {
  visit: (url, silent) =>
    new Promise<Visit>((resolve) => {
      const window = new BrowserWindow({
        width: 460,
        height: 680,
        show: false,
        title: TITLE,
        autoHideMenuBar: true,
        webPreferences: {
          partition: PARTITION,
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          webSecurity: true,
          spellcheck: false,
        },
      })
      let asked = false
      let ended = false
      const end = (answer?: string) => {
        if (ended) return
        ended = true
        clearTimeout(late)
        resolve({ answer, asked })
        // Not from within an event of its page: the navigation is still under way there.
        setImmediate(() => window.destroy())
      }
      const late = silent ? setTimeout(end, SILENCE) : undefined
      const led = (event: { readonly url: string; preventDefault(): void }) => {
        if (!isAnswer(event.url)) return
        event.preventDefault()
        end(event.url)
      }
      window.webContents.on('will-redirect', led)
      window.webContents.on('will-navigate', led)
      // The label stays, whatever the provider's page calls itself.
      window.on('page-title-updated', (event) => event.preventDefault())
      window.on('closed', () => end())
      window.loadURL(url).then(
        () => {
          asked = true
          if (silent) end()
          else window.show()
        },
        // Led to the answer at once, which has ended it already; or there is no such page.
        () => end(),
      )
    }),

  async purge() {
    const { cookies } = embeddedSession()
    const before = await cookies.get({})
    for (const { domain = '', path = '/', secure = false, name } of before) {
      await cookies.remove(cookieUrl({ domain, path, secure }), name)
    }
    // What remove answers says nothing, so look again.
    const left = await cookies.get({})
    await embeddedSession().clearStorageData()
    // Otherwise the disk hears of it within half a minute: long enough for a crash.
    await cookies.flushStore()
    return { removed: before.length - left.length, left: left.length }
  },
}
