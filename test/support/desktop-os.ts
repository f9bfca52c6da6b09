import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

/**
 * The operating system around an app, as far as signing in needs one: `xdg-open` and `xdg-settings`
 * on the path, and a real Chromium with a profile of its own as the system browser. That Chromium runs
 * `xdg-open` by itself for the app's kind of link.
 */
export class DesktopOs {
  /** What `xdg-open` was asked for. */
  readonly opened: string[] = []
  /** Which `.desktop` file opens which kind of link. */
  readonly schemes = new Map<string, string>()
  /** An address that no browser takes: the app's own kind of link. */
  onLink: (link: string) => void = () => {}
  /** Whether `xdg-open` finds a browser. */
  browserOpens = true
  readonly #folder: string
  readonly #allowed: readonly { readonly origin: string; readonly scheme: string }[]
  readonly #server: Server
  #browser: Promise<BrowserContext> | undefined
  #newest: Promise<Page> | undefined

  /** @param allowed sites whose links of a kind the person has always allowed */
  constructor(folder: string, allowed: readonly { origin: string; scheme: string }[]) {
    this.#folder = folder
    this.#allowed = allowed
    this.#server = createServer((connection) => {
      let text = ''
      connection.on('error', () => {})
      connection.on('data', (chunk) => {
        text += chunk
        if (text.endsWith('\n')) connection.end(this.#run(JSON.parse(text)))
      })
    })
  }

  async start(): Promise<void> {
    const bin = join(this.#folder, 'bin')
    mkdirSync(bin, { recursive: true })
    for (const tool of ['xdg-open', 'xdg-settings']) {
      const script = `const s = require('net').connect(${JSON.stringify(this.#socket)}, () => s.write(JSON.stringify([${JSON.stringify(tool)}, ...process.argv.slice(1)]) + '\\n')); s.on('data', (d) => process.exit(Number(d)))`
      writeFileSync(
        join(bin, tool),
        `#!/bin/sh\nexec ${process.execPath} -e '${script.replaceAll("'", `'"'"'`)}' -- "$@"\n`,
        { mode: 0o755 },
      )
    }
    await new Promise<void>((resolve) => this.#server.listen(this.#socket, resolve))
  }

  get environment(): Record<string, string | undefined> {
    return {
      ...process.env,
      PATH: `${join(this.#folder, 'bin')}:${process.env.PATH}`,
      XDG_CONFIG_HOME: join(this.#folder, 'config'),
    }
  }

  /** The system browser, started when it is first needed. */
  browser(): Promise<BrowserContext> {
    this.#browser ??= this.#startBrowser()
    return this.#browser
  }

  /** The page that the app opened last, once it has come to an address that begins so. */
  async page(start: string): Promise<Page> {
    const limit = performance.now() + 15_000
    while (!this.#newest) {
      if (performance.now() > limit) throw new Error('The app has opened no address.')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const page = await this.#newest
    await page.waitForURL((url) => url.href.startsWith(start), { timeout: 15_000 })
    return page
  }

  /** The person is done with that page: the next one is one that the app opens from now on. */
  done(): void {
    this.#newest = undefined
  }

  async stop(): Promise<void> {
    await (await this.#browser)?.close()
    this.#server.close()
  }

  get #socket(): string {
    return join(this.#folder, 'os.sock')
  }

  #startBrowser(): Promise<BrowserContext> {
    const profile = join(this.#folder, 'browser')
    mkdirSync(join(profile, 'Default'), { recursive: true })
    const pairs = Object.fromEntries(
      this.#allowed.map(({ origin, scheme }) => [origin, { [scheme]: true }]),
    )
    // What "Always allow" writes.
    writeFileSync(
      join(profile, 'Default', 'Preferences'),
      JSON.stringify({ protocol_handler: { allowed_origin_protocol_pairs: pairs } }),
    )
    return chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      viewport: null,
      env: this.environment as Record<string, string>,
      args: [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
  }

  /** @returns the exit code of the tool */
  #run([tool, ...args]: readonly string[]): string {
    if (tool === 'xdg-settings') {
      const [, , scheme = '', desktop = ''] = args
      this.schemes.set(scheme, desktop)
      return '0'
    }
    const [, url = ''] = args[0] === '--' ? args : ['--', ...args]
    this.opened.push(url)
    if (!/^https?:/.test(url)) this.onLink(url)
    else if (this.browserOpens) this.#newest = this.#open(url)
    return this.browserOpens ? '0' : '3'
  }

  async #open(url: string): Promise<Page> {
    const page = await (await this.browser()).newPage()
    // A page that leads on to another kind of link is told to be aborted.
    page.goto(url).catch(() => {})
    return page
  }
}
