import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildDesktop } from '../../desktop/build.ts'

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/latchkey-test', import.meta.url))

export interface BuiltApp {
  readonly folder: string
  remove(): void
}

/** Builds the desktop app into a folder within the house, so that it finds keytar. */
export async function buildApp(): Promise<BuiltApp> {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'desktop-'))
  await buildDesktop(folder)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
