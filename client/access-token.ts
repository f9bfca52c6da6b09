import * as v from 'valibot'
import type { Clock } from '../clock/clock.ts'
import { type Duration, type Moment, SECOND } from '../clock/moment.ts'
import type { Claims } from './claims.ts'
import type { Tokens } from './outcome.ts'
import type { Log, SecretStore } from './ports.ts'
import type { ServerTime } from './server-time.ts'
import { nameOf } from './site.ts'

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

type AccessTokens = Omit<Tokens, 'refreshToken'>

/** How the token waits in a memory that outlives this process. */
const Kept = v.object({
  accessToken: v.string(),
  sessionId: v.string(),
  issuedAt: v.number(),
  lifetime: v.number(),
  /** By this machine's clock. */
  keptAt: v.number(),
})

/**
 * The access token: in memory only. Where a platform ends the process at any moment and keeps a memory
 * for it (an extension's `storage.session`), the token waits there; it is never on a disk.
 */
export class AccessToken {
  readonly #serverTime: ServerTime
  readonly #claims: Claims
  readonly #memory: SecretStore | undefined
  readonly #clock: Clock
  readonly #log: Log
  #tokens: AccessTokens | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(
    serverTime: ServerTime,
    claims: Claims,
    memory: SecretStore | undefined,
    clock: Clock,
    log: Log,
  ) {
    this.#serverTime = serverTime
    this.#claims = claims
    this.#memory = memory
    this.#clock = clock
    this.#log = log
  }

  /**
   * Takes up the token of that session again, which a process before this one had.
   *
   * Monotonic time doesn't reach from one process to the next, so here, and only here, this machine's
   * own clock says how much time went by. Were it wrong, the token would be refreshed too early, or
   * refused by the service and refreshed then; and the site's next answer sets the time right.
   *
   * @returns whether there was one
   */
  async restore(sessionId: string): Promise<boolean> {
    const text = await this.#remember((memory) => memory.read())
    const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), text)
    if (!kept.success || kept.output.sessionId !== sessionId) return false
    const { keptAt, ...tokens } = kept.output
    const passed = this.#clock.now() - keptAt
    // Somebody set the clock back: nobody knows how old the token is.
    if (passed < 0) return false
    this.#tokens = tokens
    this.#serverTime.observe(tokens.issuedAt + passed)
    return true
  }

  get value(): string | undefined {
    return this.#tokens?.accessToken
  }

  /** By the site's clock; an identical answer given again is as old as it says it is. */
  get age(): Duration | undefined {
    const now = this.#serverTime.now()
    return this.#tokens === undefined || now === undefined ? undefined : now - this.#tokens.issuedAt
  }

  /** When the site gave it, by the site's clock. */
  get issuedAt(): Moment | undefined {
    return this.#tokens?.issuedAt
  }

  /** From when on a use refreshes first, by the site's clock; for display. */
  get dueAt(): Moment | undefined {
    return this.#tokens && this.#tokens.issuedAt + this.#tokens.lifetime
  }

  get use(): UseDecision {
    const use = this.#tokens ? decideOnUse(this.age, this.#tokens.lifetime) : 'refresh'
    // Valid all the same: where the site can't be reached, it will do once more.
    return use === 'use' && this.#claims.stale ? 'refresh_else_use' : use
  }

  /** Somebody says since when its claims are others. @returns whether that was news */
  claimsChanged(changedAt: Moment): boolean {
    const now = this.#serverTime.now()
    if (this.#tokens === undefined || now === undefined) return false
    return this.#claims.told(changedAt, this.#tokens.issuedAt, now)
  }

  set({ accessToken, sessionId, issuedAt, lifetime }: AccessTokens): void {
    const tokens = { accessToken, sessionId, issuedAt, lifetime }
    this.#tokens = tokens
    this.#claims.renewed(issuedAt)
    const keptAt = this.#clock.now()
    void this.#remember((memory) => memory.write(JSON.stringify({ ...tokens, keptAt })))
    // Where a proxy strips the Date header, the token itself says what time it was at least.
    if (this.#serverTime.now() === undefined) this.#serverTime.observe(tokens.issuedAt)
  }

  clear(): void {
    this.#tokens = undefined
    this.#claims.forget()
    void this.#remember((memory) => memory.clear())
  }

  /** One after the other. What fails costs a refresh and no more. */
  #remember<T>(work: (memory: SecretStore) => Promise<T>): Promise<T | undefined> {
    const memory = this.#memory
    if (!memory) return Promise.resolve(undefined)
    const done = this.#last
      .then(() => work(memory))
      .catch((error: unknown) => {
        this.#log('warn', 'token_memory_failed', { error: nameOf(error) })
        return undefined
      })
    this.#last = done
    return done
  }
}
