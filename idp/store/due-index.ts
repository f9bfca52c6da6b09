import type { Moment } from '../../clock/moment.ts'
import type { Readable } from './data.ts'

/** Below this many entries it isn't worth while to look for useless ones. */
const FEW = 64

export interface Due<R> {
  readonly at: Moment
  readonly record: R
}

/**
 * When each record of a table is due, the earliest first: a binary heap that is put right lazily.
 *
 * Nearly every change is a refresh, and a refresh only moves its session's moment later. So such a
 * change touches nothing: an entry may stand too early and is corrected when it comes to the top.
 * What holds is that a record has an entry no later than its moment. A moment that moves *earlier*
 * gets another entry; those that became useless fall out at the top, or all at once when they are
 * more than the records.
 */
export class DueIndex<R extends { readonly id: string }> {
  readonly #records: Readable<R>
  readonly #dueAt: (record: R) => Moment | undefined
  // Side by side instead of objects: a million sessions have a million entries.
  #moments: Moment[] = []
  #ids: string[] = []

  constructor(records: Readable<R>, dueAt: (record: R) => Moment | undefined) {
    this.#records = records
    this.#dueAt = dueAt
    for (const record of records.values()) this.changed(undefined, record)
  }

  /** Entries held; for tests. */
  get size(): number {
    return this.#ids.length
  }

  /** Call it after each change; `undefined` on either side: there was none, there is none any more. */
  changed(was: R | undefined, now: R | undefined): void {
    if (now === undefined) return
    const at = this.#dueAt(now)
    if (at === undefined) return
    const before = was && this.#dueAt(was)
    if (before !== undefined && before <= at) return
    if (this.#ids.length >= FEW && this.#ids.length >= 2 * this.#records.size) this.#thinOut()
    this.#push(at, now.id)
  }

  /** The earliest moment at which a record is due. */
  next(): Moment | undefined {
    return this.due(Number.POSITIVE_INFINITY, 1)[0]?.at
  }

  /**
   * The first of the records due at `now` or before, the earliest first. They stay until they are
   * changed.
   */
  due(now: Moment, limit: number): readonly Due<R>[] {
    return this.#look(now, limit, Number.POSITIVE_INFINITY).found
  }

  /**
   * Corrects at most `most` entries of those that {@link due} would have to: when time leaps, that may be
   * all of a million, and take seconds. Call it until it says that none is left.
   */
  settle(now: Moment, limit: number, most: number): boolean {
    return this.#look(now, limit, most).settled
  }

  #look(now: Moment, limit: number, most: number) {
    const found = new Map<string, Due<R>>()
    let corrected = 0
    let settled = true
    while (found.size < limit) {
      const at = this.#moments[0]
      const id = this.#ids[0]
      if (at === undefined || id === undefined || at > now) break
      const record = this.#records.get(id)
      const due = record && this.#dueAt(record)
      if (record && due === at) {
        this.#pop()
        found.set(id, { at, record })
        continue
      }
      settled = corrected < most
      if (!settled) break
      corrected += 1
      if (due === undefined) this.#pop()
      else this.#replaceTop(due, id)
    }
    for (const { at, record } of found.values()) this.#push(at, record.id)
    return { found: [...found.values()], settled }
  }

  /** Leaves the earliest entry of each record that there is. */
  #thinOut(): void {
    const kept = new Map<string, Moment>()
    for (const [index, id] of this.#ids.entries()) {
      const at = Math.min(this.#moment(index), kept.get(id) ?? Number.POSITIVE_INFINITY)
      if (this.#records.has(id)) kept.set(id, at)
    }
    // In order is in heap order.
    const entries = [...kept].sort(([, a], [, b]) => a - b)
    this.#ids = entries.map(([id]) => id)
    this.#moments = entries.map(([, at]) => at)
  }

  #push(at: Moment, id: string): void {
    this.#moments.push(at)
    this.#ids.push(id)
    let index = this.#ids.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#moment(parent) <= at) break
      this.#move(parent, index)
      index = parent
    }
    this.#set(index, at, id)
  }

  #pop(): void {
    const at = this.#moments.pop()
    const id = this.#ids.pop()
    if (at !== undefined && id !== undefined && this.#ids.length > 0) this.#replaceTop(at, id)
  }

  #replaceTop(at: Moment, id: string): void {
    const count = this.#ids.length
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= count) break
      if (child + 1 < count && this.#moment(child + 1) < this.#moment(child)) child += 1
      if (at <= this.#moment(child)) break
      this.#move(child, index)
      index = child
    }
    this.#set(index, at, id)
  }

  #moment(index: number): Moment {
    return this.#moments[index] ?? Number.POSITIVE_INFINITY
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#moment(from), this.#ids[from] ?? '')
  }

  #set(index: number, at: Moment, id: string): void {
    this.#moments[index] = at
    this.#ids[index] = id
  }
}
