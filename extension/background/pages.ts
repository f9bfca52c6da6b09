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
export async function allowPage(page: string): Promise<readonly string[]> {
  const { origin, protocol } = new URL(page)
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new Error('Only pages of the web can be allowed.')
  }
  return change((pages) => pages.add(origin))
}

/** Pages that are open keep their script until they are left; the background listens to it no more. */
export const disallowPage = (page: string): Promise<readonly string[]> =>
  change((pages) => pages.delete(page))

async function change(how: (pages: Set<string>) => void): Promise<readonly string[]> {
  const pages = new Set(await allowedPages())
  how(pages)
  await browser.storage.local.set({ [KEY]: [...pages] })
  await registerRelay([...pages])
  return [...pages]
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
