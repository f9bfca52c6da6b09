import { SystemClock } from '../../clock/clock.ts'
import { durationInWords } from '../../clock/duration.ts'
import type { Duration, Moment } from '../../clock/moment.ts'

/**
 * The shared clock, moved by nobody but us. While it moves, one party is there already and another
 * one not yet: what time it is then is only known within bounds.
 */
export class SharedTime {
  readonly #console: string
  readonly #real = new SystemClock()
  // Not one clock: what was too high a bound is taken back once the clock stands again.
  #low: Duration = 0
  #high: Duration = 0

  constructor(console: string) {
    this.#console = console
  }

  /** It is not earlier than this. */
  get atLeast(): Moment {
    return this.#real.now() + this.#low
  }

  /** It is not later than this. */
  get atMost(): Moment {
    return this.#real.now() + this.#high
  }

  /** How far the clock was moved altogether. */
  get moved(): Duration {
    return this.#low
  }

  async advance(by: Duration): Promise<void> {
    const seconds = Math.max(1, Math.round(by / 1000))
    // The hub stops at due moments on the way and may come out a little later than asked.
    this.#high += by + 5_000
    const answer = await fetch(`${this.#console}/clock/advance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: `${seconds}s` }),
    })
    const { now_ms, error_description } = (await answer.json()) as {
      now_ms?: number
      error_description?: string
    }
    if (now_ms === undefined) {
      throw new Error(`The clock did not move by ${durationInWords(by)}: ${error_description}`)
    }
    // The answer took a moment, and the hub says whole milliseconds.
    this.#low = now_ms - this.#real.now() - 1_000
    this.#high = now_ms - this.#real.now() + 1_000
  }
}
