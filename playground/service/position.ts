/**
 * How far this service has heard the site's events, by their numbers, which have no gaps. Webhooks may come
 * in any order and more than once; a number that was left out is a gap, and only a read closes it.
 */
export class Position {
  #at: number | undefined
  /** Numbers that came before those that precede them. */
  readonly #ahead = new Set<number>()

  /** Everything up to this number was heard; 0: nothing was read yet. */
  get at(): number {
    return this.#at ?? 0
  }

  /** Whether a read has ever said where the site stands, and nothing before a number heard is missing. */
  get isComplete(): boolean {
    return this.#at !== undefined && this.#ahead.size === 0
  }

  /** A webhook brought this number. */
  hear(number: number): void {
    if (number <= this.at) return
    this.#ahead.add(number)
    this.#advance()
  }

  /**
   * Call it before a read; what it returns takes the position that the read came to. Numbers that were
   * heard before the read began are in what it brought, or of another time than the site lives in; those
   * heard while it was under way may be beyond it, and must not fall between.
   */
  beginReading(): (next: number) => void {
    const before = [...this.#ahead]
    return (next) => {
      this.#at = next
      for (const number of before) this.#ahead.delete(number)
      for (const number of this.#ahead) if (number <= next) this.#ahead.delete(number)
      this.#advance()
    }
  }

  /** The site's data is another one: nothing that was heard means anything. */
  forget(): void {
    this.#at = undefined
    this.#ahead.clear()
  }

  #advance(): void {
    if (this.#at === undefined) return
    while (this.#ahead.delete(this.#at + 1)) this.#at += 1
  }
}
