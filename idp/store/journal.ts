import type { AppendFile } from './disk.ts'
import { journalLine } from './journal-lines.ts'

interface Waiting {
  readonly sequence: number
  readonly writes: string
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

interface Turn {
  readonly open: () => Promise<AppendFile>
  readonly done: (sequence: number) => void
  readonly failed: (error: unknown) => void
}

/**
 * Appends commits in the order they came. One flush is in flight; everyone who comes meanwhile
 * shares the next one. The first error ends it for good: what reached the disk is then unknown, and a
 * second try could only hide that.
 */
export class Journal {
  readonly #failed: (error: unknown) => Error
  #file: AppendFile
  #sequence: number
  #flushedSequence: number
  #waiting: Waiting[] = []
  #turn: Turn | undefined
  #running: Promise<void> | undefined
  #newest: Promise<void> = Promise.resolve()
  #error: Error | undefined
  /** Bytes appended since the last turn. */
  length = 0

  /** @param failed hears of the first error, and says with which one everybody is refused. */
  constructor(file: AppendFile, sequence: number, failed: (error: unknown) => Error) {
    this.#file = file
    this.#sequence = sequence
    this.#flushedSequence = sequence
    this.#failed = failed
  }

  /** @returns a promise that resolves when the commit is on disk. */
  append(writes: string): Promise<void> {
    if (this.#error) return Promise.reject(this.#error)
    this.#sequence += 1
    const sequence = this.#sequence
    this.#newest = new Promise<void>((done, failed) => {
      this.#waiting.push({ sequence, writes, done, failed })
    })
    this.#wake()
    return this.#newest
  }

  /** Resolves when everything appended until now is on disk. */
  flushed(): Promise<void> {
    return this.#error ? Promise.reject(this.#error) : this.#newest
  }

  /**
   * Goes on in another file, between two flushes: all that is acknowledged is in the old one then, so
   * a torn end can only be in the newest file.
   *
   * @returns the sequence of the old file's last commit
   */
  turn(open: () => Promise<AppendFile>): Promise<number> {
    if (this.#error) return Promise.reject(this.#error)
    return new Promise((done, failed) => {
      this.#turn = { open, done, failed }
      this.#wake()
    })
  }

  async close(): Promise<void> {
    await this.#running
    await this.#file.close()
  }

  #wake(): void {
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // Those who commit in the same tick share a flush.
    await undefined
    while (this.#error === undefined && (this.#turn || this.#waiting.length > 0)) {
      if (this.#turn) await this.#makeTurn(this.#turn)
      else await this.#flush()
    }
    this.#running = undefined
  }

  async #makeTurn(turn: Turn): Promise<void> {
    try {
      const next = await turn.open()
      await this.#file.close()
      this.#file = next
      this.length = 0
      this.#turn = undefined
      turn.done(this.#flushedSequence)
    } catch (error) {
      this.#stop(error)
    }
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    const flush = this.#flushedSequence + 1
    const bytes = Buffer.from(
      batch.map(({ sequence, writes }) => journalLine(sequence, flush, writes)).join(''),
    )
    try {
      await this.#file.append(bytes)
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting]
      this.#stop(error)
      return
    }
    this.length += bytes.length
    this.#flushedSequence += batch.length
    for (const { done } of batch) done()
  }

  #stop(error: unknown): void {
    this.#error = this.#failed(error)
    for (const { failed } of this.#waiting) failed(this.#error)
    this.#waiting = []
    this.#turn?.failed(this.#error)
    this.#turn = undefined
  }
}
