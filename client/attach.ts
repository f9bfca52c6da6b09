import type { Clock } from '../clock/clock.ts'
import { type Duration, MINUTE, SECOND } from '../clock/moment.ts'
import { CLAIMS_CHANGED, readClaimsChanged } from '../protocol/claims-changed.ts'
import type { AccessToken } from './access-token.ts'
import type { Ending } from './held.ts'
import type { RefreshOutcome } from './outcome.ts'
import type { Log } from './ports.ts'
import { challengeOf, discard, type ProvenHttp } from './proven-http.ts'
import type { Refresher } from './refresh.ts'
import type { Registration } from './registration.ts'

/** What a request with the person's token comes to. */
export type FetchOutcome =
  /** The service's answer, whatever its status. */
  | { readonly kind: 'ok'; readonly response: Response }
  /** The token could not be refreshed just now; nothing was sent. */
  | { readonly kind: 'retry_later'; readonly after: Duration }
  /** Nobody is signed in, or no longer. */
  | { readonly kind: 'ended'; readonly ended: Ending | undefined }

/**
 * A service that refused even a fresh token is not believed again for so long; and so long counts one
 * word of it on claims that changed, or a service that always has news would have us refresh always.
 */
const DISBELIEF: Duration = MINUTE

export interface AttacherParts {
  /** Origins that may be shown the token. */
  readonly origins: readonly string[]
  readonly registration: Registration
  readonly http: ProvenHttp
  readonly access: AccessToken
  readonly refresher: Refresher
  readonly clock: Clock
  readonly log: Log
}

/** Sends requests on the person's behalf, each with a token that is young enough and a proof. */
export class Attacher {
  readonly #parts: AttacherParts
  readonly #disbelievedUntil = new Map<string, Duration>()
  readonly #heardOfChangeUntil = new Map<string, Duration>()

  constructor(parts: AttacherParts) {
    this.#parts = parts
  }

  /**
   * Like `fetch`, with the access token and a proof of the device key.
   *
   * @throws TypeError when the address is not one of the configured services; and what the network
   *   to the service throws: that is the service's trouble, not the session's
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<FetchOutcome> {
    const request = new Request(input, init)
    const { origin } = new URL(request.url)
    if (!this.#parts.origins.includes(origin)) {
      throw new TypeError(
        `${origin} is not one of the services that may see the access token: add it to "services".`,
      )
    }
    const ready = await this.#ready()
    if (ready.kind !== 'ok') return ready
    const first = await this.#send(request)
    if (first.kind !== 'ok' || !(await this.#refused(first.response, origin))) return first
    discard(first.response)
    return this.#again(request, origin, first.token)
  }

  /** Looks at the age of the token; refreshes first when it is due. */
  async #ready(): Promise<RefreshOutcome> {
    const { access, refresher } = this.#parts
    const use = access.use
    if (use === 'use') return { kind: 'ok' }
    const outcome = await refresher.whenAllowed()
    // Nearly over, and the site can't be reached: it will do once more.
    if (outcome.kind === 'retry_later' && access.use !== 'refresh') return { kind: 'ok' }
    return outcome
  }

  async #send(request: Request) {
    const { registration, access, http, refresher } = this.#parts
    const token = access.value
    const key = token === undefined ? undefined : await registration.current()
    if (token === undefined || !key) {
      // Signed out a moment ago, or the key is gone: refreshing finds out which.
      const outcome = await refresher.whenAllowed()
      return outcome.kind === 'ok' ? ({ kind: 'retry_later', after: SECOND } as const) : outcome
    }
    const response = await http.send(request, key, token)
    this.#hearOfChange(response, new URL(request.url).origin)
    return { kind: 'ok', response, token } as const
  }

  /** The token was good, but says what is not true any more: the next use refreshes first. */
  #hearOfChange(response: Response, origin: string): void {
    const { access, clock, log } = this.#parts
    const changedAt = readClaimsChanged(response.headers.get(CLAIMS_CHANGED))
    const deafUntil = this.#heardOfChangeUntil.get(origin) ?? Number.NEGATIVE_INFINITY
    if (changedAt === undefined || clock.elapsed() < deafUntil) return
    if (!access.claimsChanged(changedAt)) return
    // Nothing is lost by it: whoever speaks the truth says it again with the next answer.
    this.#heardOfChangeUntil.set(origin, clock.elapsed() + DISBELIEF)
    log('info', 'claims_changed', { origin })
  }

  /** A service says that the token is no good. It may know of an end that we have not heard of. */
  async #refused(response: Response, origin: string): Promise<boolean> {
    if (response.status !== 401 || (await challengeOf(response)) !== 'invalid_token') return false
    const until = this.#disbelievedUntil.get(origin) ?? Number.NEGATIVE_INFINITY
    return this.#parts.clock.elapsed() >= until
  }

  /** Asks the site, whose word alone counts, and tries once more. */
  async #again(request: Request, origin: string, refusedToken: string): Promise<FetchOutcome> {
    const { access, refresher, clock, log } = this.#parts
    if (access.value === refusedToken) {
      const outcome = await refresher.whenAllowed()
      if (outcome.kind !== 'ok') return outcome
    }
    const second = await this.#send(request)
    if (second.kind === 'ok' && (await this.#refused(second.response, origin))) {
      log('error', 'service_refuses_fresh_token', { origin })
      this.#disbelievedUntil.set(origin, clock.elapsed() + DISBELIEF)
    }
    return second
  }
}
