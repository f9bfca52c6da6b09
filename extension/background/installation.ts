import { Engine, type EnginePorts } from '../../client/engine.ts'
import { decodeHeld, NOTHING_HELD } from '../../client/held.ts'
import { Others } from '../../client/others.ts'
import type { Log } from '../../client/ports.ts'
import { type Problem, problemOf } from '../../client/problem.ts'
import { nameOf } from '../../client/site.ts'
import { type State, stateOf } from '../../client/state.ts'
import type { Clock } from '../../clock/clock.ts'
import { type Duration, MINUTE } from '../../clock/moment.ts'
import type { Configuration } from '../configuration.ts'
import type { ServiceAnswer } from '../messages.ts'
import type { PurgeReport, View } from '../view.ts'
import { deviceKeys, forgetDeviceKey } from './device-key.ts'
import { readConfiguration, writeConfiguration } from './kept-configuration.ts'
import { purge } from './purge.ts'
import { forgetPurge, isPurgeDue, lastPurge, notePurgeDue, recordPurge } from './purge-record.ts'
import { lastShown, show } from './shown.ts'
import { accessTokenMemory, heldEntry } from './storage.ts'
import { thisBrowser } from './this-browser.ts'
import { webAuthFlow } from './web-auth-flow.ts'

/** More of a service's answer than this is not handed on. */
const MOST_CHARACTERS = 100_000

/** Somebody who looks again after so long has seen what did not work, or does not care any more. */
const PROBLEM_SAID_FOR: Duration = 10 * MINUTE

const NOT_FINISHED: Problem = { sentence: 'The sign-in was not finished. Nothing has changed.' }

/** What one life of the background works with. */
interface Life {
  readonly engine: Engine
  readonly others: Others
}

/**
 * This installation, for one life of the background: everything that it knows it reads, and whatever is
 * under way when it dies is taken up by the next one.
 */
export class Installation {
  readonly #clock: Clock
  readonly #log: Log
  #life: Promise<Life> | undefined
  #signingIn: Promise<View> | undefined
  #problem: View['problem']
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
    if (this.#life) return (await this.#life).engine.state
    const text = await heldEntry.read()
    const held = text === undefined ? NOTHING_HELD : (decodeHeld(text) ?? NOTHING_HELD)
    return stateOf({ held, signingIn: false, offlineSince: undefined, stale: false })
  }

  /** The person looks: that is use. */
  async view(): Promise<View> {
    const { engine, others } = await this.#started()
    await this.#recovered()
    await engine.me().catch((error: unknown) => this.#failed('me_failed', error))
    if (engine.state.at === 'signed_in') {
      // Who it is can be read while the site is asked for the rest.
      await this.#publish()
      await others.load()
    }
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
    const { engine, others } = await this.#started()
    this.#say(undefined)
    await notePurgeDue()
    const result = await engine.signIn()
    this.#say(result.kind === 'not_finished' ? NOT_FINISHED : problemOf(result))
    // Also when it came to nothing: the password may have been given before the window was closed.
    await Promise.all([this.#purge(), result.kind === 'ok' && others.load()])
    return this.#publish()
  }

  async signOut(): Promise<View> {
    const { engine } = await this.#started()
    this.#say(undefined)
    await engine.signOut()
    return this.#publish()
  }

  async tryAgain(): Promise<View> {
    const { engine } = await this.#started()
    await engine.refresh()
    return this.view()
  }

  /** Does what the person wishes about their devices, accounts and logins, and looks at what became of it. */
  async wish(wish: (others: Others) => Promise<Problem | undefined>): Promise<View> {
    const { others } = await this.#started()
    this.#say(await wish(others))
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
    const { engine } = await this.#started()
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
    const { engine } = await this.#started()
    await engine.signOut()
    this.#life = undefined
    this.#say(undefined)
    await heldEntry.clear()
    await accessTokenMemory.clear()
    await forgetPurge()
    await forgetDeviceKey()
    return this.#publish()
  }

  async purge(): Promise<PurgeReport> {
    const state = await this.glance()
    const site = state.at === 'signed_in' ? state.me?.session.purge?.outcome : undefined
    const { engine } = (this.#life && (await this.#life)) ?? {}
    const now = () => engine?.siteTime ?? this.#clock.now()
    const report = await purge(await readConfiguration(), site, now)
    await recordPurge(report)
    this.#log('info', 'purged', { outcome: report.outcome, removed: report.removed })
    return report
  }

  async #purge(): Promise<void> {
    await this.purge().catch((error: unknown) => this.#failed('purge_failed', error))
  }

  /** What a background before this one died over. */
  #recovered(): Promise<void> {
    this.#recovering ??= (async () => {
      if (!this.#signingIn && (await isPurgeDue())) await this.#purge()
    })()
    return this.#recovering
  }

  async #started(): Promise<Life> {
    this.#life ??= this.#begin()
    const life = await this.#life
    await life.engine.start()
    return life
  }

  async #begin(): Promise<Life> {
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
      this.#publish().catch((error: unknown) => this.#failed('not_shown', error))
    })
    const before = await lastShown()
    this.#problem = before?.problem
    return { engine, others: new Others(engine, site, before?.read) }
  }

  #say(problem: Problem | undefined): void {
    this.#problem = problem && { ...problem, at: this.#clock.now() }
  }

  #failed(event: string, error: unknown): void {
    this.#log('warn', event, { error: nameOf(error) })
  }

  /**
   * Puts what is to be drawn where all windows see it. One after the other, or two at once would both find
   * that nothing was said yet.
   */
  #publish(): Promise<View> {
    const next = this.#published.then(() => this.#publishNow())
    this.#published = next.catch(() => {})
    return next
  }

  async #publishNow(): Promise<View> {
    const state = await this.glance()
    const { site } = await readConfiguration()
    const here = this.#clock.now()
    const { engine, others } = (this.#life && (await this.#life)) ?? {}
    const view: View = {
      state,
      site,
      now: { site: engine?.siteTime ?? here, here },
      refreshDueAt: engine?.refreshDueAt,
      runsOutAt: engine?.runsOutAt,
      ...others?.known,
      problem:
        this.#problem && here - this.#problem.at < PROBLEM_SAID_FOR ? this.#problem : undefined,
      purge: await lastPurge(),
    }
    return show(view, state)
  }
}
