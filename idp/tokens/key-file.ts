import path from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import * as v from 'valibot'
import { writePrivateFile } from '../private-file.ts'
import { StartError } from '../start-error.ts'
import type { Disk } from '../store/disk.ts'

/** A private key (RFC 7517), named by its thumbprint (RFC 7638), with its life. */
const StoredKey = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: v.string(),
  y: v.string(),
  d: v.string(),
  kid: v.string(),
  signsFrom: v.optional(v.number()),
  retiredAt: v.optional(v.number()),
  accessLife: v.optional(v.number()),
})

export type StoredKey = v.InferOutput<typeof StoredKey>

const KeyFile = v.object({ keys: v.pipe(v.array(StoredKey), v.minLength(1), v.readonly()) })

const FILE = 'keys.json'

/** The file of a data folder's signing keys, readable by its owner alone. */
export class KeyFileOnDisk {
  readonly path: string
  readonly #disk: Disk

  constructor(folder: string, disk: Disk) {
    this.#disk = disk
    this.path = path.join(folder, FILE)
  }

  /**
   * @returns `undefined` when there is none yet
   * @throws StartError when the file is not what we wrote
   */
  async read(): Promise<readonly StoredKey[] | undefined> {
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of this.#disk.read(this.path)) chunks.push(chunk)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw this.unreadable()
    }
    try {
      return v.parse(KeyFile, JSON.parse(Buffer.concat(chunks).toString('utf8'))).keys
    } catch {
      throw this.unreadable()
    }
  }

  /** On disk when the promise resolves; whatever happens before, the file is the old one or the new one. */
  write(keys: readonly StoredKey[]): Promise<void> {
    return writePrivateFile(this.path, JSON.stringify({ keys }), this.#disk)
  }

  unreadable(): StartError {
    return new StartError(
      `The signing keys in ${this.path} can't be read. Put the file back from a backup; or move it away to start with new keys, which makes every access token out there invalid until its next refresh.`,
    )
  }
}

export async function makeKey(): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return v.parse(StoredKey, { ...jwk, kid: await calculateJwkThumbprint(jwk) })
}
