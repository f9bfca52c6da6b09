import { fromSeconds, type Moment } from '../../clock/moment.ts'
import type { SessionEndedEvent } from '../../protocol/events.ts'

type Ending = SessionEndedEvent['data']

/**
 * The sessions that ended while their access tokens still verify. A signature says that a token was
 * right when it was issued; only this list says that it no longer is.
 */
export class EndedSessions {
  readonly #endings = new Map<string, Ending>()

  /** Remembers an ending for as long as an access token of that session may be presented. */
  add(ending: Ending, now: Moment): void {
    this.#forget(now)
    if (fromSeconds(ending.exp) > now) this.#endings.set(ending.session_id, ending)
  }

  /** How the session ended; `undefined` when it didn't, as far as this service has heard. */
  find(sessionId: string): Ending | undefined {
    return this.#endings.get(sessionId)
  }

  get size(): number {
    return this.#endings.size
  }

  /** A token past its `exp` is refused for that already. */
  #forget(now: Moment): void {
    for (const [id, { exp }] of this.#endings) {
      if (fromSeconds(exp) <= now) this.#endings.delete(id)
    }
  }
}
