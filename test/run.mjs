/**
 * `npm test`: everything, one after the other: types, lint, unit tests, real parts, real browsers.
 * Ends with a line `N passed, N failed, N skipped`. What can't run here is named, and in CI it fails.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const inCi = process.env.CI === 'true'
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const bin = (name) => path.join(root, 'node_modules', '.bin', name)
const say = (text) => process.stdout.write(`${text}\n`)

/** What the tests meet for real: how Debian calls it, and where it is found. */
const PARTS = {
  chromium: {
    name: 'CHROMIUM',
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  },
  'firefox-esr': { name: 'FIREFOX', files: ['/usr/bin/firefox-esr', '/usr/bin/firefox'] },
  'gnome-keyring': { files: ['/usr/bin/gnome-keyring-daemon'] },
  'dbus-daemon': { files: ['/usr/bin/dbus-daemon'] },
  'dbus-bin': { files: ['/usr/bin/dbus-send'] },
  'libsecret-1-0': {
    files: ['/usr/lib64', '/usr/lib', ...multiarchFolders()].map(
      (folder) => `${folder}/libsecret-1.so.0`,
    ),
  },
}

/** Which suites need which of them. */
const NEEDS = {
  e2e: ['chromium', 'firefox-esr'],
  desktop: ['chromium', 'gnome-keyring', 'dbus-daemon', 'dbus-bin', 'libsecret-1-0'],
}

const total = { passed: 0, failed: 0, skipped: 0 }
const missing = []
/** Every test that ran, for the list of what standards ask: file within test/, title, passed. */
const outcomes = []

async function main() {
  process.chdir(root)
  installParts()
  check('types', bin('tsc'), ['--noEmit'])
  check('lint', bin('biome'), ['check', '--error-on-warnings', '.'])
  suite('unit')
  suite('parts')
  for (const [project, parts] of Object.entries(NEEDS)) {
    const absent = parts.filter((part) => !found(part))
    if (absent.length === 0) suite(project, environmentOf(parts))
    else {
      missing.push(
        `the ${project} tests: ${absent.join(', ')} not found. Install them (Debian: apt-get install ${absent.join(' ')}); browsers can be named in CHROMIUM and FIREFOX.`,
      )
    }
  }
  await standards()
  for (const what of missing) say(`Not run: ${what}`)
  if (inCi) total.failed += missing.length
  else total.skipped += missing.length
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exit(total.failed === 0 ? 0 : 1)
}

/** Where a part is; `undefined` when it isn't here. */
function found(part) {
  const { name, files } = PARTS[part]
  return [name && process.env[name], ...files].find((file) => file && existsSync(file))
}

function environmentOf(parts) {
  const named = parts.filter((part) => PARTS[part].name)
  return Object.fromEntries(named.map((part) => [PARTS[part].name, found(part)]))
}

/** On a Debian machine as root what isn't here is installed. */
function installParts() {
  const absent = Object.keys(PARTS).filter((part) => !found(part))
  if (absent.length === 0) return
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return
  say(`Installing from Debian: ${absent.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  apt('update', '-q')
  apt('install', '-y', '-q', '--no-install-recommends', ...absent)
}

/** `/usr/lib/x86_64-linux-gnu` and its like. */
function multiarchFolders() {
  try {
    return readdirSync('/usr/lib')
      .filter((name) => name.includes('-linux-'))
      .map((name) => `/usr/lib/${name}`)
  } catch {
    return []
  }
}

function check(name, command, args) {
  say(`\n── ${name}`)
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  total[status === 0 ? 'passed' : 'failed']++
}

function suite(project, environment = {}) {
  say(`\n── ${project}`)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-results-'))
  const file = path.join(folder, 'results.json')
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  const { status } = spawnSync(bin('vitest'), args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  })
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'))
    total.passed += results.numPassedTests
    total.failed += results.numFailedTests
    total.skipped += results.numPendingTests + results.numTodoTests
    outcomes.push(...results.testResults.flatMap(outcomesOf))
    // A file that can't even be loaded has no tests to fail; an error outside any test counts too.
    if (status !== 0 && results.numFailedTests === 0) total.failed++
    if (results.numTotalTests === 0) total.failed++
  } catch {
    say(`The ${project} tests left no results.`)
    total.failed++
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const outcomesOf = ({ name, assertionResults }) =>
  assertionResults.map(({ ancestorTitles, title, status }) => ({
    file: path.relative(path.join(root, 'test'), name).replaceAll(path.sep, '/'),
    title: [...ancestorTitles, title].join(' > '),
    passed: status === 'passed',
  }))

/** What standards ask, and whether the tests that hold it ran and passed (test/standards/). */
async function standards() {
  say('\n── standards')
  const stdin = {
    contents: "export { inLines, judge } from './judge.ts'\nexport { ROWS } from './rows.ts'",
    resolveDir: path.join(root, 'test/standards'),
  }
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false })
  const code = Buffer.from(outputFiles[0].contents).toString('base64')
  const { inLines, judge, ROWS } = await import(`data:text/javascript;base64,${code}`)
  const verdict = judge(ROWS, outcomes)
  for (const line of inLines(verdict)) say(line)
  // Without a browser some tests could not run, which is told by itself.
  const counts = inCi || missing.length === 0 ? 'failed' : 'skipped'
  total[counts] += verdict.open.length
}

await main()
