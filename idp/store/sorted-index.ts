import type { Readable } from './data.ts'

/** Where a record stands: by the first number, and among equals by the second. */
export type Place = readonly [number, number]

interface Entry {
  readonly place: Place
  readonly id: string
}

/**
 * Keeps records of a table in order, for those that are read from one end or from a place on. New
 * ones mostly belong at the end, which costs nothing; elsewhere the entries behind are moved.
 */
export class SortedIndex<R extends { readonly id: string }> {
  readonly #records: Readable<R>
  readonly #placeOf: (record: R) => Place | undefined
  readonly #entries: Entry[] = []
  /** By id: a record's place may depend on others that are gone by the time it goes. */
  readonly #byId = new Map<string, Entry>()

  constructor(
    records: Readable<R>,
    placeOf: (record: R) => Place | undefined,
    among: Iterable<R> = records.values(),
  ) {
    this.#records = records
    this.#placeOf = placeOf
    for (const record of among) {
      const place = placeOf(record)
      if (!place) continue
      const entry = { place, id: record.id }
      this.#entries.push(entry)
      this.#byId.set(record.id, entry)
    }
    this.#entries.sort((a, b) => compare(a.place, b.place))
  }

  get size(): number {
    return this.#entries.length
  }

  /** Call it after each change; `undefined` on either side: there was none, there is none any more. */
  changed(was: R | undefined, now: R | undefined): void {
    const id = (now ?? was)?.id
    if (id === undefined) return
    const place = now && this.#placeOf(now)
    const entry = this.#byId.get(id)
    if (entry && place && compare(entry.place, place) === 0) return
    if (entry) this.#remove(entry)
    if (place) this.#add({ place, id })
  }

  first(): R | undefined {
    return this.#read(0, 1, Number.POSITIVE_INFINITY)[0]
  }

  /** Those whose first number is larger, in order. */
  after(first: number, limit: number): readonly R[] {
    return this.#read(this.#position([first, Number.POSITIVE_INFINITY]), limit, Infinity)
  }

  /** Those whose first number is not larger, in order. */
  upTo(first: number, limit: number): readonly R[] {
    return this.#read(0, limit, first)
  }

  #read(from: number, limit: number, last: number): readonly R[] {
    const found: R[] = []
    for (let index = from; found.length < limit; index++) {
      const entry = this.#entries[index]
      if (!entry || entry.place[0] > last) break
      const record = this.#records.get(entry.id)
      if (record) found.push(record)
    }
    return found
  }

  #add(entry: Entry): void {
    this.#byId.set(entry.id, entry)
    const last = this.#entries.at(-1)
    if (!last || compare(last.place, entry.place) <= 0) this.#entries.push(entry)
    else this.#entries.splice(this.#position(entry.place), 0, entry)
  }

  #remove(entry: Entry): void {
    this.#byId.delete(entry.id)
    let index = this.#position(entry.place)
    // Equals stand before that position.
    while (index > 0 && this.#entries[index] !== entry) index -= 1
    if (index === 0 && this.#entries[0] === entry) this.#entries.shift()
    else if (this.#entries[index] === entry) this.#entries.splice(index, 1)
  }

  /** Of the first entry behind `place`. */
  #position(place: Place): number {
    let [low, high] = [0, this.#entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.#entries[middle]
      if (there && compare(there.place, place) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

const compare = (a: Place, b: Place): number => a[0] - b[0] || a[1] - b[1]
