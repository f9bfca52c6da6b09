import type { Moment } from '../../clock/moment.ts'
import type { Data } from './data.ts'
import type { Delivery } from './records.ts'
import { SortedIndex } from './sorted-index.ts'
import type { DeliveryFilter } from './store.ts'

/** The waiting deliveries of each endpoint by themselves: a long queue of one is no load for others. */
export class DeliveryQueues {
  readonly #data: Data
  readonly #queues = new Map<string, SortedIndex<Delivery>>()

  constructor(data: Data) {
    this.#data = data
    const waiting = [...data.delivery.values()].filter(({ state }) => state === 'waiting')
    for (const endpoint of new Set(waiting.map((delivery) => delivery.endpoint))) {
      this.#open(
        endpoint,
        waiting.filter((delivery) => delivery.endpoint === endpoint),
      )
    }
  }

  /** Call it after each change; `undefined` on either side: there was none, there is none any more. */
  changed(was: Delivery | undefined, now: Delivery | undefined): void {
    const endpoint = (now ?? was)?.endpoint
    if (endpoint === undefined) return
    const queue = this.#queues.get(endpoint) ?? this.#open(endpoint, [])
    queue.changed(was, now)
    if (queue.size === 0) this.#queues.delete(endpoint)
  }

  /** The first of each endpoint. */
  next(): readonly Delivery[] {
    return [...this.#queues.values()].flatMap((queue) => queue.first() ?? [])
  }

  /** The earliest `nextAt` first. */
  all(): readonly Delivery[] {
    return [...this.#queues.values()]
      .flatMap((queue) => queue.upTo(Number.POSITIVE_INFINITY, queue.size))
      .sort((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0))
  }

  due(endpoint: string, now: Moment, limit: number): readonly Delivery[] {
    return this.#queues.get(endpoint)?.upTo(now, limit) ?? []
  }

  #open(endpoint: string, waiting: readonly Delivery[]): SortedIndex<Delivery> {
    const { delivery, event } = this.#data
    const queue = new SortedIndex(
      delivery,
      // Events of the same moment go out in the order in which they were written.
      ({ state, nextAt, eventId }) =>
        state === 'waiting' ? [nextAt ?? 0, event.get(eventId)?.sequence ?? 0] : undefined,
      waiting,
    )
    this.#queues.set(endpoint, queue)
    return queue
  }
}

/** Looks at all there are: for people, now and then. */
export function deliveryPage(
  { delivery }: Data,
  { state, endpoint, after, limit }: DeliveryFilter,
): readonly Delivery[] {
  const page: Delivery[] = []
  let passed = after === undefined || !delivery.has(after)
  for (const one of delivery.values()) {
    if (page.length >= limit) break
    if (!passed) passed = one.id === after
    else if ((state ?? one.state) === one.state && (endpoint ?? one.endpoint) === one.endpoint) {
      page.push(one)
    }
  }
  return page
}
