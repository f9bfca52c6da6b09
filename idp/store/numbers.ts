import type { Data } from './data.ts'
import type { Counter } from './records.ts'
import type { Write } from './store.ts'

/** The number that was given last. Kept beside what it counts, for it must outlive it all. */
export const lastNumber = (data: Data, of: Counter['id']): number =>
  data.counter.get(of)?.value ?? 0

/**
 * Gives each event and each entry of the audit log that has none the next number of its kind, and
 * writes down where the counts stand: in the same commit, so no number is ever given twice nor left
 * out.
 */
export function numberRecords(data: Data, writes: readonly Write[]): readonly Write[] {
  const given = new Map<Counter['id'], number>()
  const next = (of: Counter['id']): number => {
    const number = (given.get(of) ?? lastNumber(data, of)) + 1
    given.set(of, number)
    return number
  }
  const numbered = writes.map((write): Write => {
    if (!('put' in write)) return write
    if (write.table === 'event' && write.put.sequence === undefined) {
      return { ...write, put: { ...write.put, sequence: next('event') } }
    }
    if (write.table === 'audit' && write.put.sequence === undefined) {
      return { ...write, put: { ...write.put, sequence: next('audit') } }
    }
    return write
  })
  const counters = [...given].map(
    ([id, value]): Write => ({ table: 'counter', put: { id, value } }),
  )
  return counters.length === 0 ? writes : [...numbered, ...counters]
}
