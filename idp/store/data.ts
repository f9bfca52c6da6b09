import { PackedTable } from './packed-table.ts'
import type { TableName, Tables } from './records.ts'
import { TABLE_NAMES } from './records.ts'
import type { Expectation, Write } from './store.ts'

/** Records by id. */
export interface Table<R> {
  readonly size: number
  has(id: string): boolean
  get(id: string): R | undefined
  set(id: string, record: R): unknown
  delete(id: string): boolean
  values(): IterableIterator<R>
}

/** What an index needs of the records that it is of. */
export type Readable<R> = Pick<Table<R>, 'size' | 'has' | 'get' | 'values'>

/**
 * All records in memory, by table: what lowdb's `Low` holds. Those that there are of each person are packed;
 * of the others there are few, or not for long.
 */
export type Data = { readonly [T in TableName]: Table<Tables[T]> }

export type AnyRecord = Tables[TableName]

export const emptyData = (): Data => ({
  user: new PackedTable(),
  account: new PackedTable(),
  membership: new PackedTable(),
  invitation: new Map(),
  device: new PackedTable(),
  signIn: new Map(),
  code: new Map(),
  session: new PackedTable(),
  event: new Map(),
  delivery: new Map(),
  endpoint: new Map(),
  audit: new Map(),
  mail: new Map(),
  counter: new Map(),
})

export const isTableName = (name: unknown): name is TableName =>
  (TABLE_NAMES as readonly unknown[]).includes(name)

/** The table without what TypeScript can't follow: that table and record belong together. */
export const tableOf = (data: Data, name: TableName): Table<AnyRecord> =>
  data[name] as Table<AnyRecord>

export const idOf = (write: Write): string => ('put' in write ? write.put.id : write.remove)

/** Whether a record is still exactly what it was. */
export function holds(data: Data, { table, id, was }: Expectation): boolean {
  const records = tableOf(data, table)
  return records instanceof PackedTable ? records.holds(id, was) : records.get(id) === was
}

/** Hears of each change; `undefined` on either side: there was none, there is none any more. */
export type Changed = (
  table: TableName,
  was: AnyRecord | undefined,
  now: AnyRecord | undefined,
) => void

/**
 * Makes one change. Doing it again changes nothing more, which is what lets journals be replayed.
 *
 * @param text JSON of the record that is put, where it is at hand
 */
export function applyWrite(data: Data, write: Write, changed?: Changed, text?: string): void {
  const records = tableOf(data, write.table)
  const was = changed && records.get(idOf(write))
  if (!('put' in write)) records.delete(write.remove)
  else if (text !== undefined && records instanceof PackedTable) records.setText(write.put.id, text)
  else records.set(write.put.id, write.put)
  changed?.(write.table, was, 'put' in write ? write.put : undefined)
}
