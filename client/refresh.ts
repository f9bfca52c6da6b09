import { type Duration, fromSeconds } from '../clock/moment.ts'
import type { DeviceKey } from '../protocol/dpop/key.ts'
import type { AccessToken } from './access-token.ts'
import type { BackOffGate } from './backoff.ts'
import { type Ending, type Held, type HeldSession, without } from './held.ts'
import type { Journal } from './journal.ts'
import { decideAfterRefresh, type RefreshOutcome, type Tokens } from './outcome.ts'
import type { Lock, Log, Pause } from './ports.ts'
import { randomText } from './random.ts'
import { forgetRegistration, type Registration } from './registration.ts'
import { nameOf, type Site } from './site.ts'
import type { StateHolder } from './state.ts'

/** How often one flight looks at the store again because another process was faster. */
const MOST_ROUNDS = 4

export interface RefresherParts {
  readonly journal: Journal
  readonly registration: Registration
  readonly site: Site
  readonly access: AccessToken
  readonly gate: BackOffGate
  readonly states: StateHolder
  readonly lock: Lock
  readonly pause: Pause
  readonly log: Log
}

/**
 * Refreshes, one flight at a time: everyone who comes meanwhile waits for the same outcome.
 *
 * The attempt is written before the request leaves, and the new token before anyone hears of it. So
 * whatever dies in between, the same attempt gets the same answer again (DESIGN §6).
 */
export class Refresher {
  readonly #parts: RefresherParts
  #flight: Promise<RefreshOutcome> | undefined

  constructor(parts: RefresherParts) {
    this.#parts = parts
  }

  /** Refreshes, unless the site is to be left alone for a while after a failure. */
  async whenAllowed(): Promise<RefreshOutcome> {
    const { closedFor } = this.#parts.gate
    if (!this.#flight && closedFor > 0) return { kind: 'retry_later', after: closedFor }
    return this.now()
  }

  /** Refreshes now: at start, or because the person asks. Never throws. */
  now(): Promise<RefreshOutcome> {
    this.#flight ??= this.#fly().finally(() => {
      this.#flight = undefined
    })
    return this.#flight
  }

  /** Refreshes by a request that begins after this call: one under way may bring what was before. */
  async afresh(): Promise<RefreshOutcome> {
    await this.#flight
    return this.now()
  }

  async #fly(): Promise<RefreshOutcome> {
    const { lock, log } = this.#parts
    try {
      return await lock.withLock('refresh', async () => {
        for (let round = 1; round <= MOST_ROUNDS; round++) {
          const outcome = await this.#round()
          if (outcome) return outcome
        }
        return this.#later('store_keeps_changing')
      })
    } catch (error) {
      // The secret store or the key can't be read or written just now. What the site has given is
      // not lost: the attempt is written down.
      log('error', 'refresh_failed', { error: nameOf(error) })
      return this.#later('platform')
    }
  }

  /** One request and what follows; `undefined`: the store has changed meanwhile, look again. */
  async #round(): Promise<RefreshOutcome | undefined> {
    const { journal, registration, site, access, states, pause, log } = this.#parts
    const held = await journal.update(withAttempt)
    const { session } = held
    if (session?.attempt === undefined) {
      access.clear()
      states.holds(held)
      return { kind: 'ended', ended: held.ended }
    }
    const key = await registration.keyOf(held)
    if (!key) return this.#keyLost(session)
    const decision = decideAfterRefresh(await this.#ask(site, key, session, session.attempt))
    switch (decision.kind) {
      case 'store':
        return this.#store(session, decision.tokens)
      case 'ended':
        return this.#end(session, decision.ending, decision.unknownHere)
      case 'in_progress': {
        const now = await journal.read()
        if (now.session?.refreshToken === session.refreshToken) await pause(decision.after)
        return undefined
      }
      case 'retry_later':
        log(decision.bug ? 'error' : 'warn', 'refresh_postponed', { why: decision.why })
        return this.#later(decision.why, decision.retryAfter)
    }
  }

  #ask(site: Site, key: DeviceKey, session: HeldSession, attempt: string) {
    return site.refresh(key, session.refreshToken, attempt)
  }

  /** Writes the new token, then lets everyone have it. */
  async #store(presented: HeldSession, tokens: Tokens): Promise<RefreshOutcome | undefined> {
    const { journal, access, gate, states, log } = this.#parts
    let ours = false
    const held = await journal.update((now) => {
      const { session } = now
      // Another process asked with the same attempt, and wrote the identical answer.
      ours = session?.refreshToken === tokens.refreshToken
      if (ours) return now
      if (session?.refreshToken === presented.refreshToken) {
        ours = true
        return { ...now, session: renewed(session, tokens) }
      }
      // The store has newer tokens: those are to be used. Or somebody signed out meanwhile: then a
      // token of this family is among those that the site will be told of.
      return now
    })
    if (!ours) return undefined
    access.set(tokens)
    gate.open()
    states.holds(held)
    states.reached(true)
    log('info', 'refreshed', { session: tokens.sessionId })
    return { kind: 'ok' }
  }

  /** The site's explicit word: what was held is wiped, device and key stay. */
  async #end(
    presented: HeldSession,
    ending: Ending,
    unknownHere: boolean,
  ): Promise<RefreshOutcome | undefined> {
    const { journal, access, gate, states, log } = this.#parts
    const held = await journal.update((now) => {
      // A loser never wipes what the winner wrote (notes/field.md §6.4): not if the token is newer,
      // not if it is another session's.
      if (now.session?.refreshToken !== presented.refreshToken) return now
      const ended = asWasKnown(ending, now.session)
      const wiped = { ...without(now, 'session'), ended }
      // A site that never heard of the session may not know the device either, e.g. after a reset.
      return unknownHere ? forgetRegistration(wiped) : wiped
    })
    if (held.session) return undefined
    access.clear()
    gate.open()
    states.holds(held)
    states.reached(true)
    log('info', 'session_ended', { session: presented.id, reason: ending.reason })
    return { kind: 'ended', ended: held.ended }
  }

  /** Not the site's word, but certain all the same: without its key the token is worthless. */
  async #keyLost(presented: HeldSession): Promise<RefreshOutcome | undefined> {
    this.#parts.log('error', 'device_key_lost', { session: presented.id })
    return this.#end(presented, {}, true)
  }

  #later(why: string, retryAfter?: Duration): RefreshOutcome {
    const { gate, states, log } = this.#parts
    const after = gate.failed(retryAfter)
    states.reached(false)
    log('info', 'retry_later', { why, after })
    return { kind: 'retry_later', after }
  }
}

/** Names the attempt before it is made; one that is still open is made again. */
const withAttempt = (held: Held): Held =>
  held.session && held.session.attempt === undefined
    ? { ...held, session: { ...held.session, attempt: randomText() } }
    : held

/** The session with its new token, and no attempt open: one change, or none. */
const renewed = (session: HeldSession | undefined, tokens: Tokens): HeldSession => ({
  id: tokens.sessionId,
  refreshToken: tokens.refreshToken,
  ...(session?.id === tokens.sessionId && session.me ? { me: session.me } : {}),
})

export const sessionOf = (tokens: Tokens): HeldSession => renewed(undefined, tokens)

/** Notes that the site must be told that this token's session is over. */
export const withRevocation = (held: Held, refreshToken: string): Held => ({
  ...held,
  revocations: [
    ...(held.revocations ?? []).filter((token) => token !== refreshToken),
    refreshToken,
  ],
})

/** The ending with what its sentence needs of the session, which is wiped. */
function asWasKnown(ending: Ending, { me }: HeldSession): Ending {
  if (!me) return ending
  const { signed_in_at, refreshed_at, idle_ends_at, absolute_ends_at } = me.session
  return {
    ...ending,
    account: me.account.name,
    idle: fromSeconds(idle_ends_at - refreshed_at),
    absolute: fromSeconds(absolute_ends_at - signed_in_at),
  }
}
