import type { AccessToken } from './access-token.ts'
import { without } from './held.ts'
import type { Journal } from './journal.ts'
import type { Log } from './ports.ts'
import { withRevocation } from './refresh.ts'
import type { Registration } from './registration.ts'
import { nameOf, type Site } from './site.ts'
import type { StateHolder } from './state.ts'

/**
 * Ends the session of this device by the person's wish. The wipe is at once, network or not. The
 * token stays in the journal until the site has heard that it is over: otherwise a sign-out in a
 * train would leave a session that other devices show as alive for a fortnight. It needs no bound in
 * time: once the token has run out, the site acknowledges it all the same (RFC 7009 §2.2).
 */
export class SignOut {
  readonly #journal: Journal
  readonly #registration: Registration
  readonly #site: Site
  readonly #access: AccessToken
  readonly #states: StateHolder
  readonly #log: Log
  #sending: Promise<void> | undefined

  constructor(
    journal: Journal,
    registration: Registration,
    site: Site,
    access: AccessToken,
    states: StateHolder,
    log: Log,
  ) {
    this.#journal = journal
    this.#registration = registration
    this.#site = site
    this.#access = access
    this.#states = states
    this.#log = log
  }

  /** Device and key stay registered. @throws when the secret store refuses the wipe */
  async run(): Promise<void> {
    this.#access.clear()
    const held = await this.#journal.update((now) => {
      const wiped = without(now, 'session', 'pendingSignIn')
      if (!now.session) return now.pendingSignIn ? wiped : now
      const ended = { reason: 'signed_out', actor: 'user' } as const
      return withRevocation({ ...wiped, ended }, now.session.refreshToken)
    })
    this.#states.holds(held)
    this.#log('info', 'signed_out')
    await this.tell()
  }

  /** Tells the site what it has not heard yet, as far as it can be reached. Never throws. */
  tell(): Promise<void> {
    this.#sending ??= this.#tellAll().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #tellAll(): Promise<void> {
    try {
      for (;;) {
        const held = await this.#journal.read()
        const token = held.revocations?.[0]
        if (token === undefined || !(await this.#tellOne(token))) return
      }
    } catch (error) {
      this.#log('warn', 'revocation_failed', { error: nameOf(error) })
    }
  }

  /** @returns whether to go on */
  async #tellOne(token: string): Promise<boolean> {
    const key = await this.#registration.keyOf(await this.#journal.read())
    // Without the key there is nobody who could use the token, or prove it.
    const answer = key ? await this.#site.revoke(key, token) : undefined
    if (answer?.kind === 'unreachable') {
      this.#log('warn', 'revocation_postponed', { why: answer.why })
      return false
    }
    if (answer?.kind === 'refused') {
      this.#log('error', 'revocation_refused', { error: answer.error.code })
    }
    await this.#journal.update((now) => {
      const rest = (now.revocations ?? []).filter((other) => other !== token)
      return rest.length === 0 ? without(now, 'revocations') : { ...now, revocations: rest }
    })
    return true
  }
}
