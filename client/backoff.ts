import type { Clock } from '../clock/clock.ts'
import { type Duration, HOUR, MINUTE, SECOND } from '../clock/moment.ts'

const FLOOR: Duration = SECOND
const CEILING: Duration = MINUTE
/** However long a server asks for: a mistaken header must not shut the app for a year. */
const LONGEST_WISH: Duration = HOUR

/**
 * How long to leave the site alone after so many failures in a row. No jitter: clients refresh when
 * people use them, which spreads them already.
 *
 * @param failures at least 1
 * @param retryAfter what the server asked for
 */
export function backOff(failures: number, retryAfter: Duration = 0): Duration {
  const doubled = Math.min(CEILING, FLOOR * 2 ** Math.min(failures - 1, 16))
  return Math.max(doubled, Math.min(retryAfter, LONGEST_WISH))
}

/** Keeps the site from being asked again too early. Monotonic time only. */
export class BackOffGate {
  readonly #clock: Clock
  #failures = 0
  #opensAt: Duration = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How long until asking makes sense; 0: now. */
  get closedFor(): Duration {
    return Math.max(0, this.#opensAt - this.#clock.elapsed())
  }

  failed(retryAfter?: Duration): Duration {
    this.#failures += 1
    const delay = backOff(this.#failures, retryAfter)
    this.#opensAt = this.#clock.elapsed() + delay
    return delay
  }

  /** The site answered, or the person asks for another try. */
  open(): void {
    this.#failures = 0
    this.#opensAt = Number.NEGATIVE_INFINITY
  }
}
