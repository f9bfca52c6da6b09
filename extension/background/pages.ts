import * as v from 'valibot'
import { browser } from '../platform.ts'

const KEY = 'pages'
const Origins = v.array(v.string())

/** Origins of the pages that the person lets call the service through the extension. */
export async function allowedPages(): Promise<readonly string[]> {
  const { [KEY]: kept } = await browser.storage.local.get(KEY)
  const read = v.safeParse(Origins, kept)
  return read.success ? read.output : []
}

/** Lets pages of an origin in, and gives them the script that passes their requests on. */
export async function allowPage(origin: string): Promise<void> {
  const { protocol, host } = new URL(origin)
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new Error('Only pages of the web can be allowed.')
  }
  const allowed = new Set([...(await allowedPages()), `${protocol}//${host}`])
  await browser.storage.local.set({ [KEY]: [...allowed] })
  await registerRelay([...allowed])
}

/** Registrations do not outlive every kind of update, so they are made anew at each start. */
export async function restorePages(): Promise<void> {
  await registerRelay(await allowedPages())
}

async function registerRelay(origins: readonly string[]): Promise<void> {
  const ids = ['relay']
  const known = await browser.scripting.getRegisteredContentScripts({ ids })
  if (known.length > 0) await browser.scripting.unregisterContentScripts({ ids })
  // Match patterns know no ports; which port may ask is checked with each message.
  const matches = [...new Set(origins.map(patternOf))]
  if (matches.length === 0) return
  await browser.scripting.registerContentScripts([
    { id: 'relay', js: ['relay.js'], matches, runAt: 'document_start', allFrames: false },
  ])
}

function patternOf(origin: string): string {
  const { protocol, hostname } = new URL(origin)
  return `${protocol}//${hostname}/*`
}
