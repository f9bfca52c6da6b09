import type { Readable } from './data.ts'

/**
 * Finds records of a table by another key than their id. A key with one record, which is nearly
 * every key, costs one entry and no set of its own.
 */
export class KeyIndex<R extends { readonly id: string }> {
  readonly #records: Readable<R>
  readonly #keysOf: (record: R) => readonly string[]
  readonly #ids = new Map<string, string | Set<string>>()

  constructor(records: Readable<R>, keysOf: (record: R) => readonly string[]) {
    this.#records = records
    this.#keysOf = keysOf
    for (const record of records.values()) this.changed(undefined, record)
  }

  /** Call it for every change; `undefined` on either side: there was none, there is none any more. */
  changed(was: R | undefined, now: R | undefined): void {
    const before = was ? this.#keysOf(was) : []
    const after = now ? this.#keysOf(now) : []
    if (was) for (const key of before) if (!after.includes(key)) this.#remove(key, was.id)
    if (now) for (const key of after) if (!before.includes(key)) this.#add(key, now.id)
  }

  /** The newest of the key, where a key should have only one. */
  one(key: string): R | undefined {
    return this.all(key).at(-1)
  }

  /** In the order in which they came. */
  all(key: string): readonly R[] {
    const ids = this.#ids.get(key)
    if (ids === undefined) return []
    return (typeof ids === 'string' ? [ids] : [...ids]).flatMap((id) => this.#records.get(id) ?? [])
  }

  #add(key: string, id: string): void {
    const ids = this.#ids.get(key)
    if (ids === undefined) this.#ids.set(key, id)
    else if (typeof ids !== 'string') ids.add(id)
    else if (ids !== id) this.#ids.set(key, new Set([ids, id]))
  }

  #remove(key: string, id: string): void {
    const ids = this.#ids.get(key)
    if (ids === id) this.#ids.delete(key)
    else if (typeof ids === 'object' && ids.delete(id) && ids.size === 0) this.#ids.delete(key)
  }
}
