import { type Moment, SECOND } from '../clock/moment.ts'

/** Whether what the access token says is still true, as far as anybody has told us. */
export class Claims {
  readonly #changed: (stale: boolean) => void
  /** Since when something else is true than the token says. */
  #staleSince: Moment | undefined
  /** The latest such moment that a refresh has answered: it asks for no other one. */
  #heeded: Moment = Number.NEGATIVE_INFINITY

  /** @param changed told when {@link Claims.stale} becomes another */
  constructor(changed: (stale: boolean) => void) {
    this.#changed = changed
  }

  get stale(): boolean {
    return this.#staleSince !== undefined
  }

  /**
   * Somebody says since when the claims are others.
   *
   * @param issuedAt when the token in use was issued
   * @param now by the site's clock
   * @returns whether that was news
   */
  told(changedAt: Moment, issuedAt: Moment, now: Moment): boolean {
    // Nothing has changed in the future: a token that is refreshed now must be good enough. And
    // tokens count whole seconds.
    const since = Math.floor(Math.min(changedAt, now) / SECOND) * SECOND
    if (since < issuedAt || since <= this.#heeded || this.stale) return false
    this.#become(since)
    return true
  }

  /** Another token came. One that was lost and given again may be from before the change: then it stays stale. */
  renewed(issuedAt: Moment): void {
    if (this.#staleSince === undefined || issuedAt < this.#staleSince) return
    this.#heeded = this.#staleSince
    this.#become(undefined)
  }

  /** There is no token any more. */
  forget(): void {
    this.#become(undefined)
  }

  #become(staleSince: Moment | undefined): void {
    const before = this.stale
    this.#staleSince = staleSince
    if (this.stale !== before) this.#changed(this.stale)
  }
}
