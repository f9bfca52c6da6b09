import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SecretStore } from '../ports.ts'

/**
 * A secret entry in a plain file, **for development and tests only**: whoever can read the person's
 * files can read it. The desktop app uses the OS keychain instead, and keeps things in memory when
 * there is none.
 *
 * Readable by its owner alone. A crash at any moment leaves the old entry or the new one.
 */
export class FileSecretStore implements SecretStore {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8')
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async write(value: string): Promise<void> {
    const folder = dirname(this.#path)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // A name of its own, for several processes may share the entry.
    const draft = `${this.#path}.${randomUUID()}`
    try {
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(value)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, this.#path)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
    await syncFolder(folder)
  }

  async clear(): Promise<void> {
    await rm(this.#path, { force: true })
    await syncFolder(dirname(this.#path))
  }
}

/** A rename is durable once the folder is. Windows can't open folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
