import type { Duration } from '../clock/moment.ts'
import type { AccessToken } from './access-token.ts'
import { type BackOffGate, backOff } from './backoff.ts'
import { type Callback, readCallback, type SignInRefusal, verdictOf } from './callback.ts'
import { type PendingSignIn, without } from './held.ts'
import type { Journal } from './journal.ts'
import { decideAfterRedeem, type Tokens } from './outcome.ts'
import type { BrowserLauncher, Log, Pause, WayBack } from './ports.ts'
import { codeChallenge, randomText } from './random.ts'
import { sessionOf, withRevocation } from './refresh.ts'
import { forgetRegistration, type RegisteredKey, type Registration } from './registration.ts'
import { nameOf, type Site } from './site.ts'
import type { StateHolder } from './state.ts'

export type SignInResult =
  | { readonly kind: 'ok' }
  /** The person or the app gave up, or nobody came back in time. */
  | { readonly kind: 'not_finished' }
  /** The site says no, and why. */
  | ({ readonly kind: 'refused' } & SignInRefusal)
  /** The site could not be reached. A code that is held is redeemed at the next start. */
  | { readonly kind: 'retry_later'; readonly after: Duration }

export interface SignInOptions {
  /** An e-mail address; its domain may pick the provider. */
  readonly loginHint?: string | undefined
  /** Gives up. */
  readonly signal?: AbortSignal | undefined
}

/** A code lives for a minute: more tries than these come too late. */
const REDEEM_TRIES = 5

export interface SignInParts {
  readonly clientId: string
  readonly journal: Journal
  readonly registration: Registration
  readonly site: Site
  readonly browser: BrowserLauncher
  readonly access: AccessToken
  readonly gate: BackOffGate
  readonly states: StateHolder
  readonly pause: Pause
  readonly log: Log
}

/** Signs a person in through the system browser (RFC 8252), with PKCE and a bound code (RFC 9449 §10). */
export class SignIn {
  readonly #parts: SignInParts

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  async run(options: SignInOptions, signal: AbortSignal): Promise<SignInResult> {
    const device = await this.#parts.registration.ensure()
    if ('kind' in device) {
      if (device.kind === 'unreachable') return this.#later(device.why, 1, device.retryAfter)
      const { error } = device
      this.#parts.log('error', 'registration_refused', { error: error.code })
      const refusal = { error: error.code, sentence: error.message, reason: error.reason }
      return { kind: 'refused', ...refusal, at: error.at }
    }
    if (signal.aborted) return { kind: 'not_finished' }
    let way: WayBack
    try {
      way = await this.#parts.browser.prepare()
    } catch (error) {
      return this.#notFinished(error)
    }
    const pending: PendingSignIn = {
      state: randomText(),
      codeVerifier: randomText(),
      redirectUri: way.redirectUri,
    }
    return this.#by(way, pending, signal, async () => {
      // Held before the browser opens: the answer may find another process than this one.
      await this.#parts.journal.update((held) => ({ ...held, pendingSignIn: pending }))
      return this.#signInUrl(pending, device, options)
    })
  }

  /** Whether a sign-in waits for its answer, perhaps since before this process. */
  async isPending(): Promise<boolean> {
    const { pendingSignIn } = await this.#parts.journal.read()
    return pendingSignIn !== undefined && !pendingSignIn.redeem
  }

  /**
   * Goes on waiting for a sign-in whose process ended while the person was in the browser: same
   * state, same verifier, same way back. One whose way back can't be had again is given up.
   */
  async resume(signal: AbortSignal): Promise<SignInResult> {
    const { journal, browser } = this.#parts
    const { pendingSignIn: pending, device } = await journal.read()
    if (!pending || pending.redeem) return { kind: 'not_finished' }
    const way = await browser.again?.(pending.redirectUri)
    if (!way || device?.id === undefined) {
      await way?.close()
      await this.#drop(pending)
      return { kind: 'not_finished' }
    }
    const { id: deviceId, jkt } = device
    return this.#by(way, pending, signal, () => this.#signInUrl(pending, { deviceId, jkt }, {}))
  }

  async #by(
    way: WayBack,
    pending: PendingSignIn,
    signal: AbortSignal,
    url: () => Promise<string>,
  ): Promise<SignInResult> {
    let callback: Callback | undefined
    try {
      callback = await this.#wait(way, await url(), pending, signal)
    } finally {
      await way.close()
    }
    return callback ? this.#arrived(pending, callback, signal) : { kind: 'not_finished' }
  }

  /** @returns `undefined` when nobody came back; the sign-in is given up then */
  async #wait(way: WayBack, url: string, pending: PendingSignIn, signal: AbortSignal) {
    const read = (callbackUrl: string) =>
      readCallback(callbackUrl, pending, this.#parts.site.issuer)
    const judge = (callbackUrl: string) => {
      const callback = read(callbackUrl)
      if (callback.kind === 'foreign') this.#foreign(callback.why)
      return verdictOf(callback)
    }
    try {
      return read(await way.open(url, judge, signal))
    } catch (error) {
      this.#notFinished(error)
      await this.#drop(pending)
      return undefined
    }
  }

  async #signInUrl(
    pending: PendingSignIn,
    device: Pick<RegisteredKey, 'deviceId' | 'jkt'>,
    options: SignInOptions,
  ) {
    const url = new URL(this.#parts.site.address('signIn'))
    const { loginHint } = options
    url.search = new URLSearchParams({
      client_id: this.#parts.clientId,
      response_type: 'code',
      redirect_uri: pending.redirectUri,
      code_challenge: await codeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      state: pending.state,
      device_id: device.deviceId,
      dpop_jkt: device.jkt,
      ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    }).toString()
    return url.href
  }

  /**
   * Takes an answer that came by another way than the one that waits, e.g. as a private link that
   * started the app. Only the pending sign-in's own answer does anything, and only once.
   */
  async receive(callbackUrl: string, signal: AbortSignal): Promise<SignInResult> {
    const { journal, site } = this.#parts
    const { pendingSignIn } = await journal.read()
    if (!pendingSignIn || pendingSignIn.redeem) {
      this.#foreign('nothing_pending')
      return { kind: 'not_finished' }
    }
    return this.#arrived(
      pendingSignIn,
      readCallback(callbackUrl, pendingSignIn, site.issuer),
      signal,
    )
  }

  async #arrived(
    pending: PendingSignIn,
    callback: Callback,
    signal: AbortSignal,
  ): Promise<SignInResult> {
    switch (callback.kind) {
      case 'foreign':
        this.#foreign(callback.why)
        return { kind: 'not_finished' }
      case 'refused':
        await this.#drop(pending, callback.refusal.error)
        return { kind: 'refused', ...callback.refusal }
      case 'code': {
        const redeem = { code: callback.code, attempt: randomText() }
        await this.#parts.journal.update((held) =>
          held.pendingSignIn?.state === pending.state && !held.pendingSignIn.redeem
            ? { ...held, pendingSignIn: { ...pending, redeem } }
            : held,
        )
        return this.redeem(signal)
      }
    }
  }

  /** Redeems the code that is held; also after a crash, with the same attempt. */
  async redeem(signal: AbortSignal, mostTries = REDEEM_TRIES): Promise<SignInResult> {
    const { journal, registration, site, log } = this.#parts
    for (let tries = 1; ; tries++) {
      const held = await journal.read()
      const pending = held.pendingSignIn
      if (!pending?.redeem) return { kind: 'not_finished' }
      const key = await registration.keyOf(held)
      if (!key) {
        log('error', 'device_key_lost')
        await this.#drop(pending)
        return { kind: 'not_finished' }
      }
      const decision = decideAfterRedeem(await site.redeem(key, pending, pending.redeem))
      if (decision.kind === 'store') return this.#store(pending, decision.tokens)
      if (decision.kind === 'refused') {
        const { code, message, reason, at } = decision.error
        log('warn', 'code_refused', { error: code, reason })
        await this.#drop(pending)
        return { kind: 'refused', error: code, sentence: message, reason, at }
      }
      log('warn', 'redeem_postponed', { why: decision.why, tries })
      if (tries >= mostTries) return this.#later(decision.why, tries, decision.retryAfter)
      if (!(await this.#paused(backOff(tries, decision.retryAfter), signal))) {
        await this.#drop(pending)
        return { kind: 'not_finished' }
      }
    }
  }

  /** Session in, sign-in out: one change. A session that it replaces is ended at the site too. */
  async #store(pending: PendingSignIn, tokens: Tokens): Promise<SignInResult> {
    const { journal, access, gate, states, log } = this.#parts
    let stored = false
    const held = await journal.update((now) => {
      stored = now.pendingSignIn?.state === pending.state
      // Given up meanwhile: the session that this made must not live on unheld.
      if (!stored) return withRevocation(now, tokens.refreshToken)
      const signedIn = {
        ...without(now, 'pendingSignIn', 'ended'),
        session: sessionOf(tokens),
      }
      const before = now.session
      return before && before.id !== tokens.sessionId
        ? withRevocation(signedIn, before.refreshToken)
        : signedIn
    })
    if (!stored) return { kind: 'not_finished' }
    access.set(tokens)
    gate.open()
    states.holds(held)
    states.reached(true)
    log('info', 'signed_in', { session: tokens.sessionId })
    return { kind: 'ok' }
  }

  /**
   * Forgets a sign-in that came to nothing.
   *
   * @param only another one that began meanwhile is left alone
   * @param error `invalid_request` may mean that the site has forgotten this device (one that nobody
   *   signed in on for a day, or a site that was reset): then the next sign-in registers it anew
   */
  async #drop(only: PendingSignIn, error?: string): Promise<void> {
    const held = await this.#parts.journal.update((now) => {
      const { pendingSignIn } = now
      const forgets = error === 'invalid_request'
      if (pendingSignIn?.state !== only.state) return now
      const dropped = without(now, 'pendingSignIn')
      return forgets ? forgetRegistration(dropped) : dropped
    })
    this.#parts.states.holds(held)
  }

  #foreign(why: string): void {
    this.#parts.log('warn', 'foreign_callback', { why })
  }

  /** @returns `false` when the sign-in was given up meanwhile */
  async #paused(duration: Duration, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#parts.pause(duration, signal)
      return true
    } catch (error) {
      this.#notFinished(error)
      return false
    }
  }

  #notFinished(error: unknown): SignInResult {
    this.#parts.log('info', 'sign_in_not_finished', { error: nameOf(error) })
    return { kind: 'not_finished' }
  }

  #later(why: string, failures: number, retryAfter?: Duration) {
    this.#parts.log('warn', 'sign_in_postponed', { why })
    return { kind: 'retry_later', after: backOff(failures, retryAfter) } as const
  }
}
