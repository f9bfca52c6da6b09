import { join } from 'node:path'
import type { Adapter } from 'lowdb'
import type { Data } from './data.ts'
import type { AppendFile, Disk } from './disk.ts'
import {
  type GenerationFile,
  generationFiles,
  journalPath,
  planLoad,
  snapshotPath,
  UNFINISHED,
} from './generations.ts'
import { Journal } from './journal.ts'
import { type Destination, load, type TornEnd } from './load.ts'
import { SCHEMA_VERSION } from './migrations.ts'
import { ALONE, type Pace, writeSnapshot } from './snapshot.ts'

export interface JournalAdapterOptions {
  readonly disk: Disk
  /** Hears what a person who runs the site should know, in a sentence. */
  readonly log: (sentence: string) => void
  /** Gets what is read. */
  readonly destination: Destination
  /** Hears of the first write that failed, and says with which error everybody is refused. */
  readonly failed: (error: unknown) => Error
}

/**
 * How lowdb's `Low` reads and writes here: `read` loads a snapshot and replays the journals after it,
 * `write` makes a new snapshot, and `append`, which lowdb doesn't know, makes one commit last.
 */
export class JournalAdapter implements Adapter<Data> {
  readonly #folder: string
  readonly #options: JournalAdapterOptions
  readonly #leaveOff = new AbortController()
  #journal: Journal | undefined
  #generation = 0
  #snapshotGeneration = 0
  #snapshotLength = 0
  /** Bytes of journals after the snapshot, but for the one that grows. */
  #olderJournals = 0
  #writing: Promise<void> | undefined

  constructor(folder: string, options: JournalAdapterOptions) {
    this.#folder = folder
    this.#options = options
  }

  /** @throws StoreError `store_corrupt`, `store_too_new`; then nothing was changed. */
  async read(): Promise<Data> {
    const { disk, destination } = this.#options
    const names = await disk.list(this.#folder)
    const plan = planLoad(this.#folder, generationFiles(names))
    const { data, sequence, version, ...loaded } = await load(this.#folder, disk, plan, destination)
    if (loaded.torn) await this.#cutOff(loaded.torn)
    for (const name of names.filter((name) => UNFINISHED.test(name))) {
      await disk.remove(join(this.#folder, name))
    }
    const generation = plan.snapshot ?? 1
    const newest = plan.journals.at(-1) ?? generation
    const older = version < SCHEMA_VERSION
    this.#generation = older ? newest + 1 : newest
    const file = await this.#openJournal(this.#generation)
    this.#journal = new Journal(file, sequence, this.#options.failed)
    this.#snapshotGeneration = generation
    this.#snapshotLength = loaded.snapshotLength
    this.#olderJournals = loaded.journalsLength
    if (plan.snapshot === undefined) await this.#makeSnapshot(data, generation, 0)
    else if (older) await this.#raiseVersion(data, version, sequence)
    return data
  }

  /** Makes a snapshot of `data` while commits go on, and lets go of what is older than the last one. */
  write(data: Data): Promise<void> {
    this.#writing ??= this.#turnAndWrite(data).finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /**
   * @param writes JSON of the commit's writes, already made in the data that lowdb holds
   * @returns a promise that resolves when they are on disk
   */
  append(writes: string): Promise<void> {
    return this.#opened().append(writes)
  }

  flushed(): Promise<void> {
    return this.#opened().flushed()
  }

  /** Whether the journals have grown larger than the snapshot before them, and than `least` bytes. */
  outgrown(least: number): boolean {
    const journals = this.#olderJournals + this.#opened().length
    return this.#writing === undefined && journals > Math.max(least, this.#snapshotLength)
  }

  /** Flushes what waits, leaves off a snapshot that is under way (the journals have it all), closes. */
  async close(): Promise<void> {
    this.#leaveOff.abort()
    await this.#writing?.catch(() => {})
    await this.#journal?.close()
  }

  #opened(): Journal {
    if (this.#journal === undefined) throw new Error('Read the store first.')
    return this.#journal
  }

  /** What is cut off was most likely never acknowledged; but nothing is thrown away that can't be read. */
  async #cutOff({ path, from, bytes }: TornEnd): Promise<void> {
    const { disk, log } = this.#options
    const aside = `${path}.torn`
    const file = await disk.create(aside)
    try {
      let offset = 0
      for await (const chunk of disk.read(path)) {
        const begin = Math.max(0, from - offset)
        if (begin < chunk.length) await file.write(chunk.subarray(begin))
        offset += chunk.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await disk.truncate(path, from)
    log(
      `${path} ended in ${bytes} bytes that are no whole commit, as a stop in the middle of a write leaves them: they were moved to ${aside}.`,
    )
  }

  async #openJournal(generation: number): Promise<AppendFile> {
    const { disk } = this.#options
    const file = await disk.openForAppend(journalPath(this.#folder, generation))
    await disk.syncFolder(this.#folder)
    return file
  }

  async #turnAndWrite(data: Data): Promise<void> {
    const journal = this.#opened()
    const generation = this.#generation + 1
    const length = journal.length
    const after = await journal.turn(() => this.#openJournal(generation))
    this.#generation = generation
    this.#olderJournals += length
    try {
      await this.#makeSnapshot(data, generation, after)
    } catch (error) {
      throw this.#options.failed(error)
    }
  }

  /** Before the first commit of ours: no file then ever follows one that is newer than itself. */
  async #raiseVersion(data: Data, from: number, after: number): Promise<void> {
    await this.#makeSnapshot(data, this.#generation, after, ALONE)
    this.#options.log(
      `The data folder ${this.#folder} was of store version ${from} and is now of version ${SCHEMA_VERSION}: an older Latchkey can't open it any more. The files of version ${from} stay until the next snapshot.`,
    )
  }

  /** Every step is on disk before the next one begins, so a stop between any two leaves a whole set. */
  async #makeSnapshot(data: Data, generation: number, after: number, pace?: Pace): Promise<void> {
    const { disk } = this.#options
    const path = snapshotPath(this.#folder, generation)
    const unfinished = `${path}.tmp`
    const place = { generation, after }
    const length = await writeSnapshot(disk, unfinished, place, data, this.#leaveOff.signal, pace)
    if (length === undefined) return disk.remove(unfinished)
    // The snapshot may have seen commits that wait for their flush: it counts only when they do.
    await this.#opened().flushed()
    await disk.rename(unfinished, path)
    await disk.syncFolder(this.#folder)
    const lastGood = this.#snapshotGeneration
    this.#snapshotGeneration = generation
    this.#snapshotLength = length
    this.#olderJournals = 0
    const old = (file: GenerationFile) => file.generation < lastGood
    for (const { name } of generationFiles(await disk.list(this.#folder)).filter(old)) {
      await disk.remove(join(this.#folder, name))
    }
  }
}
