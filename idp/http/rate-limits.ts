import { createHmac, randomBytes } from 'node:crypto'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { MINUTE, SECOND, toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'

/**
 * Requests a minute, from one network each, but `session`: from one network with the refresh tokens of
 * one session. Far above what a company behind one address needs, far below what wears out a machine.
 */
export const DEFAULT_RATE_LIMITS = {
  /** `/signin` and below: three for a sign-in. */
  signin: 600,
  /** `/devices`: once for an installation. */
  devices: 300,
  /** `/token` and `/refresh`: once an hour for each device in use, twice where a nonce has to be fetched. */
  token: 6_000,
  revoke: 600,
  /** `/introspect` and `/events`. */
  services: 12_000,
  /** What is posted on the account's pages. */
  account: 600,
  session: 600,
} as const satisfies Record<string, number>

export type Limited = keyof typeof DEFAULT_RATE_LIMITS

export type RateLimitSettings = Readonly<Record<Limited, number>>

const WINDOW = toSeconds(MINUTE)

/**
 * Counters of each kind. An attacker may have more addresses than we have memory, so who is counted
 * shares a counter with others by chance, by a secret that makes it no use to look for the counter of a
 * victim. With a thousand networks at once, one in sixteen has company; the limits have room for that. All
 * counters of all kinds in use take 44 MB.
 */
export const COUNTERS = 1 << 14

/**
 * Who asks too often is told to wait. In real time, whatever the shared clock says: limits protect a
 * real machine from real floods. In memory: a restart forgets them.
 */
export class RateLimits {
  readonly #limiters: ReadonlyMap<string, RateLimiterMemory>
  readonly #secret = randomBytes(32)

  /** @param settings `undefined`: there are none */
  constructor(settings: RateLimitSettings | undefined) {
    this.#limiters = new Map(
      Object.entries(settings ?? {}).map(([kind, points]) => [
        kind,
        new RateLimiterMemory({ points, duration: WINDOW }),
      ]),
    )
  }

  /**
   * Counts a request.
   *
   * @param who whose budget it is
   * @throws LatchkeyError `rate_limited` when that is used up
   */
  async take(kind: Limited, who: string): Promise<void> {
    try {
      await this.#limiters.get(kind)?.consume(this.counterOf(who))
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / SECOND))
      throw new LatchkeyError('rate_limited', sentence(kind, retryAfter), { retryAfter })
    }
  }

  /** Takes back what was counted. */
  async giveBack(kind: Limited, who: string): Promise<void> {
    await this.#limiters.get(kind)?.reward(this.counterOf(who))
  }

  /** Which of the {@link COUNTERS} somebody is counted by. */
  counterOf(who: string): number {
    return createHmac('sha256', this.#secret).update(who).digest().readUInt16BE() % COUNTERS
  }
}

function sentence(kind: Limited, seconds: number): string {
  const wait = seconds === 1 ? 'a second' : `${seconds} seconds`
  return kind === 'session'
    ? `This session asks for new tokens without end: wait ${wait}, then try again.`
    : `Too many requests came from your network within a minute: wait ${wait}, then try again.`
}
