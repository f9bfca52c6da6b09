/** Chance that can be had again: a small generator (mulberry32) from a seed. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** Whether something of that likelihood happens. */
  happens(likelihood: number): boolean {
    return this.next() < likelihood
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }

  oneOf<T>(things: readonly T[]): T | undefined {
    return things[Math.floor(this.next() * things.length)]
  }
}
