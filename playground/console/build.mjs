import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Bundles the console's page into `folder`, beside the programs: `console-page.js`. */
export async function buildConsole(folder) {
  await build({
    absWorkingDir: root,
    entryPoints: { 'console-page': 'playground/console/page/main.tsx' },
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome121', 'firefox128'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  })
}
