import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { buildConsole } from '../../playground/console/build.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Within the house, so that the bundles find the packages. */
const CACHE = join(ROOT, 'node_modules/.cache/latchkey-test')

const ENTRIES = {
  site: 'idp/main.ts',
  'watched-site': 'playground/watched/site.ts',
  'watched-provider': 'playground/watched/provider.ts',
  'watched-service': 'playground/watched/service.ts',
  provider: 'mock-provider/main.ts',
  service: 'playground/service/main.ts',
} as const

export interface Programs {
  /** The folder of the bundled programs, as a World wants it. */
  readonly folder: URL
  path(name: keyof typeof ENTRIES): string
  remove(): void
}

/** Bundles our programs as run.mjs does, so that tests start, kill and restart them without npm. */
export async function bundlePrograms(): Promise<Programs> {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'programs-'))
  await build({
    absWorkingDir: ROOT,
    entryPoints: { ...ENTRIES },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  })
  await buildConsole(folder)
  return {
    folder: pathToFileURL(`${folder}/`),
    path: (name) => join(folder, `${name}.mjs`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
