import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildDesktop } from '../../desktop/build.ts'
import { house } from '../../desktop/house.ts'

const CACHE = join(house(), 'node_modules/.cache/latchkey-test')

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
