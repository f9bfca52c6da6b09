import { dirname } from 'node:path'
import type { Disk } from '../../../idp/store/disk.ts'

/** The power went: thrown by the operation that met it, and by every later one. */
export class PowerLoss extends Error {}

interface FileOnDisk {
  /** What programs see. */
  seen: Buffer
  /** What a power loss leaves for sure. */
  safe: Buffer
}

/** What becomes, at a power loss, of bytes and names that nobody had made sure of. */
export type Fate = 'lost' | 'hollow' | 'kept' | 'half' | 'scrambled'
export const FATES = [
  'lost',
  'hollow',
  'kept',
  'half',
  'scrambled',
] as const satisfies readonly Fate[]

/**
 * A disk in memory, whose power goes before an operation of one's choice; an append is met in its
 * middle. Names and contents are made sure of separately, as file systems do.
 */
export class FragileDisk implements Disk {
  #seen: Map<string, FileOnDisk>
  #safe: Map<string, FileOnDisk>
  #left: number
  /** Operations that change something, done so far. */
  operations = 0

  constructor(files: ReadonlyMap<string, Buffer> = new Map(), operationsLeft = Infinity) {
    const loaded = [...files].map(([path, bytes]): [string, FileOnDisk] => [
      path,
      { seen: bytes, safe: bytes },
    ])
    this.#seen = new Map(loaded)
    this.#safe = new Map(loaded)
    this.#left = operationsLeft
  }

  /** What the next start finds. */
  afterPowerLoss(fate: Fate): Map<string, Buffer> {
    const names = fate === 'lost' ? this.#safe : this.#seen
    return new Map([...names].map(([path, file]) => [path, survivors(file, fate)]))
  }

  async makeFolder() {}

  async lock() {
    return { release: async () => {} }
  }

  async list(folder: string) {
    return [...this.#seen.keys()].flatMap((path) =>
      dirname(path) === folder ? [path.slice(folder.length + 1)] : [],
    )
  }

  async *read(path: string) {
    const bytes = this.#file(path).seen
    // Chunks that fit nothing.
    for (let at = 0; at < bytes.length; at += 509) yield bytes.subarray(at, at + 509)
  }

  async create(path: string) {
    await this.#step()
    const file: FileOnDisk = { seen: Buffer.alloc(0), safe: Buffer.alloc(0) }
    this.#seen.set(path, file)
    return {
      write: async (bytes: Uint8Array) => {
        await this.#step()
        file.seen = Buffer.concat([file.seen, bytes])
      },
      sync: async () => {
        await this.#step()
        file.safe = file.seen
      },
      close: async () => {},
    }
  }

  async openForAppend(path: string) {
    await this.#step()
    const file = this.#seen.get(path) ?? { seen: Buffer.alloc(0), safe: Buffer.alloc(0) }
    this.#seen.set(path, file)
    return {
      append: async (bytes: Uint8Array) => {
        const longer = Buffer.concat([file.seen, bytes])
        try {
          await this.#step()
        } catch (error) {
          file.seen = longer
          throw error
        }
        file.seen = longer
        file.safe = longer
      },
      close: async () => {},
    }
  }

  async truncate(path: string, length: number) {
    await this.#step()
    const file = this.#file(path)
    file.seen = file.seen.subarray(0, length)
    file.safe = file.seen
  }

  async rename(from: string, to: string) {
    await this.#step()
    this.#seen.set(to, this.#file(from))
    this.#seen.delete(from)
  }

  async remove(path: string) {
    await this.#step()
    this.#seen.delete(path)
  }

  async syncFolder() {
    await this.#step()
    this.#safe = new Map(this.#seen)
  }

  #file(path: string): FileOnDisk {
    const file = this.#seen.get(path)
    if (!file) throw Object.assign(new Error(`No such file: ${path}`), { code: 'ENOENT' })
    return file
  }

  async #step() {
    await undefined
    if (this.#left <= 0) throw new PowerLoss('The power went.')
    this.#left -= 1
    this.operations += 1
  }
}

function survivors({ seen, safe }: FileOnDisk, fate: Fate): Buffer {
  // Hollow: the name is there, what was written under it is not.
  if (fate === 'lost' || fate === 'hollow') return safe
  if (fate === 'kept' || seen.length <= safe.length) return seen
  const length = seen.length - safe.length
  if (fate === 'half') return seen.subarray(0, safe.length + Math.ceil(length / 2))
  // Disks write sectors in any order: the beginning is still missing, the end is there.
  const scrambled = Buffer.from(seen)
  scrambled.fill(0, safe.length, safe.length + Math.ceil(length / 2))
  return scrambled
}
