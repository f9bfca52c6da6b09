/**
 * Builds the extension into a folder that both browsers load: `npm run extension:build`. With `--watch` it
 * builds again whenever a source changes.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build, context } from 'esbuild'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.dirname(here)

/** @param {string} folder where it goes; emptied first */
export async function buildExtension(folder, { watch = false, minify = true } = {}) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const options = {
    absWorkingDir: root,
    entryPoints: {
      background: 'extension/background/main.ts',
      popup: 'extension/popup/main.tsx',
      options: 'extension/options/main.tsx',
    },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: ['chrome123', 'firefox142'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify,
    metafile: true,
    legalComments: 'none',
    logLevel: 'error',
  }
  // A content script is no module.
  const relay = {
    ...options,
    entryPoints: { relay: 'extension/page/relay.ts' },
    format: 'iife',
  }
  for (const file of [
    'manifest.json',
    'icons',
    'popup/popup.html',
    'popup/popup.css',
    'options/options.html',
  ]) {
    cpSync(path.join(here, file), path.join(folder, path.basename(file)), { recursive: true })
  }
  writeFileSync(path.join(folder, 'style.css'), await styleSheet())
  if (watch) {
    for (const one of [options, relay]) await (await context(one)).watch()
    return
  }
  await Promise.all([build(options), build(relay)])
}

/** `ui/style.ts` is TypeScript; esbuild makes it text. */
async function styleSheet() {
  const { outputFiles } = await build({
    stdin: {
      contents: "import { STYLE } from './ui/style.ts'; export default STYLE",
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
  })
  const module = `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
  return (await import(module)).default
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const watch = process.argv.includes('--watch')
  await buildExtension(path.join(here, 'dist'), { watch, minify: !watch })
  process.stdout.write(
    `The extension is in ${path.relative(process.cwd(), path.join(here, 'dist'))}.\n`,
  )
}
