import type { Clock } from '../clock/clock.ts'
import type { Duration, Moment } from '../clock/moment.ts'

/**
 * The site's time: what it said last, plus monotonic time since. The person's own wall clock may be
 * a day off, and nothing is ever decided by it (DESIGN §7).
 */
export class ServerTime {
  readonly #clock: Clock
  #seen: { readonly moment: Moment; readonly elapsed: Duration } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The site said what time it is, just now. */
  observe(moment: Moment): void {
    this.#seen = { moment, elapsed: this.#clock.elapsed() }
  }

  /** `undefined`: not known. */
  now(): Moment | undefined {
    return this.#seen && this.#seen.moment + (this.#clock.elapsed() - this.#seen.elapsed)
  }

  /** Monotonic time may stand still while a computer sleeps: forget what can't be trusted. */
  forget(): void {
    this.#seen = undefined
  }
}
