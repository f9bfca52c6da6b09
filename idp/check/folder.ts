import path from 'node:path'
import { crc32 } from 'node:zlib'
import { StartError } from '../start-error.ts'
import { tableOf } from '../store/data.ts'
import type { Disk } from '../store/disk.ts'
import { inShort, StoreError, systemCode } from '../store/errors.ts'
import { type GenerationFile, generationFiles, planLoad } from '../store/generations.ts'
import { type Loaded, load } from '../store/load.ts'
import { requireUnlocked } from '../store/lock.ts'
import { TABLE_NAMES, type TableName } from '../store/records.ts'
import { nameFaults, rightsFaults } from './files.ts'
import { keyFaults } from './keys.ts'
import { recordFaults } from './records.ts'

export interface Findings {
  /** The store's version on disk; `undefined`: its files can't be read. */
  readonly version: number | undefined
  /** How many records each table holds. */
  readonly counts: ReadonlyMap<TableName, number>
  /** Everything that is wrong and what to do about it, in sentences. */
  readonly faults: readonly string[]
}

/**
 * Looks through a data folder, and changes nothing in it.
 *
 * @throws StartError when there is none; StoreError `data_folder_in_use`
 */
export async function checkFolder(
  folder: string,
  disk: Pick<Disk, 'list' | 'read'>,
): Promise<Findings> {
  const before = await lockIn(folder)
  const names = await disk.list(folder)
  const files = generationFiles(names)
  if (files.length === 0) {
    throw new StartError(
      `There is no store in ${folder} yet: the first start of the site makes it. Did you mean another folder?`,
    )
  }
  const newest = files.findLast(({ kind }) => kind === 'snapshot')
  const older = files.filter((file) => file !== newest)
  const hasSpare = older.some(({ kind }) => kind === 'snapshot')
  // Before the newest and by itself: of two stores in memory only this small sum is kept.
  const spare = hasSpare ? sumOf(await loadIn(folder, disk, older)) : undefined
  const loaded = await loadIn(folder, disk, files)
  const faults = [
    ...nameFaults(folder, names),
    ...(await rightsFaults(folder, names)),
    ...(await keyFaults(folder, names)),
    ...spareFaults(spare, sumOf(loaded)),
    ...(loaded instanceof StoreError ? [loaded.message] : contentFaults(loaded, names, folder)),
  ]
  if ((await lockIn(folder)) !== before) {
    throw new StoreError(
      'data_folder_in_use',
      `Somebody used the data folder ${folder} meanwhile, so what was found may be half of theirs: check again.`,
    )
  }
  if (loaded instanceof StoreError) return { version: undefined, counts: new Map(), faults }
  const counts = new Map(TABLE_NAMES.map((table) => [table, loaded.data[table].size]))
  return { version: loaded.version, counts, faults }
}

async function lockIn(folder: string): Promise<number> {
  try {
    return await requireUnlocked(folder)
  } catch (error) {
    if (error instanceof StoreError) throw error
    const why = systemCode(error) === 'ENOENT' ? 'there is none' : inShort(error)
    throw new StartError(
      `The data folder ${folder} can't be read (${why}): give another one, or run this as the user who owns it.`,
    )
  }
}

/** As a start would, from those files. */
async function loadIn(
  folder: string,
  disk: Pick<Disk, 'read'>,
  files: readonly GenerationFile[],
): Promise<Loaded | StoreError> {
  try {
    return await load(folder, disk, planLoad(folder, files))
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}

/** What two stores of the same records agree in, in whatever order they hold them. */
function sumOf(loaded: Loaded | StoreError): string | StoreError {
  if (loaded instanceof StoreError) return loaded
  const { data } = loaded
  return TABLE_NAMES.map((table) => {
    let sum = 0
    for (const record of tableOf(data, table).values()) sum ^= crc32(JSON.stringify(record))
    return `${table} ${data[table].size} ${sum}`
  }).join()
}

/** Whether what is kept before the newest snapshot could stand in for it. */
function spareFaults(
  spare: string | StoreError | undefined,
  newest: string | StoreError,
): readonly string[] {
  // Without the newest, its own fault says what to do.
  if (spare === undefined || newest instanceof StoreError || spare === newest) return []
  const found =
    spare instanceof StoreError ? spare.message : 'It brings back other records than the newest.'
  return [
    `The last good snapshot could not stand in for the newest one: make a backup of the folder now; the site makes another snapshot in time. ${found}`,
  ]
}

function contentFaults(
  { data, torn }: Loaded,
  names: readonly string[],
  folder: string,
): readonly string[] {
  const faults = recordFaults(data).map(
    (fault) =>
      `${fault}: restore the data folder from a backup in which that is right, for the site itself never writes it so.`,
  )
  if (torn) {
    faults.push(
      `${torn.path} ends in ${torn.bytes} bytes that are no whole commit, as a stop in the middle of a write leaves them: start the site, which moves them aside. Nothing that was acknowledged is in them.`,
    )
  }
  if (data.session.size > 0 && !names.includes('keys.json')) {
    faults.push(
      `${path.join(folder, 'keys.json')} is missing: put it back from a backup; otherwise the next start makes new keys, and every access token out there is invalid until its next refresh.`,
    )
  }
  return faults
}
