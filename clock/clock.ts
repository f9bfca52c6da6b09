import type { Duration, Moment } from './moment.ts'

/** Where everything in Latchkey learns what time it is. Passed in, never imported (DESIGN §7). */
export interface Clock {
  /** The present moment. */
  now(): Moment
  /**
   * Milliseconds since a fixed but unknown point; never runs backwards. For ages and time-outs,
   * where a wall clock that somebody sets must not matter.
   */
  elapsed(): Duration
}

/** Wall time, and the machine's monotonic time. */
export class SystemClock implements Clock {
  now(): Moment {
    return Date.now()
  }

  elapsed(): Duration {
    return performance.now()
  }
}

/** A clock that stands still; a base for {@link VirtualClock} in tests. */
export class StoppedClock implements Clock {
  readonly #moment: Moment

  constructor(moment: Moment) {
    this.#moment = moment
  }

  now(): Moment {
    return this.#moment
  }

  elapsed(): Duration {
    return 0
  }
}

/**
 * A clock that runs ahead of another one. Forward only: going back would let expired things live
 * again, and a browser's cookie jar would drop cookies written "in the past" (notes/field.md T1).
 */
export class VirtualClock implements Clock {
  readonly #base: Clock
  #offset: Duration = 0

  constructor(base: Clock) {
    this.#base = base
  }

  now(): Moment {
    return this.#base.now() + this.#offset
  }

  elapsed(): Duration {
    return this.#base.elapsed() + this.#offset
  }

  /** How far this clock is ahead of its base. */
  get offset(): Duration {
    return this.#offset
  }

  /** @throws RangeError when `offset` is behind the present one. */
  setOffset(offset: Duration): void {
    if (!(offset >= this.#offset)) {
      throw new RangeError(
        `The clock moves forward only: it is ${this.#offset} ms ahead, ${offset} ms was asked for. Reset it to go back.`,
      )
    }
    this.#offset = offset
  }

  advance(by: Duration): void {
    this.setOffset(this.#offset + by)
  }

  /** Back to the base's time; only for those who have just forgotten everything that knew a later one. */
  reset(): void {
    this.#offset = 0
  }
}
