import { readFile, rename, rm } from 'node:fs/promises'
import * as v from 'valibot'
import { type Duration, SECOND } from '../../../clock/moment.ts'
import { type Vault, VaultError } from './vault.ts'
import { writeWhole } from './whole-file.ts'

/** What encrypts with a key that the operating system keeps. */
export interface Encryption {
  /** What keeps the key; `undefined`: nothing does. */
  backend(): Promise<string | undefined>
  encrypt(text: string): Promise<Uint8Array>
  decrypt(blob: Uint8Array): Promise<{ readonly text: string; readonly encryptAgain: boolean }>
}

/** These encrypt with a password that everybody knows: as good as a plain file, and so refused. */
const NO_SECRET = ['basic_text', 'unknown']

/** The backend lies beside the data: what one has encrypted, another can't read. */
const Stored = v.object({ version: v.literal(1), backend: v.string(), blob: v.string() })

const LIMIT: Duration = 3 * SECOND

/**
 * The second place: a file that only this computer's keychain has the key of. One that another backend
 * encrypted, or that can't be decrypted, is nobody's sign-in; it is put aside, never overwritten.
 */
export class SafeStorage implements Vault {
  readonly #encryption: Encryption
  readonly #file: string

  constructor(encryption: Encryption, file: string) {
    this.#encryption = encryption
    this.#file = file
  }

  async probe(limit: Duration): Promise<void> {
    await this.#backend(limit)
    const text = 'probe'
    const { text: back } = await within(limit, async () =>
      this.#encryption.decrypt(await this.#encryption.encrypt(text)),
    )
    if (back !== text) throw new VaultError('failing')
  }

  async read(): Promise<string | undefined> {
    const stored = await this.#stored()
    if (!stored) return undefined
    const backend = await this.#backend(LIMIT)
    if (stored.backend !== backend) {
      await this.#putAside()
      return undefined
    }
    try {
      const blob = Buffer.from(stored.blob, 'base64')
      const { text, encryptAgain } = await within(LIMIT, () => this.#encryption.decrypt(blob))
      if (encryptAgain) await this.write(text)
      return text
    } catch (error) {
      if (error instanceof VaultError && error.trouble === 'slow') throw error
      await this.#putAside()
      return undefined
    }
  }

  async write(value: string): Promise<void> {
    const backend = await this.#backend(LIMIT)
    const blob = await within(LIMIT, () => this.#encryption.encrypt(value))
    const stored = { version: 1, backend, blob: Buffer.from(blob).toString('base64') } as const
    await writeWhole(this.#file, JSON.stringify(stored satisfies v.InferOutput<typeof Stored>))
  }

  /** Not overwritten first, as a keychain's entry is: without its key the text says nothing. */
  async clear(): Promise<void> {
    await rm(this.#file, { force: true })
  }

  async #backend(limit: Duration): Promise<string> {
    const backend = await within(limit, () => this.#encryption.backend())
    if (backend === undefined || NO_SECRET.includes(backend)) throw new VaultError('not_encrypted')
    return backend
  }

  async #stored(): Promise<v.InferOutput<typeof Stored> | undefined> {
    let text: string
    try {
      text = await readFile(this.#file, 'utf8')
    } catch {
      return undefined
    }
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Stored), text)
    if (read.success) return read.output
    await this.#putAside()
    return undefined
  }

  async #putAside(): Promise<void> {
    await rename(this.#file, `${this.#file}.unreadable`)
  }
}

/** @throws VaultError `slow` when time is over, `failing` for what was thrown */
async function within<T>(limit: Duration, work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new VaultError('slow')), limit)
  })
  try {
    return await Promise.race([work(), late])
  } catch (error) {
    throw error instanceof VaultError ? error : new VaultError('failing')
  } finally {
    clearTimeout(timer)
  }
}
