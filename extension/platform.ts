/**
 * The browsers' API, the same in both: promises, and listeners that may answer with one. The only file that
 * imports the polyfill, which does nothing where `browser` is there already (Chromium from 148).
 */

export type { Cookies, Runtime } from 'webextension-polyfill'
export { default as browser } from 'webextension-polyfill'
