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

const BY_HAND = 'Or make extension/dist by npm run extension:build, and load it by hand.'

/** @returns {never} */
function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** Not Google Chrome: since version 137 it takes no extension from the command line. */
const BROWSERS = {
  chromium: [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'],
  firefox: [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'],
}

const DEMO = 'http://127.0.0.1:3200/demo'

const wanted = process.argv[2] ?? Object.keys(BROWSERS).find(programOf) ?? 'chromium'
if (!Object.hasOwn(BROWSERS, wanted)) {
  giveUp(`${wanted} is none of ${Object.keys(BROWSERS).join(', ')}.`)
}
const program = programOf(wanted)
if (!program) {
  const setting = wanted.toUpperCase()
  giveUp(`No ${wanted} was found: install it, or name its program in ${setting}. ${BY_HAND}`)
}
if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  giveUp(
    `There is no display to open ${wanted} on: DISPLAY and WAYLAND_DISPLAY are empty. Run this in a desktop session, or with xvfb-run where nobody needs to see it. ${BY_HAND}`,
  )
}

await buildExtension(dist)
const playground = (await runs()) ? undefined : await startPlayground()
const profile = mkdtempSync(path.join(os.tmpdir(), 'latchkey-extension-'))
const browser = spawn(...commandOf(wanted, program, profile), {
  stdio: ['ignore', 'ignore', 'pipe'],
})
say(
  `${wanted} opens with the extension: its button is behind the puzzle piece, right of the address.`,
)

let saidLast = ''
browser.stderr.setEncoding('utf8').on('data', (text) => {
  saidLast = (saidLast + text).slice(-1000)
})
let ending = false
const end = () => {
  ending = true
  playground?.kill('SIGTERM')
  browser.kill('SIGTERM')
}
process.once('SIGINT', end).once('SIGTERM', end)
browser.once('error', (error) => {
  process.stderr.write(`${program} can't be started (${error.code}).\n`)
  process.exitCode = 1
  end()
})
browser.once('close', (code) => {
  if (code && !ending) {
    process.stderr.write(`${wanted} ended by itself (${code}). What it said last:\n${saidLast}\n`)
    process.exitCode = 1
  }
  end()
  rmSync(profile, { recursive: true, force: true })
})

function programOf(name) {
  return BROWSERS[name]?.find((file) => file !== undefined && existsSync(file))
}

function commandOf(name, file, profile) {
  if (name === 'firefox') {
    const webExt = path.join(root, 'node_modules', '.bin', 'web-ext')
    const args = ['--firefox', file, '--start-url', DEMO, '--no-input', '--no-reload']
    return [webExt, ['run', '--source-dir', dist, ...args]]
  }
  const args = [
    `--user-data-dir=${profile}`,
    `--load-extension=${dist}`,
    `--disable-extensions-except=${dist}`,
    '--no-first-run',
    DEMO,
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
