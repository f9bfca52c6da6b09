import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../../playground/people.ts'
import { World } from '../../playground/world.ts'
import { type LaunchOptions, launch, type RunningApp, startAgain } from '../electron-host/driver.ts'
import { chooseRuntime, type Runtime } from '../electron-host/runtime.ts'
import { type BuiltApp, buildApp } from './desktop-app.ts'
import { DesktopOs } from './desktop-os.ts'
import { bundlePrograms, type Programs } from './programs.ts'
import { SecretService, type SecretServiceOptions } from './secret-service.ts'

export const SCHEME = 'dev.latchkey.app'

/** All that many desktops share: the parties, the built app, the runtime. */
export class DesktopWorld {
  readonly world: World
  readonly runtime: Runtime
  readonly app: BuiltApp
  readonly #programs: Programs
  readonly #folder: string

  static async start(siteSettings: Record<string, string> = {}): Promise<DesktopWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-desktop-'))
    const [programs, app, runtime] = await Promise.all([
      bundlePrograms(),
      buildApp(),
      chooseRuntime(),
    ])
    const world = new World({
      ports: 'free',
      data: join(folder, 'world'),
      programs: programs.folder,
      died: () => {},
      siteSettings,
    })
    await world.start()
    return new DesktopWorld(world, runtime, app, programs, folder)
  }

  private constructor(
    world: World,
    runtime: Runtime,
    app: BuiltApp,
    programs: Programs,
    folder: string,
  ) {
    this.world = world
    this.runtime = runtime
    this.app = app
    this.#programs = programs
    this.#folder = folder
  }

  /** Everyone's clock, the app's included. */
  async advance(by: string): Promise<void> {
    const answer = await fetch(`${this.world.addresses.console}/clock/advance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by }),
    })
    if (!answer.ok) throw new Error(`The clock did not move by ${by}.`)
  }

  /** The site's log. */
  siteSaid(): string {
    return readFileSync(join(this.#folder, 'world', 'logs', 'site.log'), 'utf8')
  }

  /** One person's computer. */
  desk(keyring: SecretServiceOptions = {}): Promise<Desk> {
    const folder = mkdtempSync(join(this.#folder, 'desk-'))
    return Desk.start(this, folder, keyring)
  }

  async stop(): Promise<void> {
    await this.world.stop()
    this.app.remove()
    this.runtime.remove()
    this.#programs.remove()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** A computer: its system, its keychain, its browser and the app on it. */
export class Desk {
  readonly os: DesktopOs
  readonly keyring: SecretService
  /** Where the app may write. */
  readonly folder: string
  /** Settings of the app that are to be others. */
  settings: Readonly<Record<string, string>> = {}
  /** The folder of the app that is started. */
  appFolder: string
  readonly #world: DesktopWorld
  #running: RunningApp | undefined

  static async start(
    world: DesktopWorld,
    folder: string,
    keyring: SecretServiceOptions,
  ): Promise<Desk> {
    mkdirSync(folder, { recursive: true })
    const { site, provider } = world.world.addresses
    const os = new DesktopOs(
      folder,
      [site, provider].map((origin) => ({ origin, scheme: SCHEME })),
    )
    await os.start()
    const service = await SecretService.start({ data: join(folder, 'keyring'), ...keyring })
    return new Desk(world, folder, os, service)
  }

  private constructor(world: DesktopWorld, folder: string, os: DesktopOs, keyring: SecretService) {
    this.#world = world
    this.appFolder = world.app.folder
    this.folder = folder
    this.os = os
    this.keyring = keyring
    os.onLink = (link) => void this.link(link)
  }

  /** The app as it runs now. */
  get app(): RunningApp {
    if (!this.#running) throw new Error('The app does not run.')
    return this.#running
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Its window. */
  get window(): Promise<Page> {
    return this.app.window()
  }

  async open(...args: readonly string[]): Promise<Page> {
    this.#running = await launch(this.options(args))
    return this.#running.window()
  }

  /** What the system does for a link: starts the app with it, whether it runs or not. */
  async link(link: string): Promise<void> {
    if (this.#running) await startAgain(this.options([link]))
    else await this.open(link)
  }

  async close(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.close()
  }

  async kill(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.kill()
  }

  /** Looks at the app, as a person does who comes back to it: that is use. */
  async use(): Promise<void> {
    await this.app.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.emit('focus')
    }, undefined)
  }

  /** Types like a person into the provider's page. @param account for people who have several */
  async signInInBrowser(email: string, account?: string): Promise<Page> {
    const page = await this.os.page(this.#world.world.addresses.provider)
    await page.getByLabel(/e-?mail/i).fill(email)
    await page.getByLabel(/^password/i).fill(PASSWORD)
    await page.keyboard.press('Enter')
    if (account !== undefined) await page.getByRole('button', { name: account }).click()
    this.os.done()
    return page
  }

  async end(): Promise<void> {
    await this.close()
    await this.os.stop()
    await this.keyring.stop()
  }

  /** How the app is started here. */
  options(args: readonly string[] = []): LaunchOptions {
    const { site, service, console } = this.#world.world.addresses
    const { PATH, XDG_CONFIG_HOME } = this.os.environment
    return {
      runtime: this.#world.runtime,
      folder: this.appFolder,
      args,
      environment: {
        ...this.keyring.environment,
        PATH,
        XDG_CONFIG_HOME,
        LATCHKEY_SITE: site,
        LATCHKEY_SERVICES: service,
        LATCHKEY_CLOCK: console,
        ...this.settings,
      },
    }
  }
}
