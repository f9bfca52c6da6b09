import * as v from 'valibot'
import { caller } from '../calls/caller.ts'
import {
  ClockShown,
  FaultShown,
  type FaultWish,
  MailShown,
  PersonShown,
  PolicyShown,
  RefreshTokenShown,
  ScriptedLogin,
  SessionShown,
  State,
  TrailPage,
} from './control/answers.ts'
import type { PersonWish } from './control/people.ts'
import type { Persona } from './control/personas.ts'
import { RefusalBody } from './control/refusal.ts'
import type { Fault, Mode } from './faults/catalogue.ts'
import type { TrailEntry, TrailEvent } from './trail.ts'

const Done = v.object({ done: v.literal(true) })

/** Seconds that one call waits for an event; then it asks anew. */
const WAIT = 20

/**
 * The provider's control API, for suites that test their own application against it:
 *
 * @example
 * ```ts
 * const { login, faults, trail } = new ProviderClient('http://localhost:4000')
 * await login.next({ person: 'alice@example.test' })
 * await faults.set('unavailable', 'next', { at: 'token' })
 * await trail.waitFor('signed-in')
 * ```
 *
 * Every method is a call of `/control/openapi.json`, and rejects with the provider's own sentence.
 */
export class ProviderClient {
  readonly #call: ReturnType<typeof caller>

  /** @param url the provider's, started with `PROVIDER_CONTROL=1` */
  constructor(url: string) {
    this.#call = caller(url, (told, status) => {
      const read = v.safeParse(RefusalBody, told)
      return new Error(read.success ? read.output.error : `The provider answered ${status}.`)
    })
  }

  readonly people = {
    all: () => this.#call('GET', '/control/people', v.array(PersonShown)),
    add: (person: PersonWish) => this.#call('POST', '/control/people', PersonShown, person),
    /** A new one of a kind. */
    like: (persona: Persona) => this.#call('POST', `/control/personas/${persona}`, PersonShown),
    change: (oid: string, changes: PersonWish) =>
      this.#call('PUT', `/control/people/${encodeURIComponent(oid)}`, PersonShown, changes),
    disable: (oid: string) => this.people.change(oid, { disabled: true }),
    enable: (oid: string) => this.people.change(oid, { disabled: false }),
    remove: (oid: string) =>
      this.#call('DELETE', `/control/people/${encodeURIComponent(oid)}`, Done),
  }

  readonly login = {
    /** Ends the next sign-in without a page: whose it is, or with which error. */
    next: (script: { readonly person: string } | { readonly code: string }) =>
      this.#script({ ...script, mode: 'next' }),
    /** Ends each sign-in so, until {@link login.byHand}. */
    always: (script: { readonly person: string } | { readonly code: string }) =>
      this.#script({ ...script, mode: 'on' }),
    byHand: () => this.#script({ mode: 'off' }),
  }

  readonly sessions = {
    all: () => this.#call('GET', '/control/sessions', v.array(SessionShown)),
    end: (id: string) => this.#call('DELETE', `/control/sessions/${encodeURIComponent(id)}`, Done),
  }

  readonly refreshTokens = {
    all: () => this.#call('GET', '/control/refresh-tokens', v.array(RefreshTokenShown)),
    revoke: (id: string) =>
      this.#call('DELETE', `/control/refresh-tokens/${encodeURIComponent(id)}`, Done),
  }

  readonly mails = {
    /** The newest first. */
    all: () => this.#call('GET', '/control/mails', v.array(MailShown)),
  }

  readonly faults = {
    all: () => this.#call('GET', '/control/faults', v.array(FaultShown)),
    set: (fault: Fault, mode: Mode, details: Omit<FaultWish, 'mode'> = {}) =>
      this.#call('PUT', `/control/faults/${fault}`, FaultShown, { ...details, mode }),
    allOff: () => this.#call('DELETE', '/control/faults', Done),
  }

  readonly keys = {
    rotate: (old: 'published' | 'withdrawn' = 'published') =>
      this.#call('POST', '/control/keys/rotate', v.object({ kid: v.string() }), { old }),
  }

  readonly trail = {
    /** What happened after that number, in order. */
    after: (number = 0) => this.#call('GET', `/control/trail?after=${number}`, TrailPage),
    /** The first such event after that number, as soon as it has happened. */
    waitFor: (event: TrailEvent, after = 0) => this.#waitFor(event, after),
  }

  clock() {
    return this.#call('GET', '/control/clock', ClockShown)
  }

  policies() {
    return this.#call('GET', '/control/policies', v.array(PolicyShown))
  }

  export() {
    return this.#call('GET', '/control/state', State)
  }

  import(state: State) {
    return this.#call('PUT', '/control/state', Done, state)
  }

  /** Wipes everything that came since the start. */
  reset() {
    return this.#call('POST', '/control/reset', Done)
  }

  #script(script: Partial<ScriptedLogin>) {
    return this.#call('PUT', '/control/logins/next', v.nullable(ScriptedLogin), script)
  }

  async #waitFor(event: TrailEvent, after: number): Promise<TrailEntry> {
    for (;;) {
      const query = new URLSearchParams({ after: String(after), event, wait: String(WAIT) })
      const { entries } = await this.#call('GET', `/control/trail?${query}`, TrailPage)
      if (entries[0]) return entries[0]
    }
  }
}
