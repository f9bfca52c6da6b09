/** Bytes of a slab, unless a single text needs more. */
const SLAB = 1 << 20

/** Texts begin at multiples of this, so that the place of each fits into a small integer. */
const STEP = 8

/** A text's own length stands before it. */
const LENGTH = 4

const PLACES = SLAB / STEP

interface Slab {
  readonly bytes: Buffer
  /** Where the next text goes. */
  end: number
  /** Bytes up to there of texts that were not removed. */
  held: number
}

/**
 * Where a text stands: one number, for a table keeps millions of them.
 * `slab × PLACES + offset ÷ STEP`
 */
export type Place = number

/**
 * Texts as UTF-8 in large pieces of memory outside of JavaScript's heap, which the garbage collector
 * needn't look through. A text is never changed: another one is added, and the old one removed. Nothing is
 * written twice to the same bytes, so whoever still reads a removed text reads what it was.
 */
export class Slabs {
  readonly #slabs: (Slab | undefined)[] = []
  readonly #free: number[] = []
  #current = this.#open(SLAB)

  /** Bytes of all slabs. */
  get size(): number {
    return this.#slabs.reduce((sum, slab) => sum + (slab?.bytes.length ?? 0), 0)
  }

  add(text: string): Place {
    // No character of a string takes more than three bytes; counting them first would read it twice.
    const [number, slab] = this.#room(LENGTH + 3 * text.length)
    return this.#added(number, slab, slab.bytes.write(text, slab.end + LENGTH))
  }

  /** A view, not a copy. */
  read(place: Place): Buffer {
    const { bytes } = this.#slabOf(place)
    const begin = (place % PLACES) * STEP + LENGTH
    return bytes.subarray(begin, begin + bytes.readUInt32LE(begin - LENGTH))
  }

  text(place: Place): string {
    const { bytes } = this.#slabOf(place)
    const begin = (place % PLACES) * STEP + LENGTH
    return bytes.toString('utf8', begin, begin + bytes.readUInt32LE(begin - LENGTH))
  }

  remove(place: Place): void {
    const slab = this.#slabOf(place)
    slab.held -= spaceOf(slab.bytes.readUInt32LE((place % PLACES) * STEP))
    if (slab !== this.#slabs[this.#current]) this.#giveBackIfEmpty(Math.floor(place / PLACES))
  }

  /** Whether the slab of that text is mostly holes, so that to move what is left of it saves memory. */
  thin(place: Place): boolean {
    const slab = this.#slabOf(place)
    return slab !== this.#slabs[this.#current] && 2 * slab.held < slab.end
  }

  move(from: Place): Place {
    const text = this.read(from)
    const [number, slab] = this.#room(LENGTH + text.length)
    slab.bytes.set(text, slab.end + LENGTH)
    const place = this.#added(number, slab, text.length)
    this.remove(from)
    return place
  }

  #added(number: number, slab: Slab, length: number): Place {
    const place = number * PLACES + slab.end / STEP
    slab.bytes.writeUInt32LE(length, slab.end)
    slab.end += spaceOf(length)
    slab.held += spaceOf(length)
    return place
  }

  #room(bytes: number): readonly [number, Slab] {
    const current = this.#slabs[this.#current]
    // Also in a larger slab a text begins within the first SLAB bytes: places count no further.
    const fits = current && current.end < SLAB && current.end + bytes <= current.bytes.length
    if (fits) return [this.#current, current]
    const full = this.#current
    this.#current = this.#open(Math.max(SLAB, bytes))
    this.#giveBackIfEmpty(full)
    return [this.#current, this.#slabAt(this.#current)]
  }

  #open(length: number): number {
    const number = this.#free.pop() ?? this.#slabs.length
    // What is shared, though it is with nobody, doesn't count as the heap's: of a gigabyte that does, V8
    // looks through the whole heap again and again in the hope that some of it can go.
    const bytes = Buffer.from(new SharedArrayBuffer(length))
    this.#slabs[number] = { bytes, end: 0, held: 0 }
    return number
  }

  #giveBackIfEmpty(number: number): void {
    if (this.#slabAt(number).held > 0) return
    this.#slabs[number] = undefined
    this.#free.push(number)
  }

  #slabOf(place: Place): Slab {
    return this.#slabAt(Math.floor(place / PLACES))
  }

  #slabAt(number: number): Slab {
    const slab = this.#slabs[number]
    if (!slab) throw new Error('Nothing stands at that place.')
    return slab
  }
}

const spaceOf = (length: number): number => Math.ceil((LENGTH + length) / STEP) * STEP
