import type { Duration, Moment } from '../../clock/moment.ts'
import { SECOND } from '../../clock/moment.ts'
import { isReason, type Reason } from '../../protocol/reasons.ts'

/**
 * What a device that was promised something may expect of one session. Knows nothing of how the site
 * decides: only what was asked of it, and which answers arrived.
 */
interface Promised {
  /** The session began between these two moments. */
  readonly begunAfter: Moment
  readonly begunBefore: Moment
  /** The last refresh that surely happened, happened after this. */
  refreshedAfter: Moment
  /** No refresh can have happened after this. */
  refreshedBefore: Moment
  /** What was asked for that ends it. */
  readonly causes: Cause[]
}

export interface Cause {
  readonly reason: Reason
  /** Whether the site has said that it is done; until then it may have been, or not. */
  acknowledged: boolean
}

export interface Lifetimes {
  readonly idle: Duration
  readonly absolute: Duration
}

/** Clocks of two processes differ by a few milliseconds, and the site's tokens say whole seconds. */
const SLACK: Duration = 2 * SECOND

/**
 * Judges what devices hear: no session ended without a cause, none kept that should have ended. What
 * it says are broken promises, in words; none is what everybody hopes for.
 */
export class Ledger {
  readonly #lifetimes: Lifetimes
  readonly #sessions = new Map<string, Promised>()
  readonly broken: string[] = []
  readonly ended = new Map<Reason, number>()

  constructor(lifetimes: Lifetimes) {
    this.#lifetimes = lifetimes
  }

  begun(session: string, after: Moment, before: Moment): void {
    if (this.#sessions.has(session)) return
    this.#sessions.set(session, {
      begunAfter: after,
      begunBefore: before,
      refreshedAfter: after,
      refreshedBefore: before,
      causes: [],
    })
  }

  /** Something is about to be asked for that ends these sessions. */
  willEnd(sessions: readonly string[], reason: Reason): Cause {
    const cause: Cause = { reason, acknowledged: false }
    for (const session of sessions) this.#sessions.get(session)?.causes.push(cause)
    return cause
  }

  /** A refresh left, and whatever became of it had become by now. */
  mayHaveRefreshed(session: string, at: Moment): void {
    const known = this.#sessions.get(session)
    if (known) known.refreshedBefore = Math.max(known.refreshedBefore, at)
  }

  /**
   * A refresh was answered well.
   *
   * @param firstLeft when the first request of the same attempt left: the answer may be from then
   * @param causes what had been acknowledged before this request left ({@link Ledger.acknowledged})
   */
  refreshed(
    session: string,
    firstLeft: Moment,
    left: Moment,
    arrived: Moment,
    causes: readonly Cause[],
  ): void {
    const known = this.#sessions.get(session)
    if (!known) return
    const { idle, absolute } = this.#lifetimes
    for (const { reason } of causes) {
      this.#break(`${session} was refreshed after it had ended: ${reason} was acknowledged`)
    }
    if (left > known.refreshedBefore + idle + SLACK) {
      this.#break(`${session} was refreshed ${left - known.refreshedBefore} ms after its last use`)
    }
    if (left > known.begunBefore + absolute + SLACK) {
      this.#break(`${session} was refreshed ${left - known.begunBefore} ms after its sign-in`)
    }
    known.refreshedAfter = Math.max(known.refreshedAfter, firstLeft)
    known.refreshedBefore = Math.max(known.refreshedBefore, arrived)
  }

  /** The site said that it ended. */
  heardEnd(session: string, reason: Reason | undefined, at: Moment): void {
    const known = this.#sessions.get(session)
    if (!known) return
    if (reason === undefined) {
      this.#break(`${session} ended, and nobody said why`)
      return
    }
    this.ended.set(reason, (this.ended.get(reason) ?? 0) + 1)
    if (!this.#allowed(known, reason, at)) this.#break(`${session} ended without cause: ${reason}`)
  }

  /** What ends this session for sure by now. */
  acknowledged(session: string): readonly Cause[] {
    return (this.#sessions.get(session)?.causes ?? []).filter((cause) => cause.acknowledged)
  }

  /**
   * A service answered somebody who still shows an access token of that session, after every delivery.
   *
   * Of several causes the first ended it, and that may be one whose answer was lost.
   */
  heardFromService(session: string, status: number, reason: unknown, at: Moment): void {
    const known = this.#sessions.get(session)
    if (!known) return
    const [cause] = this.acknowledged(session)
    const fine =
      status === 200
        ? cause === undefined
        : status === 401 && isReason(reason) && this.#allowed(known, reason, at)
    if (fine) return
    const state = cause ? `which ended: ${cause.reason}` : 'which nobody is known to have ended'
    this.#break(`the service answered ${status} ${reason} for ${session}, ${state}`)
  }

  forget(session: string): void {
    this.#sessions.delete(session)
  }

  #allowed(known: Promised, reason: Reason, at: Moment): boolean {
    const { idle, absolute } = this.#lifetimes
    switch (reason) {
      case 'idle_expired':
        return at + SLACK >= known.refreshedAfter + idle
      case 'absolute_expired':
        return at + SLACK >= known.begunAfter + absolute
      default:
        return known.causes.some((cause) => cause.reason === reason)
    }
  }

  #break(sentence: string): void {
    this.broken.push(sentence)
  }
}
