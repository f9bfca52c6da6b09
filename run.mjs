/**
 * Runs one of the programs: `node run.mjs <program> [arguments]`.
 *
 * The sources are TypeScript; esbuild bundles them in a fraction of a second into a folder of this
 * process alone, so two starts never race, and the program then runs in this very process, so that
 * signals reach it. Programs that start others find them beside themselves, in the folder of their
 * own `import.meta.url`: `new URL('site.mjs', import.meta.url)`.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { buildConsole } from './playground/console/build.mjs'

const ENTRIES = {
  playground: 'playground/main.ts',
  site: 'idp/main.ts',
  'watched-site': 'playground/watched/site.ts',
  'watched-provider': 'playground/watched/provider.ts',
  'watched-service': 'playground/watched/service.ts',
  provider: 'mock-provider/main.ts',
  service: 'playground/service/main.ts',
  timeline: 'playground/timeline/main.ts',
  story: 'playground/stories/whole/main.ts',
  'story-device': 'playground/stories/whole/device-process.ts',
  soak: 'test/soak/main.ts',
  desktop: 'desktop/launch.ts',
  'desktop-pack': 'desktop/package/pack.ts',
  'electron-host/run': 'test/electron-host/run.ts',
  'electron-host/electron': 'test/electron-host/electron.ts',
  'electron-host/hooks': 'test/electron-host/hooks.ts',
  'electron-host/parent-port': 'test/electron-host/parent-port.ts',
  bench: 'bench/main.ts',
  'bench-watched-site': 'bench/watched-site.ts',
  'bench-desktop': 'bench/desktop.ts',
  'bench-extension': 'bench/extension.ts',
  'bench-console': 'bench/console.ts',
  'bench-limit': 'bench/limit.ts',
  'bench-oidc-provider': 'bench/oidc-provider.ts',
  'bench-provider': 'bench/provider/main.ts',
  'bench-oauth2-mock-server': 'bench/provider/oauth2-mock-server.ts',
}

/** These start the others, or serve the console's page. */
const STARTERS = [
  'playground',
  'story',
  'soak',
  'bench',
  'bench-console',
  'bench-provider',
  'desktop',
]

const root = dirname(fileURLToPath(import.meta.url))
// Within node_modules, so that the bundles find the packages.
const cache = join(root, 'node_modules', '.cache', 'latchkey')

const [program, ...programArguments] = process.argv.slice(2)
const known = Object.keys(ENTRIES).filter((name) => existsSync(join(root, ENTRIES[name])))
if (!known.includes(program)) {
  process.stderr.write(`Say which program to run: node run.mjs <${known.join('|')}>.\n`)
  process.exit(1)
}

const folder = join(cache, `${process.pid}-${randomBytes(6).toString('hex')}`)
try {
  mkdirSync(folder, { recursive: true })
  removeLeftovers()
} catch (error) {
  process.stderr.write(`The folder ${cache} must be writable: ${error.message}.\n`)
  process.exit(1)
}
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const wanted = STARTERS.includes(program) ? known : [program]
try {
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(wanted.map((name) => [name, ENTRIES[name]])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  })
  if (STARTERS.includes(program)) await buildConsole(folder)
} catch {
  // esbuild has said where and why.
  process.exit(1)
}

endWithNpm()
process.setSourceMapsEnabled(true)
const bundle = join(folder, `${program}.mjs`)
process.argv = [process.argv[0], bundle, ...programArguments]
await import(pathToFileURL(bundle).href)

/**
 * `npm start` puts a shell between itself and us, and a SIGTERM for npm ends that shell alone. We see
 * it by our parent having gone, and end in order.
 */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 100).unref()
}

/** What processes left behind that were killed. */
function removeLeftovers() {
  for (const name of readdirSync(cache)) {
    if (!isAlive(Number.parseInt(name, 10))) {
      rmSync(join(cache, name), { recursive: true, force: true })
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
