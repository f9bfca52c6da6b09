import type { Moment } from '../../clock/moment.ts'
import type { Exchange, ExchangeShown } from './exchange.ts'
import { explain } from './explained.ts'

/** So many of the last ones are kept. */
const KEPT = 500

/** The last messages of the protocol; in memory alone. */
export class RequestLog {
  #kept: readonly ExchangeShown[] = []
  #count = 0

  add(exchange: Exchange, at: Moment): void {
    const explained = explain(exchange)
    if (!explained) return
    this.#kept = [...this.#kept, { ...exchange, ...explained, number: ++this.#count, at }].slice(
      -KEPT,
    )
  }

  /** Those with a greater number, in order. */
  after(number: number): readonly ExchangeShown[] {
    return this.#kept.filter((one) => one.number > number)
  }

  clear(): void {
    this.#kept = []
  }
}
