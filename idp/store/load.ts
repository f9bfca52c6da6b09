import { applyWrite, type Changed, type Data, emptyData } from './data.ts'
import type { Disk } from './disk.ts'
import { journalPath, type LoadPlan, snapshotPath } from './generations.ts'
import { damaged, readJournal } from './journal-lines.ts'
import { SCHEMA_VERSION } from './migrations.ts'
import { readSnapshot } from './snapshot.ts'
import type { Write } from './store.ts'

export interface Loaded {
  readonly data: Data
  /** Of the last commit. */
  readonly sequence: number
  /** Of the snapshot, as it is on disk; the data is of ours. */
  readonly version: number
  /** Bytes. */
  readonly snapshotLength: number
  /** Bytes of whole commits. */
  readonly journalsLength: number
  readonly torn: TornEnd | undefined
}

/** Bytes at the end of the newest journal that are no whole commit. */
export interface TornEnd {
  readonly path: string
  /** Bytes of whole commits before it. */
  readonly from: number
  readonly bytes: number
}

/** Where the records go that are read, and who hears of each as it comes. */
export interface Destination {
  readonly data: Data
  readonly changed?: Changed
}

/**
 * Reads a snapshot and replays the journals after it. Changes nothing on disk.
 *
 * @throws StoreError `store_corrupt`, `store_too_new`
 */
export async function load(
  folder: string,
  disk: Pick<Disk, 'read'>,
  plan: LoadPlan,
  { data, changed }: Destination = { data: emptyData() },
): Promise<Loaded> {
  const put = (write: Write, text?: string) => applyWrite(data, write, changed, text)
  const snapshot =
    plan.snapshot === undefined
      ? { after: 0, length: 0, version: SCHEMA_VERSION }
      : await loadSnapshot(folder, disk, plan.snapshot, put)
  let sequence = snapshot.after
  let journalsLength = 0
  let torn: TornEnd | undefined
  for (const generation of plan.journals) {
    const path = journalPath(folder, generation)
    const read = await readJournal(path, disk.read(path), sequence, put)
    if (read.torn > 0) {
      if (generation !== plan.journals.at(-1)) {
        throw damaged(path, read.sequence - sequence + 1, 'its checksum is wrong')
      }
      torn = { path, from: read.length, bytes: read.torn }
    }
    sequence = read.sequence
    journalsLength += read.length
  }
  const { version, length: snapshotLength } = snapshot
  return { data, sequence, version, snapshotLength, journalsLength, torn }
}

function loadSnapshot(
  folder: string,
  disk: Pick<Disk, 'read'>,
  generation: number,
  put: (write: Write, text?: string) => void,
) {
  const path = snapshotPath(folder, generation)
  return readSnapshot(path, disk.read(path), generation, put)
}
