import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine } from '../../client/engine.ts'
import { loopback } from '../../client/node/loopback.ts'
import { Others } from '../../client/others.ts'
import type { Http, Log } from '../../client/ports.ts'
import { type Problem, problemOf } from '../../client/problem.ts'
import { askIfRunOut } from '../../client/run-out.ts'
import type { SignInResult } from '../../client/sign-in.ts'
import { nameOf } from '../../client/site.ts'
import type { State } from '../../client/state.ts'
import type { Clock } from '../../clock/clock.ts'
import type { Duration } from '../../clock/moment.ts'
import type { DeviceRegistration } from '../../protocol/devices.ts'
import type { CommandHandlers } from '../ipc/serve.ts'
import type { View, Way } from '../ipc/view.ts'
import { personOf } from './draw.ts'
import { Demonstration, type EmbeddedBrowser } from './embedded/demonstration.ts'
import { EmbeddedProvider } from './embedded/provider.ts'
import { noticeOf } from './notices.ts'
import type { AppWindow, KeptSecrets, Notify, System } from './ports.ts'
import { findPrivateLink, PrivateLinks } from './private-link.ts'
import type { Settings } from './settings.ts'
import { WaysBack } from './ways-back.ts'

export interface DesktopParts {
  readonly settings: Settings
  readonly device: DeviceRegistration
  readonly about: Pick<View['about'], 'version' | 'runtime'>
  readonly secrets: KeptSecrets
  readonly http: Http
  readonly clock: Clock
  /** How far the shared clock is ahead; `undefined` where there is none. */
  readonly ahead: () => Duration | undefined
  readonly log: Log
  readonly system: System
  readonly window: AppWindow
  readonly notify: Notify
  /** A window inside the app, for the demonstration alone. */
  readonly embedded: EmbeddedBrowser
}

/** The desktop app, whatever runtime is around it: the engine, and what a person sees and does. */
export class Desktop {
  readonly #parts: DesktopParts
  readonly #engine: Engine
  readonly #links = new PrivateLinks()
  readonly #ways: WaysBack
  readonly #others: Others
  readonly #demonstration: Demonstration | undefined
  #signIn: AbortController | undefined
  #problem: View['problem']
  #before: State = { at: 'starting' }

  constructor(parts: DesktopParts) {
    const { settings, device, secrets, http, clock, log, system } = parts
    this.#parts = parts
    const ways = { loopback: loopback({ openBrowser: async () => {} }), link: this.#links }
    this.#ways = new WaysBack(ways, system, () => this.draw())
    this.#engine = new Engine(
      {
        issuer: settings.site,
        clientId: 'latchkey-desktop',
        device,
        services: settings.services,
      },
      { secrets, deviceKeys: keptDeviceKeys, browser: this.#ways, http, clock, log },
    )
    this.#others = new Others(this.#engine, settings.site)
    this.#demonstration = this.#demonstrationOf(parts)
    this.#engine.subscribe((state) => this.#changed(state))
    secrets.onChange(() => this.draw())
  }

  /**
   * Finds out what is held, and takes up what the process before this one left.
   *
   * @param args of the start: a private link among them is the answer to a sign-in
   */
  async start(args: readonly string[]): Promise<void> {
    await this.#parts.secrets.open()
    await this.#engine.start()
    const link = findPrivateLink(args)
    if (link !== undefined) await this.#receive(link)
    else await this.#attempt((signal) => this.#engine.resumeSignIn({ signal }))
    await this.#look()
  }

  /** The app was started once more, or its own kind of link was opened, while it runs. */
  async startedAgain(args: readonly string[]): Promise<void> {
    this.#parts.window.reveal()
    const link = findPrivateLink(args)
    if (link !== undefined) await this.#receive(link)
  }

  /** The person looks at the window: that is use, so a refresh that is due happens now. */
  async used(): Promise<void> {
    await this.#look()
  }

  /**
   * Time has passed, as a playground has it. That alone is not use: the site is asked only when the session
   * must have run out, to say so at once.
   */
  timePassed(): void {
    const { runsOutAt, siteTime } = this.#engine
    if (runsOutAt === undefined || siteTime === undefined) return
    askIfRunOut(runsOutAt - siteTime, () => void this.#look())
  }

  /** A playground was reset: what its site said of time holds no more, nor whom it knew. */
  worldBeganAnew(): void {
    this.#engine.woke()
    void this.#look()
  }

  /** The computer woke up. That alone is not use. */
  woke(): void {
    this.#engine.woke()
  }

  /** What the window shows now. */
  get view(): View {
    const { clock, ahead, secrets, about, settings } = this.#parts
    const { state } = this.#engine
    return {
      now: this.#engine.siteTime ?? clock.now(),
      ahead: ahead(),
      person: personOf(state, this.#ways.waiting),
      kept: secrets.kept,
      ...this.#others.known,
      refreshDueAt: this.#engine.refreshDueAt,
      problem: this.#problem,
      demonstration: this.#demonstration?.shown,
      about: { ...about, site: settings.site },
    }
  }

  /** What the page may ask for. */
  readonly commands: CommandHandlers = {
    look: async () => {
      void this.#look()
      return this.view
    },
    signIn: (way) => this.#begin(way),
    cancelSignIn: () => this.#signIn?.abort(),
    openAgain: () => this.#ways.openAgain(),
    copyLink: () => this.#ways.copyLink(),
    signOut: () => this.#engine.signOut(),
    tryAgain: () => this.#tryAgain(),
    tryKeychain: () => this.#tryKeychain(),
    endDevice: (id) => this.#wish(() => this.#others.endDevice(id)),
    endOthers: () => this.#wish(() => this.#others.endOthers()),
    switchAccount: (id) => this.#wish(() => this.#others.switchAccount(id)),
    disableLogins: (mode) => this.#wish(() => this.#others.disableLogins(mode)),
    // Like a sign-in: done when they have begun.
    demonstrateSignIn: () => void this.#demonstration?.signIn(),
    demonstratePurge: () => void this.#demonstration?.purge(),
    leaveDemonstration: () => void this.#demonstration?.leave(),
  }

  /** Shows how signing in inside the app goes; where there is nothing to show it with, nothing happens. */
  async demonstrate(): Promise<void> {
    if (!this.#demonstration) return
    this.#parts.window.reveal()
    await this.#demonstration.open()
  }

  /** Shows what is known now. */
  draw(): void {
    this.#parts.window.show(this.view)
  }

  #demonstrationOf({ settings, http, clock, log, embedded }: DesktopParts) {
    if (!settings.embedded) return undefined
    const provider = new EmbeddedProvider(settings.embedded, http, clock)
    const changed = () => this.draw()
    return new Demonstration({ provider, browser: embedded, clock, log, changed })
  }

  #begin(way: Way): void {
    this.#problem = undefined
    this.#ways.prefer(way)
    // The command is done when the sign-in has begun: the view tells how it goes on.
    void this.#attempt((signal) => this.#engine.signIn({ signal }))
  }

  async #receive(link: string): Promise<void> {
    if (this.#links.deliver(link)) return
    await this.#attempt(() => this.#engine.receive(link))
  }

  async #attempt(signIn: (signal: AbortSignal) => Promise<SignInResult>): Promise<void> {
    const abort = new AbortController()
    this.#signIn = abort
    try {
      this.#came(await signIn(abort.signal))
    } catch (error) {
      // The secret store refused: what the person should know of it, `kept` tells.
      this.#parts.log('error', 'sign_in_failed', { error: nameOf(error) })
      this.#problem = { sentence: 'Signing in did not work. Try again.' }
    } finally {
      if (this.#signIn === abort) this.#signIn = undefined
      this.draw()
    }
  }

  #came(result: SignInResult): void {
    this.#problem = problemOf(result)
    switch (result.kind) {
      case 'ok':
        this.#parts.window.reveal()
        void this.#look()
        return
      case 'refused':
        this.#parts.window.reveal()
        return
      case 'retry_later':
      case 'not_finished':
    }
  }

  /** Asks the site how things stand; a refresh that is due comes first. */
  async #look(): Promise<void> {
    const { at } = this.#engine.state
    if (at !== 'signed_in' && at !== 'offline') return
    try {
      await this.#engine.me()
      await this.#others.load()
    } catch (error) {
      this.#parts.log('warn', 'look_failed', { error: nameOf(error) })
    }
    this.draw()
  }

  async #tryAgain(): Promise<void> {
    this.#problem = undefined
    await this.#engine.refresh()
    await this.#look()
  }

  /** What was held in a keychain that could not be opened is found now, and used. */
  async #tryKeychain(): Promise<void> {
    await this.#parts.secrets.tryAgain()
    await this.#tryAgain()
  }

  async #wish(wish: () => Promise<Problem | undefined>): Promise<void> {
    this.#problem = await wish()
    await this.#look()
  }

  #changed(state: State): void {
    const notice = noticeOf(this.#before, state)
    this.#before = state
    if (notice) this.#parts.notify(notice)
    this.draw()
  }
}
