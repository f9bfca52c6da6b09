import type { Data } from './data.ts'
import type { Write } from './store.ts'

/** The sequence number that was given last. Kept beside the events, for it must outlive them all. */
export const sequenceOf = (data: Data): number => data.counter.get('event')?.value ?? 0

/**
 * Gives each event that has none the next sequence number, and writes down where the count stands:
 * in the same commit, so no number is ever given twice nor left out.
 */
export function numberEvents(data: Data, writes: readonly Write[]): readonly Write[] {
  let last = sequenceOf(data)
  const before = last
  const numbered = writes.map((write): Write => {
    if (write.table !== 'event' || !('put' in write) || write.put.sequence !== undefined) {
      return write
    }
    last += 1
    return { ...write, put: { ...write.put, sequence: last } }
  })
  if (last === before) return writes
  return [...numbered, { table: 'counter', put: { id: 'event', value: last } }]
}
