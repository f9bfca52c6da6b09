import type { Log } from '../../../client/ports.ts'
import { type Duration, MINUTE, SECOND } from '../../../clock/moment.ts'
import type { Trouble } from '../../ipc/troubles.ts'
import type { Kept } from '../../ipc/view.ts'
import type { KeptSecrets } from '../ports.ts'
import { merge } from './merge.ts'
import { troubleOf, type Vault, type VaultName } from './vault.ts'

/** At the start nobody waits longer for the window. */
const AT_START: Duration = 3 * SECOND

/** Somebody who asks to try again may be typing a password. */
const WHEN_ASKED: Duration = MINUTE

/**
 * The secret entry, in a vault where that works and in memory where it doesn't; never in a file. This
 * process is the only one that uses it, so what was read or written last is what is held: the
 * vault is read once, and written each time.
 *
 * A vault that fails while the app runs doesn't sign anyone out: the entry lives on in memory, the
 * person is told, and each later write tries the vault again, so that it does not stay behind with a
 * token that is long used up.
 */
export class VaultSecrets implements KeptSecrets {
  readonly #vault: Vault
  readonly #name: VaultName
  readonly #log: Log
  readonly #listeners = new Set<() => void>()
  #value: string | undefined
  #kept: Kept | undefined

  constructor(vault: Vault, name: VaultName, log: Log) {
    this.#vault = vault
    this.#name = name
    this.#log = log
  }

  get kept(): Kept | undefined {
    return this.#kept
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  async open(): Promise<void> {
    try {
      await this.#vault.probe(AT_START)
      this.#value = await this.#vault.read()
      this.#say({ in: this.#name })
    } catch (error) {
      this.#fall(troubleOf(error))
    }
  }

  async tryAgain(): Promise<void> {
    if (this.#kept?.in !== 'memory') return
    try {
      await this.#vault.probe(WHEN_ASKED)
      const merged = merge(await this.#vault.read(), this.#value)
      if (merged !== undefined) await this.#vault.write(merged)
      this.#value = merged
      this.#say({ in: this.#name })
    } catch (error) {
      this.#fall(troubleOf(error))
    }
  }

  async read(): Promise<string | undefined> {
    return this.#value
  }

  async write(value: string): Promise<void> {
    this.#value = value
    await this.#try(() => this.#vault.write(value))
  }

  async clear(): Promise<void> {
    this.#value = undefined
    await this.#try(() => this.#vault.clear())
  }

  /** Twice, for a vault that was restarted is reached by the second try. */
  async #try(change: () => Promise<void>): Promise<void> {
    // Never opened: what it holds is somebody's sign-in, and not to be written over unread.
    if (!this.#opened) return
    try {
      await change().catch(() => change())
      this.#say({ in: this.#name })
    } catch (error) {
      this.#fall(troubleOf(error))
    }
  }

  #opened = false

  #fall(trouble: Trouble): void {
    this.#log('warn', 'kept_in_memory', { trouble })
    this.#say({ in: 'memory', trouble })
  }

  #say(kept: Kept): void {
    if (kept.in !== 'memory') this.#opened = true
    if (JSON.stringify(kept) === JSON.stringify(this.#kept)) return
    this.#kept = kept
    for (const listener of this.#listeners) listener()
  }
}
