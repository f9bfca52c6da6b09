import * as v from 'valibot'
import type { Clock } from '../../clock/clock.ts'
import { SECOND } from '../../clock/moment.ts'
import { happeningsOf } from '../history/derive.ts'
import type { History } from '../history/history.ts'
import { RequestLog } from '../requests/request-log.ts'
import type { PartyName } from '../scene.ts'
import { Mirror } from './mirror.ts'
import { type AnswerFault, type Order, readFromParty, type Weight } from './orders.ts'

/** How long the site may take to answer; it may be down. */
const PATIENCE = SECOND

/** What the site's log says of refreshes that changed nothing, and so are in no record. */
const LogLine = v.object({
  session: v.string(),
  msg: v.picklist(['refresh replayed', 'refresh superseded']),
})

export interface FeedOptions {
  readonly history: History
  /** Everyone's clock; the site's log has real time. */
  readonly now: Clock['now']
  /** Says something to the site; `false` when it is not there. */
  readonly say: (order: Order) => boolean
  readonly changed: () => void
  readonly met: (fault: AnswerFault) => void
  /** The provider has answered somebody. */
  readonly providerAnswered: () => void
}

/** Hears what the parties tell, and makes the mirror and the history of it. */
export class Feed {
  readonly mirror = new Mirror()
  readonly requests = new RequestLog()
  readonly #options: FeedOptions
  readonly #waiting = new Map<number, (weight?: Weight) => void>()
  #asked = 0

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** One line of a party's. @returns whether it was meant for us, and for nobody's log */
  hear(party: PartyName, line: string): boolean {
    const message = readFromParty(line)
    if (message === undefined) {
      if (party === 'site') this.#hearLog(line)
      return false
    }
    if ('request' in message) {
      this.requests.add(party, message.request, this.#options.now())
      this.#options.changed()
      if (party === 'provider') this.#options.providerAnswered()
      return true
    }
    if ('told' in message) {
      const changes = this.mirror.apply(message.told)
      this.#options.history.add(changes.flatMap((change) => happeningsOf(change, this.mirror)))
      this.#options.changed()
    } else if ('met' in message) {
      this.#options.met(message.met)
    } else if ('weighed' in message) {
      this.#waiting.get(message.weighed)?.(message.weight)
    } else {
      this.#waiting.get(message.caughtUp)?.()
    }
    return true
  }

  /** Resolves once everything is known that the site did before; at once when it is down. */
  async caughtUp(): Promise<void> {
    await this.#ask((number) => ({ catchUp: number }))
  }

  /** What the site holds in memory; `undefined` when it is down. It stands still while it counts. */
  weigh(): Promise<Weight | undefined> {
    return this.#ask((number) => ({ weigh: number }))
  }

  #ask(order: (number: number) => Order): Promise<Weight | undefined> {
    const number = ++this.#asked
    return new Promise((resolve) => {
      const patience = setTimeout(() => done(), PATIENCE)
      const done = (weight?: Weight) => {
        clearTimeout(patience)
        this.#waiting.delete(number)
        resolve(weight)
      }
      this.#waiting.set(number, done)
      if (!this.#options.say(order(number))) done()
    })
  }

  #hearLog(line: string): void {
    if (!line.includes('"refresh ')) return
    try {
      const read = v.safeParse(LogLine, JSON.parse(line))
      if (!read.success) return
      const { session, msg } = read.output
      const kind = msg === 'refresh replayed' ? 'replayed' : 'superseded'
      this.#options.history.add([{ kind, at: this.#options.now(), session_id: session }])
      this.#options.changed()
    } catch {
      // Not a line of the log.
    }
  }
}
