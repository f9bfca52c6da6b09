/**
 * One at a time for each key: all transitions of one session are serialised (DESIGN §6), so that a
 * hundred refreshes at once sign one token and not a hundred.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `work` after everything that was asked for `key` before. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work)
    const settled = mine.catch(() => {})
    this.#last.set(key, settled)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    }
  }
}
