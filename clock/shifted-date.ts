import type { Shiftable } from './follow.ts'
import type { Duration } from './moment.ts'

/**
 * Replaces the global `Date` of this process by one that runs ahead, for code that is not ours and
 * reads nothing else: oidc-provider, jose, the standardwebhooks verifier (notes/b2c.md §2.3).
 * Call it before such code is imported. Timers, `performance`, TLS and `Intl` without an argument
 * stay on real time.
 */
export function shiftDate(): Shiftable & { readonly offset: Duration } {
  const RealDate = globalThis.Date
  let offset: Duration = 0
  const now = () => RealDate.now() + offset

  class ShiftedDate extends RealDate {
    // `new Date()` is now; everything else is what it always was.
    constructor(...args: unknown[]) {
      super(...((args.length === 0 ? [now()] : args) as [number]))
    }

    static override now() {
      return now()
    }

    // Dates made elsewhere (structuredClone, other realms of this process) are dates too.
    static override [Symbol.hasInstance](value: unknown) {
      return value instanceof RealDate
    }
  }

  // `Date()` called as a function gives a string; a class can't be called, a proxy can.
  globalThis.Date = new Proxy(ShiftedDate, {
    apply: () => new RealDate(now()).toString(),
  }) as unknown as DateConstructor

  return {
    get offset() {
      return offset
    },
    setOffset(to) {
      if (to < offset) throw new RangeError(`The clock moves forward only (${offset} ms ahead).`)
      offset = to
    },
  }
}
