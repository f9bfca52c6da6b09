import type { TableName, Tables } from './records.ts'
import { TABLE_NAMES } from './records.ts'
import type { Write } from './store.ts'

/** All records in memory, by table and id: what lowdb's `Low` holds. */
export type Data = { readonly [T in TableName]: Map<string, Tables[T]> }

export type AnyRecord = Tables[TableName]

export const emptyData = (): Data => ({
  user: new Map(),
  account: new Map(),
  membership: new Map(),
  invitation: new Map(),
  device: new Map(),
  signIn: new Map(),
  code: new Map(),
  session: new Map(),
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
export const tableOf = (data: Data, name: TableName): Map<string, AnyRecord> =>
  data[name] as Map<string, AnyRecord>

export const idOf = (write: Write): string => ('put' in write ? write.put.id : write.remove)

/** Makes one change. Doing it again changes nothing more, which is what lets journals be replayed. */
export function applyWrite(data: Data, write: Write): void {
  const table = tableOf(data, write.table)
  if ('put' in write) table.set(write.put.id, write.put)
  else table.delete(write.remove)
}
