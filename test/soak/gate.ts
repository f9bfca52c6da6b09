/** Lets everybody work until it is closed; who closes it waits until nobody works any more. */
export class Gate {
  #closed: Promise<void> | undefined
  #open: (() => void) | undefined
  #working = 0
  #idle: (() => void) | undefined

  async through<T>(work: () => Promise<T>): Promise<T> {
    while (this.#closed) await this.#closed
    this.#working += 1
    try {
      return await work()
    } finally {
      this.#working -= 1
      if (this.#working === 0) this.#idle?.()
    }
  }

  /** Closes it, works alone, and opens it again. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    this.#closed = new Promise((resolve) => {
      this.#open = resolve
    })
    if (this.#working > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
      this.#idle = undefined
    }
    try {
      return await work()
    } finally {
      this.#closed = undefined
      this.#open?.()
    }
  }
}
