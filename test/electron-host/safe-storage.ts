import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from './app.ts'
import { strictClass } from './strict.ts'

/**
 * `safeStorage` with a key in a file: the keyring itself is not played. `ELECTRON_HOST_KEYRING` says
 * which one it would be: `gnome_libsecret`, `basic_text` or `none`.
 */
export class SafeStorage {
  readonly #app: App

  constructor(app: App) {
    this.#app = app
  }

  async isAsyncEncryptionAvailable(): Promise<boolean> {
    return this.#app.isReady() && this.#keyring !== 'none'
  }

  getSelectedStorageBackend(): 'gnome_libsecret' | 'basic_text' {
    return this.#keyring === 'basic_text' ? 'basic_text' : 'gnome_libsecret'
  }

  async encryptStringAsync(text: string): Promise<Buffer> {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key(), iv)
    const body = [cipher.update(text, 'utf8'), cipher.final()]
    return Buffer.concat([iv, ...body, cipher.getAuthTag()])
  }

  async decryptStringAsync(blob: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const decipher = createDecipheriv('aes-256-gcm', this.#key(), blob.subarray(0, 12))
    decipher.setAuthTag(blob.subarray(-16))
    const result =
      decipher.update(blob.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
    return { result, shouldReEncrypt: false }
  }

  get #keyring(): string {
    return process.env.ELECTRON_HOST_KEYRING ?? 'gnome_libsecret'
  }

  #key(): Buffer {
    const file = join(this.#app.getPath('userData'), 'host-safe-storage.key')
    if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 })
    return readFileSync(file)
  }
}

strictClass('safeStorage', SafeStorage)
