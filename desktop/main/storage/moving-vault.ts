import type { Log } from '../../../client/ports.ts'
import type { Duration } from '../../../clock/moment.ts'
import type { Trouble } from '../../ipc/troubles.ts'
import type { KeptWhere, WhereNote } from './kept-where.ts'
import { merge } from './merge.ts'
import { troubleOf, VAULTS, type Vault, VaultError, type VaultName } from './vault.ts'

/** A person can do something about these, so what lies behind them is waited for. */
const PASSING: readonly Trouble[] = ['locked', 'cancelled', 'slow', 'lost']

/**
 * The vault that the setting names. What another one holds from before the setting was changed is
 * taken over when it is first read, by steps of which each may be the last: written here and read
 * again, noted as what counts from now on, and only then removed there.
 */
export class MovingVault implements Vault {
  readonly #vaults: Readonly<Record<VaultName, Vault>>
  readonly #name: VaultName
  readonly #note: WhereNote
  readonly #log: Log

  /** @param name of the vault that is used from now on */
  constructor(
    vaults: Readonly<Record<VaultName, Vault>>,
    name: VaultName,
    note: WhereNote,
    log: Log,
  ) {
    this.#vaults = vaults
    this.#name = name
    this.#note = note
    this.#log = log
  }

  get #here(): Vault {
    return this.#vaults[this.#name]
  }

  probe(limit: Duration): Promise<void> {
    return this.#here.probe(limit)
  }

  async read(): Promise<string | undefined> {
    const noted = this.#note.read()
    // Nothing is known at the first start: an entry may lie anywhere.
    const { counts, leftOver } = noted ?? { counts: VAULTS, leftOver: [] }
    const before = counts.includes(this.#name) ? await this.#here.read() : undefined
    const moved: VaultName[] = []
    const unread: VaultName[] = []
    let value = before
    for (const other of this.#butHere(counts)) {
      try {
        value = merge(await this.#vaults[other].read(), value)
        moved.push(other)
      } catch (error) {
        const trouble = troubleOf(error)
        this.#log('warn', 'not_taken_over', { from: other, trouble })
        // Nobody has to go on without what may come back, but whoever did so once goes on.
        if (!counts.includes(this.#name) && PASSING.includes(trouble)) throw error
        if (noted) unread.push(other)
      }
    }
    const unsettled = new Set([...leftOver, ...moved])
    if (value === undefined && unsettled.has(this.#name)) await this.#here.clear()
    if (value !== undefined && value !== before) {
      // A copy that does not count yet: should the setting be changed back now, it has to go.
      if (!counts.includes(this.#name)) {
        await this.#noteDown({ counts, leftOver: [...new Set([...leftOver, this.#name])] })
      }
      await this.#copy(value)
    }
    await this.#settle([this.#name, ...unread], this.#butHere([...unsettled]))
    return value
  }

  write(value: string): Promise<void> {
    return this.#here.write(value)
  }

  clear(): Promise<void> {
    return this.#here.clear()
  }

  #butHere(names: readonly VaultName[]): readonly VaultName[] {
    return names.filter((name) => name !== this.#name)
  }

  async #copy(value: string): Promise<void> {
    await this.#here.write(value)
    if ((await this.#here.read()) !== value) throw new VaultError('failing')
  }

  /** What counts is noted before anything is removed, for it alone is believed after a crash. */
  async #settle(counts: readonly VaultName[], stale: readonly VaultName[]): Promise<void> {
    await this.#noteDown({ counts, leftOver: stale })
    const left: VaultName[] = []
    for (const name of stale) {
      try {
        await this.#vaults[name].clear()
      } catch (error) {
        this.#log('warn', 'left_over', { in: name, trouble: troubleOf(error) })
        left.push(name)
      }
    }
    await this.#noteDown({ counts, leftOver: left })
  }

  async #noteDown(where: KeptWhere): Promise<void> {
    if (JSON.stringify(where) !== JSON.stringify(this.#note.read())) await this.#note.write(where)
  }
}
