import * as v from 'valibot'
import type { Clock } from '../clock/clock.ts'

/** What is written down. */
export const EVENTS = ['answered', 'refused', 'signed-in', 'mail', 'fault', 'control'] as const

export type TrailEvent = (typeof EVENTS)[number]

/** One thing that happened. Never holds a password, a token, a code of a mail or a query string. */
export const TrailEntry = v.object({
  number: v.number(),
  /** Milliseconds since 1970. */
  at: v.number(),
  event: v.picklist(EVENTS),
  method: v.optional(v.string()),
  /** What was asked for, e.g. `token`. */
  endpoint: v.optional(v.string()),
  policy: v.optional(v.string()),
  status: v.optional(v.number()),
  /** Client id. */
  application: v.optional(v.string()),
  /** By oid; in `mail`, the address. */
  person: v.optional(v.string()),
  /** B2C's: `AADB2C90091`. */
  code: v.optional(v.string()),
  /** OAuth's. */
  error: v.optional(v.string()),
  /** Why it was refused, with more than an application is told. */
  why: v.optional(v.string()),
  correlationId: v.optional(v.string()),
  /** The name of the fault that was done. */
  fault: v.optional(v.string()),
  /** The call that changed something. */
  call: v.optional(v.string()),
})

export type TrailEntry = v.InferOutput<typeof TrailEntry>

/** An event before it has its place. */
export type Happened = Omit<TrailEntry, 'number' | 'at'>

export interface TrailFilter {
  /** Only what has a higher number. */
  readonly after: number
  readonly event?: TrailEvent | undefined
}

/** Nobody looks further back. */
const KEPT = 2_000

/** What happened, and why what was refused was refused. */
export class Trail {
  readonly #clock: Clock
  readonly #entries: TrailEntry[] = []
  readonly #waiting = new Set<() => void>()
  #last = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The number of what happened last. */
  get last(): number {
    return this.#last
  }

  add(happened: Happened): void {
    this.#last += 1
    this.#entries.push({ number: this.#last, at: this.#clock.now(), ...happened })
    if (this.#entries.length > KEPT) this.#entries.shift()
    for (const look of this.#waiting) look()
  }

  read({ after, event }: TrailFilter): readonly TrailEntry[] {
    return this.#entries.filter(
      (entry) => entry.number > after && (event === undefined || entry.event === event),
    )
  }

  /** As {@link read}, but waits until there is something; real time, whatever the clock does. */
  async wait(filter: TrailFilter, milliseconds: number): Promise<readonly TrailEntry[]> {
    const there = this.read(filter)
    if (there.length > 0 || milliseconds <= 0) return there
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(this.read(filter))
      }
      const look = () => {
        if (this.read(filter).length > 0) end()
      }
      // Nobody's wait keeps the process from ending.
      const timer = setTimeout(end, milliseconds).unref()
      this.#waiting.add(look)
    })
  }

  clear(): void {
    this.#entries.length = 0
  }
}
