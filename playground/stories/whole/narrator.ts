/** Tells the story: one line a step, with what it proved. */
export class Narrator {
  readonly #write: (text: string) => void
  #steps = 0
  #at = ''

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  get steps(): number {
    return this.#steps
  }

  /** What was being told when things went wrong. */
  get at(): string {
    return this.#at
  }

  chapter(title: string): void {
    this.#write(`\n${title}\n`)
  }

  /** Does a step; what it returns is the proof that the line ends with. */
  async step(title: string, work: () => Promise<string>): Promise<void> {
    this.#at = title
    const proof = await work()
    this.#steps++
    this.#write(`  ✓ ${title}: ${proof}\n`)
  }
}
