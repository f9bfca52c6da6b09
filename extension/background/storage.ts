import type { SecretStore } from '../../client/ports.ts'
import { browser } from '../platform.ts'

/** One entry of a storage area, as the engine wants it: replaced whole, or there is none. */
const entry = (area: 'local' | 'session', key: string): SecretStore => ({
  async read() {
    const { [key]: value } = await browser.storage[area].get(key)
    return typeof value === 'string' ? value : undefined
  },
  write: (value) => browser.storage[area].set({ [key]: value }),
  clear: () => browser.storage[area].remove(key),
})

/**
 * Journal and refresh token. Readable in the profile's folder by whoever can read that, which is why the
 * key that the token is bound to is somewhere else, and can't be read out by anybody.
 */
export const heldEntry = entry('local', 'held')

/** The access token, which outlives the background and not the browser's run. */
export const accessTokenMemory = entry('session', 'access')
