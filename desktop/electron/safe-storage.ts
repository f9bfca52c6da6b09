import { safeStorage } from 'electron'
import type { Encryption } from '../main/storage/safe-storage.ts'

/** Electron's `safeStorage`, by its asynchronous functions alone: the others are deprecated and block. */
export const electronEncryption: Encryption = {
  async backend() {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return undefined
    return process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : process.platform
  },
  encrypt: (text) => safeStorage.encryptStringAsync(text),
  async decrypt(blob) {
    const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(blob))
    return { text: result, encryptAgain: shouldReEncrypt }
  },
}
