import { openSync, readSync } from 'node:fs'
import { createServer } from 'node:http'
import process from 'node:process'
import { start } from '../idp/start.ts'
import { surroundings } from './serve.ts'
import { type Pause, socketOf } from './watch.ts'

/** Milliseconds between two looks at the clock: seldom enough to cost the site nothing. */
const BEAT = 5

/** Linux counts here how long this thread was on a processor, in nanoseconds. */
const SCHEDULE = '/proc/thread-self/schedstat'

/** The longest time that the event loop was held. */
class Heartbeat {
  readonly #schedule = process.platform === 'linux' ? openSync(SCHEDULE, 'r') : undefined
  readonly #text = Buffer.alloc(64)
  #longest: Pause = { whole: 0, own: 0 }

  start(): void {
    let [last, lastRan] = [performance.now(), this.#ran()]
    setInterval(() => {
      const [now, ran] = [performance.now(), this.#ran()]
      const whole = now - last - BEAT
      this.#longest = {
        whole: Math.max(this.#longest.whole, whole),
        own: Math.max(this.#longest.own, ran - lastRan),
      }
      ;[last, lastRan] = [now, ran]
    }, BEAT).unref()
  }

  /** Since the last call. */
  take(): Pause {
    const longest = this.#longest
    this.#longest = { whole: 0, own: 0 }
    return longest
  }

  /** Milliseconds. Elsewhere than on Linux nobody tells: then all of a pause is taken for its own. */
  #ran(): number {
    if (this.#schedule === undefined) return performance.now()
    const length = readSync(this.#schedule, this.#text, 0, this.#text.length, 0)
    return Number(this.#text.toString('latin1', 0, length).split(' ')[0]) / 1e6
  }
}

/**
 * The site as it is, in a process where somebody looks over its shoulder: by a socket beside its data
 * folder a snapshot can be asked for, and how long the event loop was held since the last question.
 */
const store = await start(process.env)
const heartbeat = new Heartbeat()
heartbeat.start()

createServer(async (request, response) => {
  if (request.url === '/snapshot') await store.compact()
  response.end(JSON.stringify(heartbeat.take()))
})
  .listen(socketOf(surroundings().data))
  .unref()
