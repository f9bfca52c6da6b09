import { type Place, Slabs } from './slabs.ts'

/** Records that were read or written last are kept as they are: a request reads each of its own several times. */
const RECENT = 1_000

/**
 * A table of which there may be millions of records: each is kept as its JSON, outside of JavaScript's
 * heap, and read when it is asked for. A million sessions as objects are some forty million things for the
 * garbage collector to look at, and while it does, requests wait; as texts they are a few large ones.
 */
export class PackedTable<R extends { readonly id: string }> {
  readonly #places = new Map<string, Place>()
  readonly #slabs = new Slabs()
  readonly #recent = new Map<string, R>()

  get size(): number {
    return this.#places.size
  }

  /** Bytes of memory that the records take; for tests. */
  get bytes(): number {
    return this.#slabs.size
  }

  has(id: string): boolean {
    return this.#places.has(id)
  }

  get(id: string): R | undefined {
    const place = this.#places.get(id)
    if (place === undefined) return undefined
    const recent = this.#recent.get(id)
    if (recent) return recent
    const record = this.#read(place)
    this.#remember(record)
    return record
  }

  set(id: string, record: R): void {
    this.#put(id, JSON.stringify(record))
    this.#remember(record)
  }

  /** A record of which nobody will ask soon. */
  setText(id: string, text: string): void {
    this.#put(id, text)
    this.#recent.delete(id)
  }

  delete(id: string): boolean {
    const place = this.#places.get(id)
    if (place === undefined) return false
    this.#slabs.remove(place)
    this.#recent.delete(id)
    return this.#places.delete(id)
  }

  *values(): IterableIterator<R> {
    for (const place of this.#places.values()) yield this.#read(place)
  }

  /**
   * JSON of each record, while others go on changing them. This being the one who passes all of them anyway,
   * those are moved on the way that are left in a slab of mostly holes.
   */
  *texts(): IterableIterator<Uint8Array> {
    for (const [id, place] of this.#places) {
      yield this.#slabs.read(place)
      // Meanwhile it may have become another.
      const now = this.#places.get(id)
      if (now !== undefined && this.#slabs.thin(now)) this.#places.set(id, this.#slabs.move(now))
    }
  }

  /**
   * Whether a record is still what it was when it was read. Mostly that is the very same object; one that
   * was read again meanwhile is the same if it says the same.
   */
  holds(id: string, was: R | undefined): boolean {
    const place = this.#places.get(id)
    if (place === undefined || was === undefined) return place === was
    return this.#recent.get(id) === was || this.#slabs.text(place) === JSON.stringify(was)
  }

  #put(id: string, text: string): void {
    const before = this.#places.get(id)
    this.#places.set(id, this.#slabs.add(text))
    if (before !== undefined) this.#slabs.remove(before)
  }

  #read(place: Place): R {
    return JSON.parse(this.#slabs.text(place)) as R
  }

  #remember(record: R): void {
    this.#recent.delete(record.id)
    this.#recent.set(record.id, record)
    if (this.#recent.size <= RECENT) return
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest)
      break
    }
  }
}
