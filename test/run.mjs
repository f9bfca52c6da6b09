/**
 * `npm test`: everything, one after the other: types, lint, unit tests, real parts, real browsers.
 * Ends with a line `N passed, N failed, N skipped`. What can't run here is named, and in CI it fails.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const inCi = process.env.CI === 'true'
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const bin = (name) => path.join(root, 'node_modules', '.bin', name)
const say = (text) => process.stdout.write(`${text}\n`)

/** What Debian calls the parts that the tests meet for real. */
const DEBIAN_PACKAGES = ['chromium', 'firefox-esr']

const total = { passed: 0, failed: 0, skipped: 0 }
const missing = []
/** Every test that ran, for the list of what standards ask: file within test/, title, passed. */
const outcomes = []

async function main() {
  process.chdir(root)
  const browsers = findBrowsers()
  check('types', bin('tsc'), ['--noEmit'])
  check('lint', bin('biome'), ['check', '--error-on-warnings', '.'])
  suite('unit')
  suite('parts')
  if (browsers) suite('e2e', browsers)
  else {
    missing.push(
      'the browser tests: Chromium and Firefox are needed. Install them (Debian: apt-get install chromium firefox-esr), or name them in CHROMIUM and FIREFOX.',
    )
  }
  await standards()
  for (const what of missing) say(`Not run: ${what}`)
  if (inCi) total.failed += missing.length
  else total.skipped += missing.length
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exit(total.failed === 0 ? 0 : 1)
}

const KNOWN = {
  CHROMIUM: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  FIREFOX: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
}

/** Browsers that are there, or can be had: on a Debian machine as root they are installed. */
function findBrowsers() {
  const found = () => {
    const files = Object.entries(KNOWN).map(([name, known]) => [
      name,
      [process.env[name], ...known].find((file) => file !== undefined && existsSync(file)),
    ])
    return files.every(([, file]) => file !== undefined) ? Object.fromEntries(files) : undefined
  }
  if (found()) return found()
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return undefined
  say(`Installing from Debian: ${DEBIAN_PACKAGES.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  apt('update', '-q')
  apt('install', '-y', '-q', '--no-install-recommends', ...DEBIAN_PACKAGES)
  return found()
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
