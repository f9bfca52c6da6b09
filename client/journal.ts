import { decodeHeld, encodeHeld, type Held, NOTHING_HELD } from './held.ts'
import type { Lock, Log, SecretStore } from './ports.ts'

/**
 * Reads and changes the held document. It is read anew each time, because another process may have
 * written it; changes of one process never overlap.
 */
export class Journal {
  readonly #secrets: SecretStore
  readonly #lock: Lock
  readonly #log: Log
  #last: Promise<unknown> = Promise.resolve()

  constructor(secrets: SecretStore, lock: Lock, log: Log) {
    this.#secrets = secrets
    this.#lock = lock
    this.#log = log
  }

  /** What is held now. An entry that can't be understood is removed: keep nothing half. */
  read(): Promise<Held> {
    return this.update((held) => held)
  }

  /**
   * Changes the document, and resolves with what is held then, once that is durable.
   *
   * @param change gets what is held now; giving back the same object writes nothing
   * @throws what the secret store throws; then nothing is known to have changed
   */
  update(change: (held: Held) => Held): Promise<Held> {
    const next = this.#last.then(() => this.#lock.withLock('journal', () => this.#update(change)))
    this.#last = next.catch(() => {})
    return next
  }

  async #update(change: (held: Held) => Held): Promise<Held> {
    const before = await this.#read()
    const after = change(before)
    if (after !== before) await this.#secrets.write(encodeHeld(after))
    return after
  }

  async #read(): Promise<Held> {
    const text = await this.#secrets.read()
    if (text === undefined || text === '') return NOTHING_HELD
    const held = decodeHeld(text)
    if (held) return held
    this.#log('error', 'held_unreadable', { length: text.length })
    await this.#secrets.clear()
    return NOTHING_HELD
  }
}
