import { type Clock, VirtualClock } from './clock.ts'
import type { DueMoment } from './due.ts'
import { type Duration, type Moment, SECOND } from './moment.ts'

/** What the hub tells everyone who follows it. */
export interface ClockTick {
  /**
   * Names the world that this time belongs to. After a reset everything is another world: whoever
   * held something of the old one must forget it (DESIGN §7).
   */
  readonly epoch: string
  /** Counts up with each tick; an answer names the tick that it answers. */
  readonly step: number
  /** How far everyone's clock is ahead of real time. */
  readonly offset: Duration
  /**
   * `set`: only set the clock, for not everyone's is set yet. `work`: do what is due as well. Whoever only
   * looks hears `work` once the clock has come to rest: from then on the others can be asked about this time.
   */
  readonly stage: 'set' | 'work'
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

/** Somebody whose due work advancing waits for. */
export interface HubFollower {
  readonly party: string
  tell(tick: ClockTick): void
  /** It didn't answer in time and is no longer waited for: it must follow anew. */
  dropped?(): void
}

export interface HubOptions {
  /** Real time. */
  readonly base: Clock
  /** Where time stood when this world was last seen. */
  readonly offset?: Duration | undefined
  readonly epoch?: string | undefined
  /** How long a follower may take to answer, in real time: a dead party must not stop the clock. */
  readonly patience?: Duration | undefined
}

interface Following extends HubFollower {
  answer?: ClockAnswer
  answered?: (answer: ClockAnswer | undefined) => void
  /** How often in a row it did nothing of what it says is due. */
  idleStops: number
}

/** One advance may stop at this many moments; more means that some work re-plans itself for ever. */
const MOST_STOPS = 100_000

/** Work that was due and not done so often in a row is not waited for any more in this advance. */
const MOST_IDLE_STOPS = 3

/**
 * The one offset that all parties share in development, and the order in which things happen when
 * it moves: the hub goes from due moment to due moment, tells everyone, and waits until the work of
 * that moment is done before it goes on (DESIGN §7). No I/O: `playground/` puts it on HTTP.
 */
export class ClockHub {
  readonly #base: Clock
  readonly #patience: Duration
  readonly #followers = new Map<string, Following>()
  readonly #watchers = new Set<(tick: ClockTick) => void>()
  #clock: VirtualClock
  #epoch: string
  #step = 0
  /** Whether the clock is on its way, or has come to rest. */
  #stage: ClockTick['stage'] = 'work'
  #moving: Promise<unknown> = Promise.resolve()

  constructor(options: HubOptions) {
    this.#base = options.base
    this.#patience = options.patience ?? 10 * SECOND
    this.#epoch = options.epoch ?? crypto.randomUUID()
    this.#clock = new VirtualClock(options.base)
    this.#clock.setOffset(options.offset ?? 0)
  }

  /** The present moment in the world that everyone shares. */
  now(): Moment {
    return this.#clock.now()
  }

  get offset(): Duration {
    return this.#clock.offset
  }

  get tick(): ClockTick {
    return { epoch: this.#epoch, step: this.#step, offset: this.offset, stage: 'work' }
  }

  /** Adds a party that advancing waits for. The returned function takes it away again. */
  follow(id: string, follower: HubFollower): () => void {
    const following: Following = {
      party: follower.party,
      tell: (tick) => follower.tell(tick),
      dropped: () => follower.dropped?.(),
      idleStops: 0,
    }
    this.#followers.set(id, following)
    following.tell(this.tick)
    return () => {
      if (this.#followers.get(id) === following) this.#followers.delete(id)
      following.answered?.(undefined)
    }
  }

  /** Adds somebody who only looks: a page, a client that shows the time. */
  watch(tell: (tick: ClockTick) => void): () => void {
    this.#watchers.add(tell)
    tell({ ...this.tick, stage: this.#stage })
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

  /** What each party said last that it will do next, the earliest first. */
  get plans(): readonly Happened[] {
    return [...this.#followers.values()]
      .flatMap(({ party, answer }) => (answer?.next ? [{ ...answer.next, party }] : []))
      .sort((a, b) => a.at - b.at)
  }

  /**
   * Moves everyone's clock forward by `by`, letting everything due on the way happen in order.
   * Two calls at once run one after the other.
   *
   * @throws RangeError when `by` is not a length of time
   */
  advance(by: Duration): Promise<readonly Happened[]> {
    if (!(by > 0 && Number.isFinite(by))) {
      return Promise.reject(new RangeError('The clock moves forward only: say how far.'))
    }
    return this.#alone(async () => {
      this.#stage = 'set'
      try {
        return await this.#advance(by)
      } finally {
        this.#stage = 'work'
        this.#tellWatchers()
      }
    })
  }

  /**
   * Begins another world at real time. `stop` ends everything that lives in the old one, `start`
   * begins the new one; the clock doesn't move meanwhile.
   */
  reset(stop: () => Promise<void>, start: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      await stop()
      this.#clock = new VirtualClock(this.#base)
      this.#epoch = crypto.randomUUID()
      this.#step++
      try {
        await start()
      } finally {
        this.#tellWatchers()
      }
    })
  }

  #alone<T>(move: () => Promise<T>): Promise<T> {
    const moved = this.#moving.then(move)
    this.#moving = moved.catch(() => {})
    return moved
  }

  async #advance(by: Duration): Promise<readonly Happened[]> {
    const target = this.now() + by
    const happened: Happened[] = []
    for (const follower of this.#followers.values()) follower.idleStops = 0
    // The parties' plans may have changed since the last tick: ask before going anywhere.
    await this.#tell(happened)
    for (let stops = 0; ; stops++) {
      const due = this.#nextDue()
      if (due === undefined || due > target) break
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
    for (const { answer, idleStops } of this.#followers.values()) {
      const at = idleStops < MOST_IDLE_STOPS ? answer?.next?.at : undefined
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at
    }
    return earliest
  }

  #moveTo(moment: Moment): void {
    this.#clock.setOffset(Math.max(this.offset, moment - this.#base.now()))
  }

  async #tell(happened: Happened[]): Promise<void> {
    this.#step++
    this.#tellWatchers()
    // First everyone's clock, then everyone's work: a webhook that one party sends at this moment
    // must not meet another that still lives before it.
    await this.#askAll('set')
    this.#step++
    const done = await this.#askAll('work')
    happened.push(...done.sort((a, b) => a.at - b.at || a.party.localeCompare(b.party)))
  }

  #tellWatchers(): void {
    const tick = { ...this.tick, stage: this.#stage }
    for (const tell of this.#watchers) tell(tick)
  }

  async #askAll(stage: ClockTick['stage']): Promise<Happened[]> {
    const tick = { ...this.tick, stage }
    const asked = [...this.#followers].map(([id, follower]) => this.#ask(id, follower, tick))
    return (await Promise.all(asked)).flat()
  }

  async #ask(id: string, follower: Following, tick: ClockTick): Promise<readonly Happened[]> {
    const answer = await new Promise<ClockAnswer | undefined>((resolve) => {
      const patience = setTimeout(() => {
        this.#followers.delete(id)
        resolve(undefined)
        follower.dropped?.()
      }, this.#patience)
      follower.answered = (given) => {
        clearTimeout(patience)
        resolve(given)
      }
      follower.tell(tick)
    })
    delete follower.answered
    if (tick.stage === 'set') return []
    const stuck = answer?.ran.length === 0 && answer.next && answer.next.at <= this.now()
    follower.idleStops = stuck ? follower.idleStops + 1 : 0
    return (answer?.ran ?? []).map((done) => ({ ...done, party: follower.party }))
  }
}
