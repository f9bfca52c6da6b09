import { crc32 } from 'node:zlib'
import { isTableName } from './data.ts'
import { StoreError } from './errors.ts'
import { type Lines, readLines } from './lines.ts'
import { migrate, SCHEMA_VERSION, tooNew } from './migrations.ts'
import type { Write } from './store.ts'

/**
 * A line is a whole commit: `<crc32> [<sequence>,<first of its flush>,[<writes>],<version>]`.
 * Sequences count commits over all journals, so a line that is missing or doubled is noticed.
 */
export interface JournalLine {
  readonly sequence: number
  /** The sequence with which the flush began that wrote this line. */
  readonly flush: number
  readonly writes: readonly Write[]
  /** The version of the records. */
  readonly version: number
}

const CRC_LENGTH = 8

export const checksum = (crc: number): string => crc.toString(16).padStart(CRC_LENGTH, '0')

/** @param writes JSON of the commit's writes */
export function journalLine(sequence: number, flush: number, writes: string): string {
  const body = `[${sequence},${flush},${writes},${SCHEMA_VERSION}]`
  return `${checksum(crc32(body))} ${body}\n`
}

function parseLine(text: string): JournalLine | undefined {
  const body = text.slice(CRC_LENGTH + 1)
  const whole = body !== '' && text.slice(0, CRC_LENGTH + 1) === `${checksum(crc32(body))} `
  if (!whole) return undefined
  // The first version didn't name itself.
  const [sequence, flush, writes, version = 1] = JSON.parse(body) as [
    number,
    number,
    Write[],
    number?,
  ]
  return { sequence, flush, writes, version }
}

export interface ReadJournal {
  /** The last whole commit's sequence. */
  readonly sequence: number
  /** Bytes of whole commits. */
  readonly length: number
  /** Bytes behind them, of a flush that never finished. */
  readonly torn: number
}

/**
 * Reads a journal, from the commit after `sequence`.
 *
 * A flush that lost its power may leave any of its bytes: nobody was told that it was done, so its
 * whole lines count and the rest is `torn`. A damaged line with a *later* flush behind it is another
 * matter, since flushes follow one another: that line was once whole and acknowledged.
 *
 * @throws StoreError `store_corrupt`, `store_too_new`
 */
export async function readJournal(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  sequence: number,
  apply: (write: Write) => void,
): Promise<ReadJournal> {
  let last = sequence
  let length = 0
  let total = 0
  let damagedAt: number | undefined
  for await (const lines of readLines(chunks)) {
    total += lines.bytes.length
    for (const [index, text] of lines.texts.entries()) {
      const line = lines.ended ? parseLine(text) : undefined
      if (damagedAt !== undefined) {
        if (line && line.flush > last + 1) throw damaged(path, damagedAt, 'its checksum is wrong')
      } else if (line === undefined) {
        damagedAt = lines.number + index
        length = lines.offset + byteLength(lines, index)
      } else if (line.sequence !== last + 1) {
        const found = `commit ${line.sequence} stands where ${last + 1} belongs`
        throw damaged(path, lines.number + index, found)
      } else {
        if (line.version > SCHEMA_VERSION) throw tooNew(path, line.version)
        for (const write of line.writes) {
          if (!isTableName(write.table)) throw unknownTable(path, write)
          apply(migrated(write, line.version))
        }
        last = line.sequence
      }
    }
    if (damagedAt === undefined) length = total
  }
  return { sequence: last, length, torn: total - length }
}

const migrated = (write: Write, version: number): Write =>
  'put' in write && version < SCHEMA_VERSION
    ? ({ ...write, put: migrate(write.table, write.put, version) } as Write)
    : write

const byteLength = (lines: Lines, count: number): number =>
  lines.texts.slice(0, count).reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)

export const damaged = (path: string, line: number, what: string): StoreError =>
  new StoreError(
    'store_corrupt',
    `${path} is damaged at line ${line} (${what}): restore the data folder from a backup. To give up that commit and all later ones instead, remove that line and those behind it, and every journal and snapshot with a higher number. Nothing was changed.`,
  )

const unknownTable = (path: string, write: { readonly table: string }): StoreError =>
  new StoreError(
    'store_too_new',
    `${path} holds records of a table "${write.table}" that this Latchkey doesn't know: start the newer one that wrote it. Nothing was changed.`,
  )
