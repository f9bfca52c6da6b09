import { type Clock, VirtualClock } from './clock.ts'
import type { DueMoment } from './due.ts'
import { type Duration, type Moment, SECOND } from './moment.ts'

/** What the hub tells everyone who follows it. */
export interface ClockTick {
  /** Counts up with each tick; an answer names the tick that it answers. */
  readonly step: number
  /** How far everyone's clock is ahead of real time. */
  readonly offset: Duration
}

/** What a follower says once it has set its clock and done what was due. */
export interface ClockAnswer {
  readonly step: number
  readonly ran: readonly DueMoment[]
  readonly next?: DueMoment | undefined
}

/** What happened while the clock moved, in order. */
export interface Happened extends DueMoment {
  readonly party: string
}

interface Follower {
  readonly party: string
  readonly tell: (tick: ClockTick) => void
  answer?: ClockAnswer
  answered?: (answer: ClockAnswer | undefined) => void
}

/** A follower that doesn't answer for this long (real time) is left behind: a dead party must not stop the clock. */
const PATIENCE = 10 * SECOND

/** One advance may stop at this many moments; more means that some work re-plans itself for ever. */
const MOST_STOPS = 100_000

/**
 * The one offset that all parties share in development, and the order in which things happen when
 * it moves: the hub goes from due moment to due moment, tells everyone, and waits until the work of
 * that moment is done before it goes on (DESIGN §7). No I/O: `playground/` puts it on HTTP.
 */
export class ClockHub {
  readonly clock: VirtualClock
  readonly #base: Clock
  readonly #followers = new Map<string, Follower>()
  readonly #watchers = new Set<(tick: ClockTick) => void>()
  #step = 0
  #moving: Promise<unknown> = Promise.resolve()

  constructor(base: Clock) {
    this.#base = base
    this.clock = new VirtualClock(base)
  }

  get tick(): ClockTick {
    return { step: this.#step, offset: this.clock.offset }
  }

  /** Adds a party that advancing waits for. The returned function takes it away again. */
  follow(id: string, party: string, tell: (tick: ClockTick) => void): () => void {
    const follower: Follower = { party, tell }
    this.#followers.set(id, follower)
    tell(this.tick)
    return () => {
      this.#followers.delete(id)
      follower.answered?.(undefined)
    }
  }

  /** Adds somebody who only looks: a page, a client that shows the time. */
  watch(tell: (tick: ClockTick) => void): () => void {
    this.#watchers.add(tell)
    tell(this.tick)
    return () => this.#watchers.delete(tell)
  }

  /** Takes a follower's answer; `false` when nobody of that id follows. */
  answer(id: string, answer: ClockAnswer): boolean {
    const follower = this.#followers.get(id)
    if (!follower) return false
    follower.answer = answer
    if (answer.step === this.#step) follower.answered?.(answer)
    return true
  }

  /** The parties that follow now. */
  get parties(): readonly string[] {
    return [...this.#followers.values()].map((follower) => follower.party)
  }

  /**
   * Moves everyone's clock forward by `by`, letting everything due on the way happen in order.
   * Two calls at once run one after the other.
   */
  advance(by: Duration): Promise<readonly Happened[]> {
    const moved = this.#moving.then(() => this.#advance(by))
    this.#moving = moved.catch(() => {})
    return moved
  }

  async #advance(by: Duration): Promise<readonly Happened[]> {
    const target = this.clock.now() + by
    const happened: Happened[] = []
    // The parties' plans may have changed since the last tick: ask before going anywhere.
    await this.#tell(happened)
    for (let stops = 0; ; stops++) {
      const due = this.#nextDue()
      if (!due || due > target) break
      if (stops === MOST_STOPS) {
        throw new Error(
          `The clock stopped after ${MOST_STOPS} due moments: some work re-plans itself for ever.`,
        )
      }
      this.#moveTo(due)
      await this.#tell(happened)
    }
    this.#moveTo(target)
    await this.#tell(happened)
    return happened
  }

  #nextDue(): Moment | undefined {
    let earliest: Moment | undefined
    for (const { answer } of this.#followers.values()) {
      const at = answer?.next?.at
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at
    }
    return earliest
  }

  #moveTo(moment: Moment): void {
    this.clock.setOffset(Math.max(this.clock.offset, moment - this.#base.now()))
  }

  async #tell(happened: Happened[]): Promise<void> {
    this.#step++
    const tick = this.tick
    for (const tell of this.#watchers) tell(tick)
    const answers = [...this.#followers].map(async ([id, follower]) => {
      const answer = await new Promise<ClockAnswer | undefined>((resolve) => {
        const patience = setTimeout(() => resolve(undefined), PATIENCE)
        follower.answered = (given) => {
          clearTimeout(patience)
          resolve(given)
        }
        follower.tell(tick)
      })
      delete follower.answered
      if (!answer) this.#followers.delete(id)
      return (answer?.ran ?? []).map((done) => ({ ...done, party: follower.party }))
    })
    const done = (await Promise.all(answers)).flat()
    happened.push(...done.sort((a, b) => a.at - b.at || a.party.localeCompare(b.party)))
  }
}
