import type { DeviceKeys } from '../../client/ports.ts'
import { webCryptoDeviceKey } from '../../protocol/dpop/key.ts'

const DATABASE = 'latchkey'
const STORE = 'keys'
const KEY = 'device'

/**
 * The device key as WebCrypto holds it, kept in IndexedDB: it can sign, and nobody can read it out, not even
 * this extension. Measured in both browsers: it survives the background and the browser.
 */
export const deviceKeys: DeviceKeys = {
  async load() {
    const pair: unknown = await inStore('readonly', (store) => store.get(KEY))
    return isKeyPair(pair) ? webCryptoDeviceKey(pair) : undefined
  },

  async create() {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])
    await inStore('readwrite', (store) => store.put(pair, KEY))
    return { key: webCryptoDeviceKey(pair) }
  },
}

export async function forgetDeviceKey(): Promise<void> {
  await inStore('readwrite', (store) => store.delete(KEY))
}

const isKeyPair = (value: unknown): value is CryptoKeyPair =>
  typeof value === 'object' && value !== null && 'privateKey' in value && 'publicKey' in value

/** Opened for each use: a background that is ended in between leaves nothing open. */
async function inStore<T>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
  const database = await settled(opening)
  try {
    const transaction = database.transaction(STORE, mode)
    const request = use(transaction.objectStore(STORE))
    // A key counts once it is on disk, and not when the request for that was taken.
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
    return request.result
  } finally {
    database.close()
  }
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
