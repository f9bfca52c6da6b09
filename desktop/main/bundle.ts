import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The page and what it needs; nothing else has an address. */
const FILES = {
  '/index.html': 'text/html; charset=utf-8',
  '/renderer.js': 'text/javascript; charset=utf-8',
  '/style.css': 'text/css; charset=utf-8',
} as const satisfies Record<string, string>

/**
 * Only what is named here runs or is loaded, and nothing is sent anywhere: the page talks to the main
 * process alone (Electron's security checklist no. 7).
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

export interface BundleAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | null
}

/** The files of the app's page, read once. No path of a request ever reaches the file system. */
export class Bundle {
  readonly #files: ReadonlyMap<string, { type: string; body: Uint8Array<ArrayBuffer> }>

  /** @param folder where the page's files lie */
  constructor(folder: string) {
    this.#files = new Map(
      Object.entries(FILES).map(([path, type]) => [
        path,
        { type, body: new Uint8Array(readFileSync(join(folder, path))) },
      ]),
    )
  }

  answer(method: string, address: string): BundleAnswer {
    const url = new URL(address)
    const file = url.host === 'bundle' ? this.#files.get(url.pathname) : undefined
    if (method !== 'GET' || !file) return { status: 404, headers: HEADERS, body: null }
    return { status: 200, headers: { ...HEADERS, 'content-type': file.type }, body: file.body }
  }
}
