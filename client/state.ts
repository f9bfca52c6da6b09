import type { Moment } from '../clock/moment.ts'
import type { Me } from '../protocol/me.ts'
import type { Ending, Held } from './held.ts'

/** What a person sees of the engine. */
export type State =
  /** Before the engine has looked at what is held. */
  | { readonly at: 'starting' }
  /** `ended` says why, if anybody was signed in before. */
  | { readonly at: 'signed_out'; readonly ended: Ending | undefined }
  | { readonly at: 'signing_in' }
  | { readonly at: 'signed_in'; readonly me: Me | undefined; readonly stale: boolean }
  /** Still signed in, but the site can't be reached. `since` is for display only. */
  | {
      readonly at: 'offline'
      readonly me: Me | undefined
      readonly stale: boolean
      readonly since: Moment
    }

/** All that the state is made of. */
export interface Situation {
  /** `undefined`: not looked at yet. */
  readonly held: Held | undefined
  readonly signingIn: boolean
  readonly offlineSince: Moment | undefined
  /** Plan, role or account are others than what we know; the next use brings the new ones. */
  readonly stale: boolean
}

/** What is held decides who is signed in; being offline never does. */
export function stateOf({ held, signingIn, offlineSince, stale }: Situation): State {
  if (!held) return { at: 'starting' }
  if (signingIn) return { at: 'signing_in' }
  if (!held.session) return { at: 'signed_out', ended: held.ended }
  const { me } = held.session
  return offlineSince === undefined
    ? { at: 'signed_in', me, stale }
    : { at: 'offline', me, stale, since: offlineSince }
}

/** What a start has to finish or to begin. */
export type StartDecision = 'redeem_code' | 'refresh' | 'nothing'

/** A code that came back before a crash goes first: it lives for a minute only. */
export function decideAtStart(held: Held): StartDecision {
  if (held.pendingSignIn?.redeem) return 'redeem_code'
  return held.session ? 'refresh' : 'nothing'
}

export type StateListener = (state: State) => void

/** Holds the state and tells everyone who wants to know. */
export class StateHolder {
  readonly #now: () => Moment
  readonly #listenerFailed: (error: unknown) => void
  readonly #listeners = new Set<StateListener>()
  #situation: Situation = {
    held: undefined,
    signingIn: false,
    offlineSince: undefined,
    stale: false,
  }
  #state: State = stateOf(this.#situation)

  /** @param now for display */
  constructor(now: () => Moment, listenerFailed: (error: unknown) => void) {
    this.#now = now
    this.#listenerFailed = listenerFailed
  }

  get(): State {
    return this.#state
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: StateListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Something else is held now. */
  holds(held: Held): void {
    this.#change({ held })
  }

  signingIn(signingIn: boolean): void {
    this.#change({ signingIn })
  }

  /** What the token says is not true any more, or is again. */
  stale(stale: boolean): void {
    this.#change({ stale })
  }

  /** The site answered, or it could not be reached. */
  reached(reached: boolean): void {
    const since = this.#situation.offlineSince ?? this.#now()
    this.#change({ offlineSince: reached ? undefined : since })
  }

  #change(change: Partial<Situation>): void {
    this.#situation = { ...this.#situation, ...change }
    const state = stateOf(this.#situation)
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return
    this.#state = state
    for (const listener of [...this.#listeners]) {
      try {
        listener(state)
      } catch (error) {
        // A window that can't be drawn must not stop a refresh half-way.
        this.#listenerFailed(error)
      }
    }
  }
}
