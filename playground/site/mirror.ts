import type { Change, Lookup } from '../history/derive.ts'
import { SHOWN_TABLES, type ShownTable, type ShownTables, type ShownWrite } from './records.ts'

type AnyShown = ShownTables[ShownTable]

/** The site's records as far as they are shown, kept up to date by what it tells. */
export class Mirror implements Lookup {
  readonly #tables = new Map<ShownTable, Map<string, AnyShown>>(
    SHOWN_TABLES.map((name) => [name, new Map()]),
  )

  get<T extends ShownTable>(table: T, id: string): ShownTables[T] | undefined {
    return this.#table(table).get(id)
  }

  all<T extends ShownTable>(table: T): readonly ShownTables[T][] {
    return [...this.#table(table).values()]
  }

  /** Makes the changes. @returns those that put something, with what it was before */
  apply(writes: readonly ShownWrite[]): readonly Change[] {
    return writes.flatMap((write) => {
      if ('remove' in write) {
        this.#tables.get(write.table)?.delete(write.remove)
        return []
      }
      const was = this.get(write.table, write.put.id)
      this.#tables.get(write.table)?.set(write.put.id, write.put)
      return [{ table: write.table, was, now: write.put } as Change]
    })
  }

  clear(): void {
    for (const table of this.#tables.values()) table.clear()
  }

  /** What TypeScript can't follow: that table and record belong together. */
  #table<T extends ShownTable>(table: T): Map<string, ShownTables[T]> {
    return (this.#tables.get(table) ?? new Map()) as Map<string, ShownTables[T]>
  }
}
