import type { DueMoment } from '../../clock/due.ts'
import { type Duration, type Moment, SECOND } from '../../clock/moment.ts'
import type { Site } from '../site.ts'
import type { Delivery } from '../store/records.ts'
import { Connections } from './connections.ts'
import { attempt } from './delivery.ts'
import { type Resolve, resolveBySystem } from './target.ts'

export interface CourierOptions {
  /** Hears of what went wrong on our side; it is tried again. */
  readonly failed: (error: unknown) => void
  /** From 0 to 1: how much longer than published a later retry waits. */
  readonly jitter: () => number
  readonly resolve?: Resolve
  /** Real milliseconds that a service may take to answer; 15 s. */
  readonly patience?: Duration
}

/** Standard Webhooks says 15 to 30 s. */
const SERVICE_PATIENCE: Duration = 15 * SECOND

/** Requests under way at once, over all endpoints. */
const AT_ONCE = 4

/** How many of them may be to endpoints that let us wait the last time. */
const AT_ONCE_TO_SLOW_ONES = 2

/** Of what is due, so many are looked at to find the oldest event. */
const WINDOW = 16

/** Never sleep longer than this: a machine that slept must not delay deliveries for long. */
const LONGEST_NAP: Duration = 30 * SECOND

/** After a failure of our own, a lane is not tried again at once, for ever. */
const BREATH: Duration = SECOND

/** Real milliseconds that the shared clock is kept waiting; what takes longer goes on by itself. */
const CLOCK_PATIENCE: Duration = 8 * SECOND

/** What is under way when the site stops may take so long to end well. */
const LAST_ATTEMPTS: Duration = SECOND

/**
 * Brings events to the services. Each endpoint has a lane of its own, in which one request is under way
 * at a time and the oldest event that is due goes first; lanes take turns. So a service that is slow or
 * dead delays nobody but itself: one that let us wait may not take all of the places at once.
 */
export class Courier {
  readonly #site: Site
  readonly #options: CourierOptions
  readonly #connections = new Connections()
  readonly #ending = new AbortController()
  /** The attempt under way in each lane. */
  readonly #underWay = new Map<string, Promise<void>>()
  /** Endpoints whose last attempt ran into its time-out. */
  readonly #slow = new Set<string>()
  /** When each lane had its last turn, counted. */
  readonly #turns = new Map<string, number>()
  readonly #listeners = new Set<DueMoment[]>()
  #turn = 0
  #looking: Promise<void> = Promise.resolve()
  /** A look that has not begun yet. */
  #nextLook: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(site: Site, options: CourierOptions) {
    this.#site = site
    this.#options = options
  }

  /** When the next attempt is due, and which. */
  async next(): Promise<DueMoment | undefined> {
    const lanes = await this.#lanes()
    const [first] = lanes.sort((a, b) => a.at - b.at)
    return first && { at: first.at, name: nameOf(first.delivery) }
  }

  /** New deliveries may have come in: look now. */
  poke(): void {
    void this.#look()
  }

  /** Makes every attempt that is due, waits for them, and says which they were. For the shared clock. */
  async run(): Promise<readonly DueMoment[]> {
    const happened: DueMoment[] = []
    this.#listeners.add(happened)
    let late = false
    let hurry = () => {}
    const patience = new Promise<void>((resolve) => {
      hurry = resolve
    })
    const timer = setTimeout(() => {
      late = true
      hurry()
    }, CLOCK_PATIENCE)
    try {
      await this.#look()
      while (this.#underWay.size > 0 && !late) {
        await Promise.race([...this.#underWay.values(), patience])
        await this.#look()
      }
    } finally {
      clearTimeout(timer)
      this.#listeners.delete(happened)
    }
    return happened
  }

  /** Starts nothing more, and lets what is under way end: well if that is soon. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#looking
    clearTimeout(this.#timer)
    const late = setTimeout(() => this.#ending.abort(), LAST_ATTEMPTS)
    await Promise.all(this.#underWay.values())
    clearTimeout(late)
    this.#ending.abort()
    this.#connections.close()
  }

  /** One look at a time, for two at once could start the same attempt twice; one more serves all who ask. */
  #look(): Promise<void> {
    if (this.#nextLook) return this.#nextLook
    const look = this.#looking
      .then(() => {
        this.#nextLook = undefined
        return this.#startDue()
      })
      .catch((error: unknown) => this.#failedToLook(error))
    this.#nextLook = look
    this.#looking = look
    return look
  }

  #failedToLook(error: unknown): void {
    this.#options.failed(error)
    this.#wakeIn(BREATH)
  }

  async #startDue(): Promise<void> {
    if (this.#stopped) return
    const now = this.#site.clock.now()
    const lanes = (await this.#lanes()).filter(({ endpoint }) => !this.#underWay.has(endpoint))
    const due = lanes.filter(({ at }) => at <= now)
    due.sort((a, b) => (this.#turns.get(a.endpoint) ?? 0) - (this.#turns.get(b.endpoint) ?? 0))
    for (const { endpoint } of due) {
      if (!this.#hasPlaceFor(endpoint)) continue
      const delivery = await this.#oldestDue(endpoint, now)
      if (delivery && !this.#stopped) this.#start(delivery)
    }
    const later = lanes.filter(({ at }) => at > now).map(({ at }) => at - now)
    this.#wakeIn(Math.min(LONGEST_NAP, ...later))
  }

  #hasPlaceFor(endpoint: string): boolean {
    if (this.#underWay.size >= AT_ONCE) return false
    if (!this.#slow.has(endpoint)) return true
    const slowOnes = [...this.#underWay.keys()].filter((other) => this.#slow.has(other))
    return slowOnes.length < AT_ONCE_TO_SLOW_ONES
  }

  /** Lanes in which something waits, with the moment from which it may go. */
  async #lanes(): Promise<{ endpoint: string; delivery: Delivery; at: Moment }[]> {
    const { store } = this.#site
    const lanes = []
    for (const delivery of await store.nextDeliveries()) {
      const { endpoint, nextAt } = delivery
      const known = await store.endpoint(endpoint)
      if (known?.disabled || nextAt === null) continue
      lanes.push({ endpoint, delivery, at: Math.max(nextAt, known?.slowUntil ?? nextAt) })
    }
    return lanes
  }

  /** Of several that are due the oldest event goes first, though its retry came due later. */
  async #oldestDue(endpoint: string, now: Moment): Promise<Delivery | undefined> {
    const { store } = this.#site
    let oldest: { readonly delivery: Delivery; readonly sequence: number } | undefined
    for (const delivery of await store.dueDeliveries(endpoint, now, WINDOW)) {
      const sequence = (await store.event(delivery.eventId))?.sequence ?? 0
      if (!oldest || sequence < oldest.sequence) oldest = { delivery, sequence }
    }
    return oldest?.delivery
  }

  #start(delivery: Delivery): void {
    const { endpoint, nextAt } = delivery
    this.#turns.set(endpoint, ++this.#turn)
    const underWay = this.#attempt(delivery).then(() => {
      this.#underWay.delete(endpoint)
      const at = nextAt ?? this.#site.clock.now()
      for (const happened of this.#listeners) happened.push({ at, name: nameOf(delivery) })
      void this.#look()
    })
    this.#underWay.set(endpoint, underWay)
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { endpoint } = delivery
    try {
      const result = await attempt(this.#site, delivery, {
        connections: this.#connections,
        resolve: this.#options.resolve ?? resolveBySystem,
        patience: this.#options.patience ?? SERVICE_PATIENCE,
        jitter: this.#options.jitter,
        ending: this.#ending.signal,
      })
      const outcome = result?.outcome
      if (outcome?.kind === 'failed' && outcome.why === 'timeout') this.#slow.add(endpoint)
      else if (outcome) this.#slow.delete(endpoint)
    } catch (error) {
      this.#options.failed(error)
      if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, BREATH))
    }
  }

  #wakeIn(nap: Duration): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.poke(), nap)
    this.#timer.unref?.()
  }
}

const nameOf = ({ attempts, endpoint, eventId }: Delivery): string =>
  `attempt ${attempts + 1} to tell ${endpoint} of ${eventId}`
