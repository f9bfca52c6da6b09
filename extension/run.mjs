/**
 * `npm run extension [-- chromium|firefox]`: builds the extension, brings up the playground unless it runs
 * already, and opens a real browser with the extension in it.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildExtension } from './build.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.dirname(here)
const dist = path.join(here, 'dist')
const say = (line) => process.stdout.write(`${line}\n`)

const BROWSERS = {
  chromium: [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'],
  firefox: [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'],
}

const wanted = process.argv[2] ?? Object.keys(BROWSERS).find((name) => programOf(name))
const program = wanted === undefined ? undefined : programOf(wanted)
if (!program) {
  process.stderr.write(
    'No Chromium and no Firefox was found: install one, name it in CHROMIUM or FIREFOX, or load extension/dist by hand.\n',
  )
  process.exit(1)
}

await buildExtension(dist)
const playground = (await runs()) ? undefined : await startPlayground()
const profile = mkdtempSync(path.join(os.tmpdir(), 'latchkey-extension-'))
const browser = spawn(...commandOf(wanted, program, profile), { stdio: 'ignore' })
say(`${wanted} is open with the extension; its button is in the toolbar.`)
const end = () => {
  playground?.kill('SIGTERM')
  browser.kill('SIGTERM')
}
process.once('SIGINT', end).once('SIGTERM', end)
browser.once('error', (error) => {
  process.stderr.write(`${program} can't be started (${error.code}).\n`)
  end()
})
browser.once('exit', () => {
  end()
  rmSync(profile, { recursive: true, force: true })
})

function programOf(name) {
  return BROWSERS[name]?.find((file) => file !== undefined && existsSync(file))
}

function commandOf(name, file, profile) {
  if (name === 'firefox') {
    const webExt = path.join(root, 'node_modules', '.bin', 'web-ext')
    return [webExt, ['run', '--source-dir', dist, '--firefox', file, '--no-input', '--no-reload']]
  }
  const args = [
    `--user-data-dir=${profile}`,
    `--load-extension=${dist}`,
    `--disable-extensions-except=${dist}`,
    '--no-first-run',
    'http://127.0.0.1:3200/demo',
  ]
  return [file, process.getuid?.() === 0 ? ['--no-sandbox', ...args] : args]
}

async function runs() {
  try {
    return (await fetch('http://127.0.0.1:3000/healthz')).ok
  } catch {
    return false
  }
}

function startPlayground() {
  const child = spawn(process.execPath, ['run.mjs', 'playground'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The playground ended (${code}).`)))
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk)
      if (String(chunk).includes('Latchkey is up')) resolve(child)
    })
  })
}
