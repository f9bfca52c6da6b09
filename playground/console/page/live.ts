import * as v from 'valibot'
import type { Moment } from '../../../clock/moment.ts'
import type { Happening } from '../../history/happening.ts'
import type { ExchangeShown } from '../../requests/exchange.ts'
import { Scene } from '../../scene.ts'

/** What the page draws. */
export interface Shown {
  /** `undefined` until the console has said how everything stands. */
  readonly scene: Scene | undefined
  readonly happenings: readonly Happening[]
  readonly requests: readonly ExchangeShown[]
  /** Whether the console is there to hear of news. */
  readonly connected: boolean
}

const MOST_REQUESTS = 500

/**
 * Follows the console's stream; the browser comes back to it by itself, and goes on after what it heard
 * last (WHATWG HTML §9.2.3).
 */
export class Live {
  shown: Shown = { scene: undefined, happenings: [], requests: [], connected: false }
  readonly #changed: () => void
  /** When the scene came, on the page's own monotonic clock. */
  #heardAt = 0

  constructor(changed: () => void) {
    this.#changed = changed
    const source = new EventSource('/live')
    source.addEventListener('scene', ({ data }) => this.#hearScene(JSON.parse(data)))
    source.addEventListener('happenings', ({ data }) => {
      this.#show({ happenings: [...this.shown.happenings, ...(JSON.parse(data) as Happening[])] })
    })
    source.addEventListener('requests', ({ data }) => {
      const { requests } = this.shown
      const last = requests.at(-1)?.number ?? 0
      const fresh = (JSON.parse(data) as ExchangeShown[]).filter(({ number }) => number > last)
      this.#show({ requests: [...requests, ...fresh].slice(-MOST_REQUESTS) })
    })
    source.addEventListener('open', () => this.#show({ connected: true }))
    source.addEventListener('error', () => {
      this.#show({ connected: false })
      // A console that answered something else is given up by the browser: the page begins anew.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 1_000)
    })
  }

  /** Everyone's time, between two scenes as well. */
  now(): Moment {
    return (this.shown.scene?.now_ms ?? 0) + performance.now() - this.#heardAt
  }

  #hearScene(told: unknown): void {
    const scene = v.parse(Scene, told)
    const before = this.shown.scene
    this.#heardAt = performance.now()
    // Another world: nothing of the old one happened in it.
    const wiped = before !== undefined && before.epoch !== scene.epoch
    this.#show({ scene, ...(wiped ? { happenings: [], requests: [] } : {}) })
  }

  #show(news: Partial<Shown>): void {
    this.shown = { ...this.shown, ...news }
    this.#changed()
  }
}
