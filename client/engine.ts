import * as v from 'valibot'
import type { Clock } from '../clock/clock.ts'
import { type Moment, SECOND } from '../clock/moment.ts'
import type { DeviceRegistration } from '../protocol/devices.ts'
import { Me } from '../protocol/me.ts'
import { AccessToken } from './access-token.ts'
import { Attacher, type FetchOutcome } from './attach.ts'
import { BackOffGate } from './backoff.ts'
import { Claims } from './claims.ts'
import { Journal } from './journal.ts'
import type { RefreshOutcome } from './outcome.ts'
import type { BrowserLauncher, DeviceKeys, Http, Lock, Log, Pause, SecretStore } from './ports.ts'
import { ProvenHttp } from './proven-http.ts'
import { Refresher } from './refresh.ts'
import { Registration } from './registration.ts'
import { runsOutAt } from './run-out.ts'
import { ServerTime } from './server-time.ts'
import { SignIn, type SignInOptions, type SignInResult } from './sign-in.ts'
import { SignOut } from './sign-out.ts'
import { nameOf, Site } from './site.ts'
import { decideAtStart, type State, StateHolder, type StateListener } from './state.ts'
import { type SwitchOutcome, switchAccount } from './switch-account.ts'

export interface EngineSettings {
  /** Our site's address, exactly as it calls itself (`iss`). */
  readonly issuer: string
  /** e.g. `latchkey-desktop` */
  readonly clientId: string
  /** How the person will recognise this installation. */
  readonly device: DeviceRegistration
  /** Origins, beside the issuer's, that may be shown the access token. */
  readonly services: readonly string[]
}

export interface EnginePorts {
  readonly secrets: SecretStore
  readonly deviceKeys: DeviceKeys
  readonly browser: BrowserLauncher
  readonly http: Http
  readonly clock: Clock
  readonly log: Log
  /**
   * Only where the platform ends the process at any moment: a memory that outlives it and is never on
   * a disk (an extension's `storage.session`). The access token waits there.
   */
  readonly memory?: SecretStore
  /** Only where several processes share the secret store. */
  readonly lock?: Lock
  /** Real waiting by default. */
  readonly pause?: Pause
}

/** What {@link Engine.me} comes to: {@link FetchOutcome} with the answer read. */
export type MeOutcome =
  | { readonly kind: 'ok'; readonly me: Me }
  | Exclude<FetchOutcome, { kind: 'ok' }>

const noLock: Lock = { withLock: (_name, work) => work() }

const realPause: Pause = (duration, signal) =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, duration)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })

/**
 * The session of one installation: registers, signs in, attaches, refreshes, ends. The desktop app
 * and the extension stand on this; all that is theirs comes in by {@link EnginePorts}.
 */
export class Engine {
  readonly #log: Log
  readonly #states: StateHolder
  readonly #serverTime: ServerTime
  readonly #gate: BackOffGate
  readonly #journal: Journal
  readonly #site: Site
  readonly #refresher: Refresher
  readonly #signIn: SignIn
  readonly #signOut: SignOut
  readonly #attacher: Attacher
  readonly #access: AccessToken
  /** The claims were renewed because they had changed: what is kept for display is older. */
  #meOutdated = false
  #started: Promise<State> | undefined
  #signingIn: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined

  constructor(settings: EngineSettings, ports: EnginePorts) {
    const { clock, log } = ports
    const lock = ports.lock ?? noLock
    const pause = ports.pause ?? realPause
    const serverTime = new ServerTime(clock)
    const states = new StateHolder(
      () => serverTime.now() ?? clock.now(),
      (error) => log('error', 'state_listener_failed', { error: nameOf(error) }),
    )
    const gate = new BackOffGate(clock)
    const claims = new Claims((stale) => {
      states.stale(stale)
      this.#meOutdated = !stale && access.value !== undefined
    })
    const access = new AccessToken(serverTime, claims, ports.memory, clock, log)
    const journal = new Journal(ports.secrets, lock, log)
    const http = new ProvenHttp(ports.http, clock, serverTime)
    const site = new Site(settings.issuer, settings.clientId, http, serverTime)
    const registration = new Registration(journal, ports.deviceKeys, site, settings.device, log)
    const shared = { journal, registration, site, access, gate, states, pause, log }
    const origins = [settings.issuer, ...settings.services].map((url) => new URL(url).origin)
    this.#log = log
    this.#access = access
    this.#states = states
    this.#serverTime = serverTime
    this.#gate = gate
    this.#journal = journal
    this.#site = site
    this.#refresher = new Refresher({ ...shared, lock })
    this.#signIn = new SignIn({ ...shared, clientId: settings.clientId, browser: ports.browser })
    this.#signOut = new SignOut(journal, registration, site, access, states, log)
    const refresher = this.#refresher
    this.#attacher = new Attacher({ ...shared, http, refresher, origins, clock })
  }

  get state(): State {
    return this.#states.get()
  }

  /** The site's time as far as it is known: what to measure its deadlines against. */
  get siteTime(): Moment | undefined {
    return this.#serverTime.now()
  }

  /** From when on a use refreshes first; `undefined` while there is no access token. For display. */
  get refreshDueAt(): Moment | undefined {
    return this.#access.dueAt
  }

  /**
   * From when on, by the site's clock, the site may be asked whether it has ended the session: see
   * {@link runsOutAt}. `undefined` while nobody is signed in, or little is known.
   */
  get runsOutAt(): Moment | undefined {
    const { state } = this
    const me = 'me' in state ? state.me : undefined
    return me && runsOutAt(me, this.#access.issuedAt)
  }

  /** Hears every change of {@link Engine.state}. @returns a function that ends it */
  subscribe(listener: StateListener): () => void {
    return this.#states.subscribe(listener)
  }

  /**
   * Looks at what is held, finishes what a crash left half-way, and refreshes: an app that starts is
   * an app that is used. One that only takes up where a process before it was ended (`memory`) goes on with
   * the token that it had. Resolves when that came to an outcome; listeners hear of it as it goes.
   *
   * @throws what the secret store throws when it can't be read; start again then
   */
  start(): Promise<State> {
    this.#started ??= this.#start().catch((error: unknown) => {
      this.#started = undefined
      throw error
    })
    return this.#started
  }

  async #start(): Promise<State> {
    const held = await this.#journal.read()
    this.#states.holds(held)
    const decision = decideAtStart(held)
    const { signal } = new AbortController()
    const redeemed =
      decision === 'redeem_code' &&
      (await this.#whileSigningIn(() => this.#signIn.redeem(signal, 1))).kind === 'ok'
    if (!redeemed && held.session && (await this.#access.restore(held.session.id))) {
      await this.#signOut.tell()
      return this.state
    }
    if (!redeemed && held.session) await this.#refresher.now()
    await this.#settle()
    return this.state
  }

  /** What can wait until the main thing is done: telling of sign-outs, learning who it is. */
  async #settle(): Promise<void> {
    await this.#signOut.tell()
    await this.#learnWhoItIs()
  }

  async #learnWhoItIs(): Promise<void> {
    if (this.state.at !== 'signed_in') return
    try {
      await this.me()
    } catch (error) {
      this.#log('warn', 'me_failed', { error: nameOf(error) })
    }
  }

  /**
   * Signs a person in through the browser. A sign-in that is under way is given up for this one.
   *
   * @throws what the secret store throws
   */
  async signIn(options: SignInOptions = {}): Promise<SignInResult> {
    await this.start()
    return this.#exclusively(options.signal, (signal) => this.#signIn.run(options, signal))
  }

  /**
   * Takes an answer that came by another way than the one that waits, e.g. a private link.
   *
   * @throws what the secret store throws
   */
  async receive(callbackUrl: string): Promise<SignInResult> {
    await this.start()
    if (this.#signingIn) {
      this.#log('warn', 'foreign_callback', { why: 'another_way_waits' })
      return { kind: 'not_finished' }
    }
    return this.#exclusively(undefined, (signal) => this.#signIn.receive(callbackUrl, signal))
  }

  /**
   * Goes on waiting for a sign-in that was under way when the process before this one ended; opens no
   * browser. Does nothing when there is none.
   *
   * @throws what the secret store throws
   */
  async resumeSignIn(options: Pick<SignInOptions, 'signal'> = {}): Promise<SignInResult> {
    await this.start()
    if (this.#signingIn || !(await this.#signIn.isPending())) return { kind: 'not_finished' }
    return this.#exclusively(options.signal, (signal) => this.#signIn.resume(signal))
  }

  async #exclusively(
    wish: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<SignInResult>,
  ): Promise<SignInResult> {
    while (this.#signingIn) await this.#giveUpSignIn()
    const abort = new AbortController()
    const signal = wish ? AbortSignal.any([abort.signal, wish]) : abort.signal
    const running = this.#whileSigningIn(() => work(signal))
    this.#signingIn = { abort, done: running.catch(() => {}) }
    const result = await running
    if (result.kind === 'ok') await this.#settle()
    return result
  }

  async #whileSigningIn(work: () => Promise<SignInResult>): Promise<SignInResult> {
    this.#states.signingIn(true)
    try {
      return await work()
    } finally {
      this.#signingIn = undefined
      this.#states.signingIn(false)
    }
  }

  async #giveUpSignIn(): Promise<void> {
    this.#signingIn?.abort.abort()
    await this.#signingIn?.done
  }

  /**
   * Sends a request on the person's behalf, after refreshing if that is due.
   *
   * @throws TypeError for an address that is none of the services', and what the network to the
   *   service throws
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<FetchOutcome> {
    await this.start()
    const outcome = await this.#attacher.fetch(input, init)
    // A refresh that was under way at the sign-out leaves a token whose end is to be told.
    if (outcome.kind === 'ended') await this.#signOut.tell()
    if (this.#meOutdated) {
      this.#meOutdated = false
      await this.#learnWhoItIs()
    }
    return outcome
  }

  /** Refreshes now, whatever the back-off says: for a "Try again" of the person. */
  async refresh(): Promise<RefreshOutcome> {
    await this.start()
    this.#gate.open()
    const outcome = await this.#refresher.now()
    if (outcome.kind === 'ended') await this.#signOut.tell()
    return outcome
  }

  /**
   * Who is signed in and where things stand, from the site; kept for display while offline.
   *
   * @throws what the network throws
   */
  async me(): Promise<MeOutcome> {
    const outcome = await this.#attacher.fetch(this.#site.address('me'))
    if (outcome.kind !== 'ok') return outcome
    const read = v.safeParse(Me, await outcome.response.json().catch(() => undefined))
    if (!read.success) return { kind: 'retry_later', after: SECOND }
    const me = read.output
    const held = await this.#journal.update((now) =>
      now.session?.id === me.session.id && JSON.stringify(now.session.me) !== JSON.stringify(me)
        ? { ...now, session: { ...now.session, me } }
        : now,
    )
    this.#states.holds(held)
    this.#meOutdated = false
    return { kind: 'ok', me }
  }

  /**
   * Goes on with another account of the person, without a new sign-in; `GET /me/accounts` lists them.
   *
   * @throws what the network throws
   */
  async switchAccount(accountId: string): Promise<SwitchOutcome> {
    await this.start()
    const parts = {
      attacher: this.#attacher,
      access: this.#access,
      refresher: this.#refresher,
      log: this.#log,
    }
    const outcome = await switchAccount(parts, this.#site.address('myAccount'), accountId)
    if (outcome.kind === 'ok') await this.#learnWhoItIs()
    if (outcome.kind === 'ended') await this.#signOut.tell()
    return outcome
  }

  /**
   * Ends the session of this device. Done at once, network or not; the site is told as soon as it can
   * be reached.
   *
   * @throws what the secret store throws when it refuses the wipe
   */
  async signOut(): Promise<void> {
    await this.#giveUpSignIn()
    await this.#signOut.run()
  }

  /**
   * The computer woke up: monotonic time may have stood still, so the next use refreshes first, and
   * at once. Waking alone is not use, and refreshes nothing.
   */
  woke(): void {
    this.#serverTime.forget()
    this.#gate.open()
  }
}
