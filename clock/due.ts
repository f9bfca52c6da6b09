import type { Clock } from './clock.ts'
import { type Duration, type Moment, SECOND } from './moment.ts'

/** Something that will happen by itself at a moment, in words that QA reads: `session … idle_expired`. */
export interface DueMoment {
  readonly at: Moment
  readonly name: string
}

/** What a party does by itself as time passes: sweeps, retries, trial ends. */
export interface DueWork {
  /** The earliest moment at which there is something to do; may lie in the past. */
  next(): Promise<DueMoment | undefined>
  /** Does everything that is due at `now` or before, earliest first, and says what that was. */
  run(now: Moment): Promise<readonly DueMoment[]>
}

/** Never sleep longer than this: a laptop that slept, or a clock that was set, must not delay work for long. */
const LONGEST_NAP = 30 * SECOND

/** What is still due after a run has failed or is stuck: not tried again at once, for ever. */
const BREATH = SECOND

/**
 * Runs {@link DueWork} as real time reaches it, and at once when the shared clock was moved.
 * One run at a time; whoever asks meanwhile waits for a run that began after they asked.
 */
export class DueRunner {
  readonly #clock: Clock
  readonly #work: DueWork
  readonly #failed: (error: unknown) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<readonly DueMoment[]> | undefined
  #stopped = false

  constructor(clock: Clock, work: DueWork, failed: (error: unknown) => void) {
    this.#clock = clock
    this.#work = work
    this.#failed = failed
  }

  next(): Promise<DueMoment | undefined> {
    return this.#work.next()
  }

  /** Does what is due now, and plans the next nap. */
  async run(): Promise<readonly DueMoment[]> {
    while (this.#running) await this.#running.catch(() => {})
    if (this.#stopped) return []
    this.#running = this.#work.run(this.#clock.now())
    try {
      return await this.#running
    } finally {
      this.#running = undefined
      await this.#plan()
    }
  }

  /** New work may have come in: look again. */
  poke(): void {
    this.run().catch(this.#failed)
  }

  /** Finishes the run that is under way and starts no other. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running?.catch(() => {})
  }

  async #plan(): Promise<void> {
    const nap = await this.#nap()
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.poke(), nap)
    this.#timer.unref?.()
  }

  async #nap(): Promise<Duration> {
    try {
      const next = await this.#work.next()
      if (!next) return LONGEST_NAP
      const left = next.at - this.#clock.now()
      return left > 0 ? Math.min(left, LONGEST_NAP) : BREATH
    } catch (error) {
      this.#failed(error)
      return BREATH
    }
  }
}
