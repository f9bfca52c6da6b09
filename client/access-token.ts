import { type Duration, SECOND } from '../clock/moment.ts'
import type { Tokens } from './outcome.ts'
import type { ServerTime } from './server-time.ts'

/** So much earlier than needed, for requests that take their time. */
const MARGIN: Duration = 30 * SECOND

export type UseDecision = 'use' | 'refresh_else_use' | 'refresh'

/**
 * Looked at on each outgoing request (seed 1: "on each outgoing request the age of the access token
 * is verified"). There is no timer anywhere: an app that nobody uses must expire.
 *
 * @param age `undefined`: there is no token, or the site's time is not known
 * @returns `refresh_else_use`: nearly over; if the site can't be reached it will do once more
 */
export function decideOnUse(age: Duration | undefined, lifetime: Duration): UseDecision {
  if (age === undefined || age >= lifetime) return 'refresh'
  // A strict profile with a very short life must not refresh before each request.
  return age >= lifetime - Math.min(MARGIN, lifetime / 4) ? 'refresh_else_use' : 'use'
}

/** The access token: in memory only, never written. */
export class AccessToken {
  readonly #serverTime: ServerTime
  #tokens: Tokens | undefined

  constructor(serverTime: ServerTime) {
    this.#serverTime = serverTime
  }

  get value(): string | undefined {
    return this.#tokens?.accessToken
  }

  /** By the site's clock; an identical answer given again is as old as it says it is. */
  get age(): Duration | undefined {
    const now = this.#serverTime.now()
    return this.#tokens === undefined || now === undefined ? undefined : now - this.#tokens.issuedAt
  }

  get use(): UseDecision {
    return this.#tokens ? decideOnUse(this.age, this.#tokens.lifetime) : 'refresh'
  }

  set(tokens: Tokens): void {
    this.#tokens = tokens
    // Where a proxy strips the Date header, the token itself says what time it was at least.
    if (this.#serverTime.now() === undefined) this.#serverTime.observe(tokens.issuedAt)
  }

  clear(): void {
    this.#tokens = undefined
  }
}
