import { openSync, readSync } from 'node:fs'
import process from 'node:process'
import type { Pause } from './watch.ts'

/** Milliseconds between two looks at the clock: seldom enough to cost the site nothing. */
const BEAT = 5

/** Linux counts here how long this thread was on a processor, and waited for one, in nanoseconds. */
const SCHEDULE = '/proc/thread-self/schedstat'

const NO_PAUSE: Pause = { whole: 0, own: 0, queued: 0 }

/** The longest time that the event loop was held. */
export class Heartbeat {
  readonly #file = process.platform === 'linux' ? openSync(SCHEDULE, 'r') : undefined
  readonly #text = Buffer.alloc(64)
  #longest: Pause = NO_PAUSE

  start(): void {
    let last = performance.now()
    let [lastRan, lastQueued] = this.#schedule()
    setInterval(() => {
      const now = performance.now()
      const [ran, queued] = this.#schedule()
      const whole = now - last - BEAT
      const own = Math.max(this.#longest.own, ran - lastRan)
      const longer = whole > this.#longest.whole
      this.#longest = longer
        ? { whole, own, queued: queued - lastQueued }
        : { ...this.#longest, own }
      last = now
      ;[lastRan, lastQueued] = [ran, queued]
    }, BEAT).unref()
  }

  /** Since the last call. */
  take(): Pause {
    const longest = this.#longest
    this.#longest = NO_PAUSE
    return longest
  }

  /** How long the thread ran and queued until now. Elsewhere than on Linux nobody tells: then it always ran. */
  #schedule(): readonly [number, number] {
    if (this.#file === undefined) return [performance.now(), 0]
    const length = readSync(this.#file, this.#text, 0, this.#text.length, 0)
    const [ran, queued] = this.#text.toString('latin1', 0, length).split(' ')
    return [Number(ran) / 1e6, Number(queued) / 1e6]
  }
}
