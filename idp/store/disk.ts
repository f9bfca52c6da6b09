import { constants, createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { acquireLock, type Lock } from './lock.ts'

/** A file that is written once, from its beginning. Nothing is sure to be on disk before `sync`. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** A file that only grows. What was appended is on disk when the promise resolves. */
export interface AppendFile {
  append(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** The few things that the store asks of a disk, so that tests can take its power away. */
export interface Disk {
  makeFolder(folder: string): Promise<void>
  /** Makes this process the folder's owner. @throws StoreError `data_folder_in_use` */
  lock(folder: string): Promise<Lock>
  list(folder: string): Promise<readonly string[]>
  read(path: string): AsyncIterable<Uint8Array>
  /** Makes the file empty if it is there already. */
  create(path: string): Promise<NewFile>
  /** Makes the file if it isn't there yet. */
  openForAppend(path: string): Promise<AppendFile>
  /** The shorter file is on disk when the promise resolves. */
  truncate(path: string, length: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes creations, renames and removals in the folder last. */
  syncFolder(folder: string): Promise<void>
}

const OWNER_ONLY = 0o600
const OWNER_ONLY_FOLDER = 0o700
/** Larger ones would make strings of a size that outlives their use. */
const READ_CHUNK = 1 << 16

/** Linux writes through with one call. macOS means less by O_DSYNC, and Windows has none. */
const WRITES_THROUGH = process.platform === 'linux'

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  // A nearly full disk takes a part and says so only by the count.
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
  }
}

export const nodeDisk: Disk = {
  makeFolder,

  lock: acquireLock,

  list: (folder) => readdir(folder),

  read: (path) => createReadStream(path, { highWaterMark: READ_CHUNK }),

  async create(path) {
    const file = await open(path, 'w', OWNER_ONLY)
    return {
      write: (bytes) => writeAll(file, bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    }
  },

  async openForAppend(path) {
    const { O_APPEND, O_CREAT, O_DSYNC, O_WRONLY } = constants
    const flags = O_WRONLY | O_CREAT | O_APPEND | (WRITES_THROUGH ? O_DSYNC : 0)
    const file = await open(path, flags, OWNER_ONLY)
    return {
      async append(bytes) {
        await writeAll(file, bytes)
        if (!WRITES_THROUGH) await file.datasync()
      },
      close: () => file.close(),
    }
  },

  async truncate(path, length) {
    const file = await open(path, 'r+')
    try {
      await file.truncate(length)
      await file.sync()
    } finally {
      await file.close()
    }
  },

  rename: (from, to) => rename(from, to),

  remove: (path) => rm(path, { force: true }),

  async syncFolder(folder) {
    // Windows can't open a folder; NTFS keeps its own journal of names.
    if (process.platform === 'win32') return
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/** Level by level: where a parent takes no folders, as /proc, Node 20's recursive mkdir never returns. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, OWNER_ONLY_FOLDER)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // If it is a file, reading it as a folder says so.
    if (code === 'EEXIST') return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || parent === folder) throw error
    await makeFolder(parent)
    await mkdir(folder, OWNER_ONLY_FOLDER)
  }
}
