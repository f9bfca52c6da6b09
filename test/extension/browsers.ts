import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { CHROMIUM_ID, GECKO_ID } from '../../extension/identity.ts'
import type { MessageName } from '../../extension/messages.ts'
import type { View } from '../../extension/view.ts'

export const BROWSERS = ['chromium', 'firefox'] as const
export type BrowserName = (typeof BROWSERS)[number]

/** Firefox makes one by chance for each installation, unless it is told. */
const GECKO_UUID = '6b1a5b0e-2c41-4d3e-9a54-0f6f4c7a1d11'

const ORIGINS = {
  chromium: `chrome-extension://${CHROMIUM_ID}`,
  firefox: `moz-extension://${GECKO_UUID}`,
} as const satisfies Record<BrowserName, string>

const LAUNCHERS = {
  chromium: (extension, userDataDir) =>
    puppeteer.launch({
      browser: 'chrome',
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      pipe: true,
      enableExtensions: [extension],
      userDataDir,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    }),
  firefox: async (extension, userDataDir) => {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      headless: true,
      userDataDir,
      // Without it the driver may not open an extension's pages.
      args: ['--remote-allow-system-access'],
      extraPrefsFirefox: {
        'extensions.webextensions.uuids': JSON.stringify({ [GECKO_ID]: GECKO_UUID }),
        'extensions.webextensions.keepStorageOnUninstall': true,
      },
    })
    await browser.installExtension(extension)
    return browser
  },
} as const satisfies Record<BrowserName, (extension: string, profile: string) => Promise<Browser>>

/** A real browser with the extension in it; the popup is open as a page, as a driver can see it. */
export class ExtensionBrowser {
  readonly name: BrowserName
  readonly profile: string
  readonly #extension: string
  #browser: Browser
  popup: Page

  private constructor(
    name: BrowserName,
    extension: string,
    profile: string,
    browser: Browser,
    popup: Page,
  ) {
    this.name = name
    this.#extension = extension
    this.profile = profile
    this.#browser = browser
    this.popup = popup
  }

  static async open(name: BrowserName, extension: string): Promise<ExtensionBrowser> {
    const profile = await mkdtemp(path.join(os.tmpdir(), `latchkey-${name}-`))
    const browser = await LAUNCHERS[name](extension, profile)
    const popup = await browser.newPage()
    const opened = new ExtensionBrowser(name, extension, profile, browser, popup)
    await opened.goTo(popup, 'popup.html')
    return opened
  }

  get browser(): Browser {
    return this.#browser
  }

  /** Where the extension's own pages are. */
  get origin(): string {
    return ORIGINS[this.name]
  }

  /** Another window of the extension. */
  async page(file: 'popup.html' | 'options.html'): Promise<Page> {
    const page = await this.#browser.newPage()
    await this.goTo(page, file)
    return page
  }

  async goTo(page: Page, file: string): Promise<void> {
    // Firefox says nothing of when an extension's page has loaded.
    const waitUntil = this.name === 'chromium' ? 'load' : []
    await page.goto(`${ORIGINS[this.name]}/${file}`, { waitUntil })
    await page.waitForSelector('h1')
  }

  /** Asks the background, from a page of the extension. */
  ask(name: MessageName, asks: unknown = {}, page = this.popup): Promise<unknown> {
    return page.evaluate(
      (envelope) => {
        const { browser, chrome } = globalThis as { browser?: Api; chrome?: Api }
        return (browser ?? chrome)?.runtime.sendMessage(envelope)
      },
      { latchkey: name, with: asks },
    )
  }

  view(): Promise<View> {
    return this.ask('view') as Promise<View>
  }

  /** The text that the person reads in the popup. */
  async text(page = this.popup): Promise<string> {
    return (await page.evaluate(() => document.body.innerText)).replace(/\s+/g, ' ').trim()
  }

  async waitForText(pattern: string, page = this.popup): Promise<void> {
    await this.#waitFor(pattern, true, page)
  }

  async waitForNoText(pattern: string, page = this.popup): Promise<void> {
    await this.#waitFor(pattern, false, page)
  }

  async #waitFor(pattern: string, there: boolean, page: Page): Promise<void> {
    try {
      await page.waitForFunction(
        (wanted, expected) => new RegExp(wanted).test(document.body.innerText) === expected,
        { timeout: 20_000, polling: 50 },
        pattern,
        there,
      )
    } catch (cause) {
      const what = there ? 'never came' : 'stays'
      throw new Error(`“${pattern}” ${what}; what is read: ${await this.text(page)}`, { cause })
    }
  }

  async press(label: string, page = this.popup): Promise<void> {
    // In a tab behind others nothing is drawn, and so nothing is ever ready to be pressed.
    await page.bringToFront()
    await page.locator(`::-p-xpath(//button[normalize-space()=${JSON.stringify(label)}])`).click()
  }

  /** Opens what is folded away under these words. */
  async unfold(summary: string): Promise<void> {
    await this.popup.bringToFront()
    const words = JSON.stringify(summary)
    await this.popup.locator(`::-p-xpath(//summary[normalize-space()=${words}])`).click()
  }

  /** The sign-in window, once it shows a page whose address holds `part`. */
  async window(part: string): Promise<Page> {
    const target = await this.#browser.waitForTarget((one) => one.url().includes(part), {
      timeout: 20_000,
    })
    const page = await target.page()
    if (!page) throw new Error('The sign-in window is no page.')
    return page
  }

  /** Ends the background, as the browser does whenever it likes. */
  async killBackground(): Promise<void> {
    if (this.name === 'chromium') {
      const target = await this.#browser.waitForTarget((one) => one.type() === 'service_worker')
      await (await target.worker())?.close()
      return
    }
    const connection = bidiOf(this.#browser)
    const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' })
    await connection.send('script.evaluate', {
      target: { context: result.contexts?.[0]?.context },
      awaitPromise: true,
      expression: `WebExtensionPolicy.getByID(${JSON.stringify(GECKO_ID)}).extension.terminateBackground()`,
    })
  }

  /** The browser is closed and opened again, with the same profile. */
  async restart(): Promise<void> {
    await this.#browser.close()
    this.#browser = await LAUNCHERS[this.name](this.#extension, this.profile)
    this.popup = await this.page('popup.html')
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What a page of the extension has in the browser. */
interface Api {
  readonly runtime: { sendMessage(message: unknown): Promise<unknown> }
}

interface Bidi {
  send(
    method: string,
    params: unknown,
  ): Promise<{ result: { contexts?: readonly { context: string }[] } }>
}

/** Puppeteer's own line to Firefox, which its types don't show. */
const bidiOf = (browser: Browser): Bidi => (browser as unknown as { connection: Bidi }).connection
