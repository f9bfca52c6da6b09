import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import * as v from 'valibot'
import { STYLE } from '../ui/style.ts'
import { house } from './house.ts'
import { DESKTOP_NAME } from './main/private-link.ts'
import { PAGE } from './page.ts'

const COMMON: BuildOptions = {
  bundle: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'error',
  legalComments: 'none',
}

/** Electron 45 brings Node 24 and Chromium 150; the test host runs on Node 20. */
const NODE: BuildOptions = { ...COMMON, platform: 'node', target: 'node20' }
const PAGE_TARGET = 'chrome140'

const HouseManifest = v.object({
  version: v.string(),
  description: v.string(),
  optionalDependencies: v.object({ keytar: v.string() }),
})

/**
 * Builds the app into a folder that Electron can be started with: the main process, the preload, the
 * keychain's helper, the page, and a `package.json` that names them.
 *
 * @param folder within the house, or with a `node_modules` that has keytar
 */
export async function buildDesktop(folder: string): Promise<void> {
  const root = house()
  const from = { absWorkingDir: root }
  mkdirSync(join(folder, 'renderer'), { recursive: true })
  await Promise.all([
    build({
      ...NODE,
      ...from,
      entryPoints: ['desktop/electron/main.ts'],
      outfile: join(folder, 'main.mjs'),
      format: 'esm',
      external: ['electron'],
    }),
    build({
      ...NODE,
      ...from,
      entryPoints: ['desktop/keychain/helper.ts'],
      outfile: join(folder, 'keychain-helper.mjs'),
      format: 'esm',
      external: ['keytar'],
    }),
    build({
      ...COMMON,
      ...from,
      // A sandboxed preload is no module, and may require Electron alone.
      entryPoints: ['desktop/preload/preload.ts'],
      outfile: join(folder, 'preload.cjs'),
      format: 'cjs',
      platform: 'browser',
      target: PAGE_TARGET,
      external: ['electron'],
    }),
    build({
      ...COMMON,
      ...from,
      entryPoints: ['desktop/renderer/renderer.tsx'],
      outfile: join(folder, 'renderer', 'renderer.js'),
      format: 'esm',
      platform: 'browser',
      target: PAGE_TARGET,
    }),
  ])
  cpSync(join(root, 'desktop/icons/tray.png'), join(folder, 'tray.png'))
  writeFileSync(join(folder, 'renderer', 'index.html'), PAGE)
  writeFileSync(join(folder, 'renderer', 'style.css'), STYLE)
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(root), null, 2)}\n`)
}

/** The app's own `package.json`: what Electron starts, and what it loads at run time. */
function manifest(root: string) {
  const { version, description, optionalDependencies } = v.parse(
    HouseManifest,
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  )
  return {
    name: 'latchkey',
    productName: 'Latchkey',
    version,
    description,
    type: 'module',
    main: 'main.mjs',
    desktopName: DESKTOP_NAME,
    dependencies: { keytar: optionalDependencies.keytar },
  }
}
