import type { Contender } from './contenders.ts'
import type { Load } from './load.ts'
import { longestPause, type Pause, takeSnapshot } from './watch.ts'

/** What is measured of a store of ours besides its requests. Times in milliseconds. */
export class StoreFigures {
  readonly name: string
  readonly startTime: number
  /** Megabytes, when it had just started. */
  readonly startMemory: number | null
  /** How long the event loop was held, in each round. */
  readonly pauses: Pause[] = []
  /** The same while a snapshot was made under load, and how long that took. */
  readonly snapshots: { readonly pause: Pause; readonly took: number }[] = []
  readonly #data: string

  constructor({ target, data, startTime, startMemory }: Contender) {
    this.name = target.name
    this.startTime = startTime
    this.startMemory = startMemory === undefined ? null : startMemory / 1e6
    this.#data = data
  }

  async forgetPause(): Promise<void> {
    await longestPause(this.#data)
  }

  async notePause(): Promise<void> {
    this.pauses.push(await longestPause(this.#data))
  }

  async snapshotUnder(load: Load): Promise<void> {
    await this.forgetPause()
    const began = performance.now()
    let done = false
    const snapshot = takeSnapshot(this.#data).finally(() => {
      done = true
    })
    while (!done) await load.run(SHORT)
    this.snapshots.push({ pause: await snapshot, took: performance.now() - began })
  }
}

/** Seconds of load after which it is asked whether the snapshot is done. */
const SHORT = 0.25
