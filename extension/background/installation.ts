import * as v from 'valibot'
import { Engine, type EnginePorts } from '../../client/engine.ts'
import { decodeHeld, NOTHING_HELD } from '../../client/held.ts'
import type { Log } from '../../client/ports.ts'
import type { SignInResult } from '../../client/sign-in.ts'
import { type State, stateOf } from '../../client/state.ts'
import type { Clock } from '../../clock/clock.ts'
import type { Configuration } from '../configuration.ts'
import type { ServiceAnswer } from '../messages.ts'
import { browser } from '../platform.ts'
import { PurgeReport, VIEW_KEY, type View } from '../view.ts'
import { mark, notify } from './announce.ts'
import { deviceKeys, forgetDeviceKey } from './device-key.ts'
import { readConfiguration, writeConfiguration } from './kept-configuration.ts'
import { purge } from './purge.ts'
import { accessTokenMemory, heldEntry } from './storage.ts'
import { webAuthFlow } from './web-auth-flow.ts'

/** Set before a sign-in window opens, and taken away after the purge: whatever dies, the purge is done. */
const PURGE_DUE_KEY = 'purge-due'
const PURGE_KEY = 'purge'

/** More of a service's answer than this is not handed on. */
const MOST_CHARACTERS = 100_000

/**
 * This installation, for one life of the background: everything that it knows it reads, and whatever is
 * under way when it dies is taken up by the next one.
 */
export class Installation {
  readonly #clock: Clock
  readonly #log: Log
  #engine: Promise<Engine> | undefined
  #signingIn: Promise<View> | undefined
  #trouble: string | undefined
  #recovering: Promise<void> | undefined
  #published: Promise<unknown> = Promise.resolve()

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  /**
   * What is known without asking anybody: to draw and to mark, which is no use of the session. A session
   * that nobody uses must run out.
   */
  async glance(): Promise<State> {
    if (this.#engine) return (await this.#engine).state
    const text = await heldEntry.read()
    const held = text === undefined ? NOTHING_HELD : (decodeHeld(text) ?? NOTHING_HELD)
    return stateOf({ held, signingIn: false, offlineSince: undefined, stale: false })
  }

  /** The person looks: that is use. */
  async view(): Promise<View> {
    const engine = await this.#started()
    await this.#recovered()
    await engine.me().catch((error: unknown) => this.#log('warn', 'me_failed', nameIn(error)))
    return this.#publish()
  }

  /** Signs somebody in. Whoever asks while that is under way gets the same outcome. */
  signIn(): Promise<View> {
    this.#signingIn ??= this.#signIn().finally(() => {
      this.#signingIn = undefined
    })
    return this.#signingIn
  }

  async #signIn(): Promise<View> {
    this.#trouble = undefined
    const engine = await this.#started()
    await browser.storage.local.set({ [PURGE_DUE_KEY]: true })
    const result = await engine.signIn()
    this.#trouble = troubleOf(result)
    // Also when it came to nothing: the password may have been given before the window was closed.
    await this.#purge()
    return this.#publish()
  }

  async signOut(): Promise<View> {
    const engine = await this.#started()
    await engine.signOut()
    return this.#publish()
  }

  async tryAgain(): Promise<View> {
    const engine = await this.#started()
    await engine.refresh()
    return this.view()
  }

  /** Asks a service on the person's behalf. The token goes there and nowhere else. */
  async callService(path: string): Promise<ServiceAnswer> {
    const { services } = await readConfiguration()
    const [service] = services
    if (service === undefined) return { kind: 'refused', sentence: 'No service is configured.' }
    const url = new URL(path, service)
    if (url.origin !== service) {
      return { kind: 'refused', sentence: 'Only paths of the configured service can be asked for.' }
    }
    const engine = await this.#started()
    const outcome = await engine.fetch(url, { redirect: 'error' }).catch(() => undefined)
    await this.#publish()
    if (!outcome) return { kind: 'refused', sentence: 'The service can’t be reached just now.' }
    if (outcome.kind !== 'ok') return { kind: outcome.kind }
    const body = (await outcome.response.text()).slice(0, MOST_CHARACTERS)
    return { kind: 'ok', status: outcome.response.status, body }
  }

  /** Another site is another world: nothing of the one before is kept. */
  async configure(configuration: Configuration): Promise<void> {
    await this.forgetDevice()
    await writeConfiguration(configuration)
  }

  async forgetDevice(): Promise<View> {
    const engine = await this.#started()
    await engine.signOut()
    this.#engine = undefined
    await heldEntry.clear()
    await accessTokenMemory.clear()
    await browser.storage.local.remove([PURGE_KEY, PURGE_DUE_KEY])
    await forgetDeviceKey()
    return this.#publish()
  }

  async purge(): Promise<PurgeReport> {
    const state = await this.glance()
    const site = state.at === 'signed_in' ? state.me?.session.purge?.outcome : undefined
    const report = await purge(await readConfiguration(), site, this.#clock)
    await browser.storage.local.set({ [PURGE_KEY]: report })
    await browser.storage.local.remove(PURGE_DUE_KEY)
    this.#log('info', 'purged', { outcome: report.outcome, removed: report.removed })
    return report
  }

  async #purge(): Promise<void> {
    await this.purge().catch((error: unknown) => this.#log('error', 'purge_failed', nameIn(error)))
  }

  /** What a background before this one died over. */
  #recovered(): Promise<void> {
    this.#recovering ??= (async () => {
      if (this.#signingIn) return
      const { [PURGE_DUE_KEY]: due } = await browser.storage.local.get(PURGE_DUE_KEY)
      if (due === true) await this.#purge()
    })()
    return this.#recovering
  }

  async #started(): Promise<Engine> {
    this.#engine ??= this.#newEngine()
    const engine = await this.#engine
    await engine.start()
    return engine
  }

  async #newEngine(): Promise<Engine> {
    const { site, services } = await readConfiguration()
    const ports: EnginePorts = {
      secrets: heldEntry,
      memory: accessTokenMemory,
      deviceKeys,
      browser: webAuthFlow,
      http: (request) => fetch(request),
      clock: this.#clock,
      log: this.#log,
    }
    const device = await thisBrowser()
    const engine = new Engine(
      { issuer: site, clientId: 'latchkey-extension', device, services },
      ports,
    )
    engine.subscribe(() => {
      this.#publish().catch((error: unknown) => this.#log('warn', 'not_shown', nameIn(error)))
    })
    return engine
  }

  /**
   * Puts what is to be drawn where all windows see it; marks the toolbar; says what must be said. One
   * after the other, or two at once would both find that nothing was said yet.
   */
  #publish(): Promise<View> {
    const next = this.#published.then(() => this.#publishNow())
    this.#published = next.catch(() => {})
    return next
  }

  async #publishNow(): Promise<View> {
    const state = await this.glance()
    const { site } = await readConfiguration()
    const { [PURGE_KEY]: report } = await browser.storage.local.get(PURGE_KEY)
    const read = v.safeParse(PurgeReport, report)
    const here = this.#clock.now()
    const engine = this.#engine && (await this.#engine)
    const refreshDueAt = engine?.refreshDueAt
    const runsOutAt = engine?.runsOutAt
    const view: View = {
      state: drawable(state),
      site,
      now: { site: engine?.siteTime ?? here, here },
      ...(refreshDueAt === undefined ? {} : { refreshDueAt }),
      ...(runsOutAt === undefined ? {} : { runsOutAt }),
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
      ...(read.success ? { purge: read.output } : {}),
    }
    await browser.storage.session.set({ [VIEW_KEY]: view })
    await mark(state)
    await notify(state)
    return view
  }
}

const nameIn = (error: unknown) => ({ error: error instanceof Error ? error.name : 'unknown' })

/** A missing property and one that holds `undefined` are the same to a message, not to a schema. */
const drawable = (state: State): View['state'] => JSON.parse(JSON.stringify(state))

function troubleOf(result: SignInResult): string | undefined {
  switch (result.kind) {
    case 'ok':
      return undefined
    case 'not_finished':
      return 'The sign-in was not finished. Nothing has changed.'
    case 'refused':
      return result.sentence
    case 'retry_later':
      return 'The site can’t be reached just now. Please try again in a minute.'
  }
}

async function thisBrowser(): Promise<{ name: string; platform: string }> {
  const { os } = await browser.runtime.getPlatformInfo()
  // Only Firefox says its own name.
  const firefox = 'getBrowserInfo' in browser.runtime && (await browser.runtime.getBrowserInfo())
  const name = firefox ? firefox.name : 'Chromium'
  return { name: `${name} on ${OPERATING_SYSTEMS[os] ?? os}`, platform: name.toLowerCase() }
}

const OPERATING_SYSTEMS: Readonly<Record<string, string>> = {
  linux: 'Linux',
  mac: 'macOS',
  win: 'Windows',
  android: 'Android',
  cros: 'ChromeOS',
  openbsd: 'OpenBSD',
}
