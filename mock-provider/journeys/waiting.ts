import type { Clock } from '../../clock/clock.ts'
import { HOUR, type Moment } from '../../clock/moment.ts'
import type { Step } from './steps.ts'

/** As long as the engine's own handle of a journey. */
const LIFE = HOUR

/** What is known of journeys that wait for their people, by the engine's handle: tabs don't disturb each other. */
export class Waiting<T> {
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly what: T; readonly until: Moment }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of({ interaction }: Step): T | undefined {
    const found = this.#known.get(interaction.uid)
    return found && found.until > this.#clock.now() ? found.what : undefined
  }

  keep({ interaction }: Step, what: T): void {
    const now = this.#clock.now()
    for (const [uid, { until }] of this.#known) if (until <= now) this.#known.delete(uid)
    this.#known.set(interaction.uid, { what, until: now + LIFE })
  }

  drop({ interaction }: Step): void {
    this.#known.delete(interaction.uid)
  }
}
