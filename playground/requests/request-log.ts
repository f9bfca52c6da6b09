import type { Moment } from '../../clock/moment.ts'
import type { PartyName } from '../scene.ts'
import type { Exchange, ExchangeShown, SignatureCheck } from './exchange.ts'
import { explain } from './explained.ts'

/** So many of the last ones are kept. */
const KEPT = 500

/** The last messages of the protocol; in memory alone. */
export class RequestLog {
  #kept: readonly ExchangeShown[] = []
  #count = 0

  /** @param to whom it came to */
  add(to: PartyName, exchange: Exchange, at: Moment): void {
    const explained = explain(to, exchange)
    if (!explained) return
    this.#kept = [...this.#kept, { ...exchange, ...explained, number: ++this.#count, at }].slice(
      -KEPT,
    )
  }

  /** Those with a greater number, in order. */
  after(number: number): readonly ExchangeShown[] {
    return this.#kept.filter((one) => one.number > number)
  }

  /** Of the webhook that came last with that event. */
  signatureOf(eventId: string): SignatureCheck | undefined {
    return this.#kept.findLast(({ sent }) => sent['webhook-id'] === eventId)?.signature
  }

  clear(): void {
    this.#kept = []
  }
}
