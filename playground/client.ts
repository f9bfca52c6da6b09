import * as v from 'valibot'
import { type Caller, caller } from '../calls/caller.ts'
import { DAY, toSeconds } from '../clock/moment.ts'
import { fromErrorBody } from '../protocol/error-body.ts'
import { EndedSessions } from '../protocol/my-devices.ts'
import { AccountPlan } from '../protocol/my-plan.ts'
import { Advanced, ClockShown, HistoryPage } from './console/answers.ts'
import type { Fault } from './faults.ts'
import type { Happening, HappeningOf } from './history/happening.ts'
import { ExchangeShown } from './requests/exchange.ts'
import {
  type AccountShown,
  type DeliveryShown,
  Due,
  type PartyName,
  type PersonShown,
  Scene,
  type SessionShown,
} from './scene.ts'
import type { FaultMode } from './site/orders.ts'
import type { StoryName } from './stories/named/names.ts'

const Done = v.object({ done: v.literal(true) })

export type EndingShown = Pick<HappeningOf<'ended'>, 'at' | 'reason' | 'actor'> & {
  readonly session: string
  readonly device: string
}

/**
 * A playground by HTTP, for suites that test their own client against it:
 *
 * @example
 * ```ts
 * const { clock, people } = new PlaygroundClient('http://127.0.0.1:3200')
 * await clock.advance('14d')
 * await people.disable((await people.named('alice@example.test')).id)
 * ```
 *
 * Every method is a call of `/openapi.json`, and rejects with the console's own sentence.
 */
export class PlaygroundClient {
  readonly #url: string
  readonly #call: Caller

  /** @param url the console's */
  constructor(url: string) {
    this.#url = url
    this.#call = caller(
      url,
      (told, status) => fromErrorBody(told) ?? new Error(`The console answered ${status}.`),
    )
  }

  readonly clock = {
    now: () => this.#call('GET', '/clock', ClockShown),
    /** Resolves when all that was due on the way has happened. */
    advance: (by: string) => this.#call('POST', '/clock/advance', Advanced, { by }),
    advanceTo: (at: string) => this.#call('POST', '/clock/advance-to', Advanced, { at }),
    /** To the next moment at which something happens by itself, and what that is. */
    toNextDue: () =>
      this.#call('POST', '/clock/advance-to-next', v.object({ ...Advanced.entries, due: Due })),
    /** Wipes everything. */
    reset: () => this.#call('POST', '/clock/reset', ClockShown),
  }

  readonly people = {
    all: async () => (await this.scene()).people,
    /** By e-mail. */
    named: (email: string) => this.#person(email),
    disable: (id: string, mode: 'now' | 'expiry' = 'now') =>
      this.#call('POST', `/people/${encodeURIComponent(id)}/logins/disable`, Done, { mode }),
    enable: (id: string) =>
      this.#call('POST', `/people/${encodeURIComponent(id)}/logins/enable`, Done),
    resetPassword: (id: string) =>
      this.#call('POST', `/people/${encodeURIComponent(id)}/password-reset`, EndedSessions),
    delete: (id: string) =>
      this.#call('DELETE', `/people/${encodeURIComponent(id)}`, EndedSessions),
  }

  readonly accounts = {
    /** By its name. */
    named: (name: string) => this.#account(name),
    /** Puts it on a plan of the catalogue: a trial or a period of thirty days begins now. */
    putOn: async (id: string, plan: string) => {
      const { now_ms } = await this.clock.now()
      const ends = toSeconds(now_ms + 30 * DAY)
      const isTrial = plan === 'trial'
      return this.accounts.setPlan(id, {
        plan,
        status: isTrial ? 'trialing' : 'active',
        trial_ends_at: isTrial ? ends : null,
        period_ends_at: isTrial ? null : ends,
      })
    },
    close: (id: string) =>
      this.#call('POST', `/accounts/${encodeURIComponent(id)}/close`, EndedSessions),
    reopen: (id: string) => this.#call('POST', `/accounts/${encodeURIComponent(id)}/reopen`, Done),
    setPlan: (
      id: string,
      plan: {
        readonly plan: string
        readonly status: 'trialing' | 'active' | 'past_due' | 'canceled'
        /** Seconds since 1970. */
        readonly trial_ends_at: number | null
        readonly period_ends_at: number | null
      },
    ): Promise<AccountPlan> =>
      this.#call('PUT', `/accounts/${encodeURIComponent(id)}/plan`, AccountPlan, plan),
    pay: (id: string, plan?: string) =>
      this.#call('POST', `/accounts/${encodeURIComponent(id)}/plan/paid`, AccountPlan, {
        ...(plan === undefined ? {} : { plan }),
      }),
  }

  readonly sessions = {
    /** The newest that lives on the device of that name. */
    on: (device: string) => this.#session(device),
    end: (id: string) => this.#call('DELETE', `/sessions/${encodeURIComponent(id)}`, EndedSessions),
  }

  readonly faults = {
    set: (fault: Fault, mode: FaultMode) => this.#call('PUT', `/faults/${fault}`, Done, { mode }),
  }

  readonly parties = {
    down: (name: PartyName) =>
      this.#call('PUT', `/parties/${name}`, v.unknown(), { state: 'down' }),
    up: (name: PartyName) => this.#call('PUT', `/parties/${name}`, v.unknown(), { state: 'up' }),
  }

  readonly deliveries = {
    /** The newest first. */
    all: async () => (await this.scene()).deliveries,
    /** The newest of an event, e.g. `session.ended`. */
    newest: (event: string) => this.#delivery(event),
    replay: (id: string) => this.#call('POST', '/deliveries/replay', Done, { id }),
  }

  readonly stories = {
    /** Resolves when all of it held. */
    play: (name: StoryName) => this.#call('POST', `/stories/${name}`, Done),
  }

  /** How everything stands. */
  scene(): Promise<Scene> {
    return this.#call('GET', '/scene', Scene)
  }

  /** What happened after that number, in order. */
  async history(after = 0): Promise<readonly Happening[]> {
    return (await this.#call('GET', `/history?after=${after}`, HistoryPage)).happenings
  }

  /** Each session that has ended, in order, with its device and the reason. */
  async endings(): Promise<readonly EndingShown[]> {
    const devices = new Map<string, string>()
    return (await this.history()).flatMap((one) => {
      if (one.kind === 'signed_in') devices.set(one.session_id, one.device)
      if (one.kind !== 'ended') return []
      const { session_id: session, at, reason, actor } = one
      return [{ session, device: devices.get(session) ?? '', at, reason, actor }]
    })
  }

  /** The last messages of the protocol after that number, secrets as fingerprints. */
  async requests(after = 0): Promise<readonly ExchangeShown[]> {
    const schema = v.object({ requests: v.array(ExchangeShown) })
    return (await this.#call('GET', `/requests?after=${after}`, schema)).requests
  }

  /** The timeline as text. */
  async timeline(): Promise<string> {
    return (await this.#call('GET', '/timeline', v.object({ text: v.string() }))).text
  }

  /** What happens from now on, as it happens, until `signal` aborts. */
  async *stream(signal: AbortSignal): AsyncGenerator<Happening> {
    const answer = await fetch(new URL('/live', this.#url), { signal })
    let name = ''
    let rest = ''
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('event: ')) name = line.slice(7)
        if (line.startsWith('data: ') && name === 'happenings') {
          yield* JSON.parse(line.slice(6)) as readonly Happening[]
        }
      }
    }
  }

  async #person(email: string): Promise<PersonShown> {
    const person = (await this.scene()).people.find((one) => one.email === email)
    if (!person) throw new Error(`Nobody here has the address ${email}.`)
    return person
  }

  async #account(name: string): Promise<AccountShown> {
    const accounts = (await this.scene()).people.flatMap((one) => one.accounts)
    const account = accounts.find((one) => one.name === name)
    if (!account) throw new Error(`No account here is called ${name}.`)
    return account
  }

  async #session(device: string): Promise<SessionShown> {
    const [session] = (await this.scene()).people
      .flatMap(({ sessions }) => sessions)
      .filter((one) => one.device === device)
      .sort((a, b) => b.signed_in_at - a.signed_in_at)
    if (!session) throw new Error(`Nobody is signed in on a device called ${device}.`)
    return session
  }

  async #delivery(event: string): Promise<DeliveryShown> {
    const delivery = (await this.scene()).deliveries.find((one) => one.event === event)
    if (!delivery) throw new Error(`No service was told of ${event}.`)
    return delivery
  }
}
