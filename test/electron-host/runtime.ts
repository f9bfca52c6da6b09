import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { electronBinary } from '../../desktop/electron-binary.ts'
import { house } from '../../desktop/house.ts'

export type RuntimeKind = 'electron' | 'host'

/** What starts an app: `command` and the arguments that come before the app's folder. */
export interface Runtime {
  readonly kind: RuntimeKind
  readonly command: string
  readonly before: readonly string[]
  remove(): void
}

const ROOT = house()

/**
 * Real Electron where its binary is, the host where it isn't. `DESKTOP_RUNTIME=electron` makes a
 * missing binary a failure, `DESKTOP_RUNTIME=host` takes the host in any case. Says which it is.
 */
export async function chooseRuntime(): Promise<Runtime> {
  const wish = process.env.DESKTOP_RUNTIME
  const binary = wish === 'host' ? undefined : electronBinary()
  if (wish === 'electron' && binary === undefined) {
    throw new Error(
      'Electron’s binary is not here: run "npx install-electron" where GitHub is reachable.',
    )
  }
  const runtime = binary === undefined ? await bundleHost() : electron(binary)
  process.stderr.write(
    `desktop tests run on: ${runtime.kind === 'host' ? 'our Electron host (Chromium), not on Electron' : binary}\n`,
  )
  return runtime
}

const electron = (binary: string): Runtime => ({
  kind: 'electron',
  command: binary,
  before: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  remove: () => {},
})

/** The host's bundles, in a folder within the house. */
export async function bundleHost(): Promise<Runtime> {
  const cache = join(ROOT, 'node_modules/.cache/latchkey-test')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'electron-host-'))
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['electron', 'run', 'hooks', 'parent-port'].map(
      (name) => `test/electron-host/${name}.ts`,
    ),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  return {
    kind: 'host',
    command: process.execPath,
    before: [join(folder, 'run.mjs')],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
