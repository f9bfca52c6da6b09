import { appendFileSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import * as v from 'valibot'
import { Happening, keyOf, type Unnumbered } from './happening.ts'

/**
 * Everything that happened in this world, in one stream; kept beside its data, so that it survives a
 * restart of each party and of the playground itself.
 */
export class History {
  readonly #file: string
  readonly #all: Happening[]
  readonly #known: Set<string>
  readonly #listeners = new Set<(happening: Happening) => void>()

  constructor(file: string) {
    this.#file = file
    this.#all = readAll(file)
    this.#known = new Set(this.#all.map(keyOf).filter((key) => key !== undefined))
  }

  /** Those with a greater number, at most `limit`. */
  after(number: number, limit = Number.POSITIVE_INFINITY): readonly Happening[] {
    // Numbers count from 1 without a gap.
    return this.#all.slice(number, number + limit)
  }

  /** Adds what isn't known yet, and tells everyone who listens. */
  add(happenings: readonly Unnumbered[]): void {
    const fresh: Happening[] = []
    for (const happening of happenings) {
      const key = keyOf(happening)
      if (key !== undefined && this.#known.has(key)) continue
      if (key !== undefined) this.#known.add(key)
      fresh.push({ ...happening, number: this.#all.length + fresh.length + 1 })
    }
    if (fresh.length === 0) return
    this.#all.push(...fresh)
    appendFileSync(
      this.#file,
      fresh.map((happening) => `${JSON.stringify(happening)}\n`).join(''),
      {
        mode: 0o600,
      },
    )
    for (const happening of fresh) for (const tell of this.#listeners) tell(happening)
  }

  listen(tell: (happening: Happening) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  /** The world was wiped: nothing happened yet. */
  clear(): void {
    this.#all.length = 0
    this.#known.clear()
    rmSync(this.#file, { force: true })
  }
}

function readAll(file: string): Happening[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  let whole = 0
  const told: Happening[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const happening = readLine(line)
    // A line that a crash cut short is the last; what it told of, the site tells again.
    if (happening?.number !== told.length + 1) break
    told.push(happening)
    whole += Buffer.byteLength(line) + 1
  }
  if (whole !== Buffer.byteLength(text)) truncateSync(file, whole)
  return told
}

function readLine(line: string): Happening | undefined {
  try {
    const read = v.safeParse(Happening, JSON.parse(line))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}
