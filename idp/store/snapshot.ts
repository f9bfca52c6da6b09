import { setTimeout as rest } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { type AnyRecord, isTableName } from './data.ts'
import type { Disk } from './disk.ts'
import { StoreError } from './errors.ts'
import { checksum } from './journal-lines.ts'
import { readLines } from './lines.ts'
import { migrate, SCHEMA_VERSION, tooNew } from './migrations.ts'
import { TABLE_NAMES, type TableName, type Tables } from './records.ts'
import type { Write } from './store.ts'

/** How long the event loop is held at a stretch, and left alone in between, in milliseconds. */
export interface Pace {
  readonly slice: number
  readonly rest: number
}

/** While requests are served. */
const BESIDE_REQUESTS: Pace = { slice: 2, rest: 4 }

/** While nobody waits but for the snapshot itself. */
export const ALONE: Pace = { slice: 50, rest: 0 }

/** Reading the clock costs as much as a small record: look only so often. */
const RECORDS_A_LOOK = 8

/** Where a snapshot stands among the journals. */
export interface SnapshotPlace {
  readonly generation: number
  /** The last commit before the journal of this generation. */
  readonly after: number
}

/**
 * A snapshot has one line a record, so that neither writing nor reading ever needs all of it in one
 * string: `{"latchkey":"store",…}`, then `["session",{…}]`…, then `{"records":n,"crc32":"…"}`.
 */
interface Header extends SnapshotPlace {
  readonly latchkey: 'store'
  readonly version: number
}

/** What a snapshot is made of: the tables in memory, or records that are made up as they are written. */
export type Records = {
  readonly [T in TableName]:
    | { values(): Iterable<Tables[T]> }
    /** Where JSON of each is at hand. */
    | { texts(): Iterable<Uint8Array> }
}

/**
 * Writes all records while others go on changing them. Every record is whole, and the journal of the
 * same generation holds each change made meanwhile, so replaying it over this file comes out right.
 * The file is on disk when the promise resolves, under the name that it was given.
 *
 * @returns bytes written; `undefined` when `signal` said to leave off
 */
export async function writeSnapshot(
  disk: Disk,
  path: string,
  place: SnapshotPlace,
  data: Records,
  signal: AbortSignal,
  pace = BESIDE_REQUESTS,
): Promise<number | undefined> {
  const file = await disk.create(path)
  try {
    let crc = 0
    let length = 0
    const write = async (bytes: Uint8Array) => {
      crc = crc32(bytes, crc)
      length += bytes.length
      await file.write(bytes)
    }
    const header: Header = { latchkey: 'store', version: SCHEMA_VERSION, ...place }
    await write(Buffer.from(`${JSON.stringify(header)}\n`))
    let records = 0
    let slice: Uint8Array[] = []
    let began = performance.now()
    for (const name of TABLE_NAMES) {
      const begin = Buffer.from(`["${name}",`)
      for (const text of textsOf(data[name])) {
        slice.push(begin, text, END)
        records += 1
        if (records % RECORDS_A_LOOK !== 0 || performance.now() - began < pace.slice) continue
        await write(Buffer.concat(slice))
        slice = []
        await rest(pace.rest)
        if (signal.aborted) return undefined
        began = performance.now()
      }
    }
    await write(Buffer.concat(slice))
    await write(Buffer.from(`${JSON.stringify({ records, crc32: checksum(crc) })}\n`))
    await file.sync()
    return length
  } finally {
    await file.close()
  }
}

const END = Buffer.from(']\n')

function* textsOf(records: Records[TableName]): Iterable<Uint8Array> {
  if ('texts' in records) yield* records.texts()
  else for (const record of records.values()) yield Buffer.from(JSON.stringify(record))
}

export interface ReadSnapshot {
  readonly after: number
  readonly length: number
  /** The one that wrote it; its records are brought to ours already. */
  readonly version: number
}

/** @throws StoreError `store_corrupt`, `store_too_new` */
export async function readSnapshot(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  generation: number,
  put: (write: Write, text?: string) => void,
): Promise<ReadSnapshot> {
  let header: Header | undefined
  let crc = 0
  let length = 0
  let records = 0
  let tail: Uint8Array = new Uint8Array()
  // The newest line may be the last one, which is not a record: it is held back.
  let held: string | undefined
  for await (const { texts, bytes, number, ended } of readLines(chunks)) {
    crc = crc32(tail, crc)
    tail = bytes
    length += bytes.length
    if (!ended) throw damaged(path, 'its end is missing')
    for (const [index, text] of texts.entries()) {
      if (header === undefined) {
        header = readHeader(path, text, generation)
        continue
      }
      if (held !== undefined) {
        const [table, record] = readRecord(path, held, number + index - 1)
        const today = migrate(table, record, header.version)
        const text = today === record ? held.slice(`["${table}",`.length, -1) : undefined
        try {
          put({ table, put: today } as Write, text)
        } catch {
          throw damaged(path, `line ${number + index - 1} is not a record`)
        }
        records += 1
      }
      held = text
    }
  }
  if (header === undefined || held === undefined) throw damaged(path, 'its end is missing')
  crc = crc32(tail.subarray(0, tail.length - Buffer.byteLength(held) - 1), crc)
  if (held !== JSON.stringify({ records, crc32: checksum(crc) })) {
    throw damaged(path, 'its last line, count and checksum, does not fit the rest')
  }
  return { after: header.after, length, version: header.version }
}

function readHeader(path: string, text: string, generation: number): Header {
  const header = parse(text)
  if (
    typeof header !== 'object' ||
    header === null ||
    !('latchkey' in header && header.latchkey === 'store') ||
    !('version' in header && typeof header.version === 'number')
  ) {
    throw damaged(path, 'its first line is not that of a snapshot')
  }
  if (header.version > SCHEMA_VERSION) {
    throw tooNew(path, header.version)
  }
  if (
    !('generation' in header && header.generation === generation) ||
    !('after' in header && typeof header.after === 'number')
  ) {
    throw damaged(path, 'its first line is that of another file')
  }
  return { latchkey: 'store', version: header.version, generation, after: header.after }
}

function readRecord(path: string, text: string, line: number): [TableName, AnyRecord] {
  const parsed = parse(text)
  if (!Array.isArray(parsed) || !isTableName(parsed[0])) {
    throw damaged(path, `line ${line} is not a record`)
  }
  // The checksum of the whole vouches for what is inside, once all of it is read.
  return parsed as [TableName, AnyRecord]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const damaged = (path: string, what: string): StoreError =>
  new StoreError(
    'store_corrupt',
    `${path} is damaged (${what}): move it out of the folder and start again. The snapshot before it and the journals that are kept with it hold the same; without those, restore the data folder from a backup. Nothing was changed.`,
  )
