import type { Clock } from '../../clock/clock.ts'
import { type Duration, MINUTE, type Moment, SECOND } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { Position } from './position.ts'
import type { ReadEvents } from './site-events.ts'

export interface CatchUpOptions {
  readonly clock: Clock
  readonly read: ReadEvents
  /** Takes an event; the same one may come again. */
  readonly take: (event: unknown) => void
  /** Hears why a read failed; the next request tries again. */
  readonly failed: (error: unknown) => void
}

/**
 * Having heard nothing for so long, a service doesn't know any more whether it is being told: it was
 * stopped, cut off, or nothing happened. It asks, when somebody wants something of it.
 */
const SILENCE: Duration = 5 * MINUTE

/** Real milliseconds that a request waits for the service to catch up. */
const PATIENCE: Duration = 2 * SECOND

/** Seconds after which a client that was turned away tries again. */
const SOON = 2

/**
 * Keeps this service up to date with what the site has told. Webhooks bring news within moments, but one
 * who was away doesn't know what it missed. So nobody is served before everything was heard: after a start,
 * after a gap in the numbers, after a silence. When the site can't be asked, the service stays closed, for
 * it could not tell a revoked token from another.
 */
export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #position = new Position()
  #heardAt: Moment | undefined
  #reading: Promise<void> | undefined

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  /** A webhook brought the event of this number. */
  heard(number: number): void {
    this.#position.hear(number)
    if (this.#position.isComplete) this.#heardAt = this.#options.clock.now()
    else void this.#read()
  }

  /**
   * Resolves when everything that the site has told is known here.
   *
   * @throws LatchkeyError `temporarily_unavailable` when that takes too long
   */
  async ready(): Promise<void> {
    if (this.#isCurrent) return
    await this.#patiently(this.#read())
    if (this.#isCurrent) return
    throw new LatchkeyError(
      'temporarily_unavailable',
      'This service was away and must hear first which sessions have ended meanwhile. Please try again in a moment.',
      { retryAfter: SOON },
    )
  }

  get #isCurrent(): boolean {
    const { clock } = this.#options
    return (
      this.#position.isComplete &&
      this.#heardAt !== undefined &&
      clock.now() - this.#heardAt <= SILENCE
    )
  }

  /** One read at a time; whoever asks meanwhile waits for it. */
  #read(): Promise<void> {
    this.#reading ??= this.#readAll()
      .catch(this.#options.failed)
      .finally(() => {
        this.#reading = undefined
      })
    return this.#reading
  }

  async #readAll(): Promise<void> {
    const { clock, read, take } = this.#options
    for (;;) {
      const began = clock.now()
      const reach = this.#position.beginReading()
      const page = await read(this.#position.at)
      if (page === 'unknown_position') {
        this.#position.forget()
        continue
      }
      for (const { event } of page.events) take(event)
      reach(page.next)
      if (page.more || !this.#position.isComplete) continue
      this.#heardAt = began
      return
    }
  }

  async #patiently(reading: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE)
    })
    await Promise.race([reading, late])
    clearTimeout(timer)
  }
}
