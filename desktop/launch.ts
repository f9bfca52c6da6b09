import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildDesktop } from './build.ts'
import { electronBinary } from './electron-binary.ts'

/**
 * `npm run desktop`: builds the app and starts it on Electron, beside a playground at its usual addresses.
 * Where there is no Electron, `npm run desktop -- --host` shows it on the test host's Chromium.
 */
const HOW = `Electron's binary is not here. Where GitHub is reachable (or ELECTRON_MIRROR names another place):

  npx install-electron && npm run desktop

Until then the app can be looked at on the host that our tests run it on, which is Chromium and not Electron:

  npm run desktop -- --host
`

const PLAYGROUND = {
  LATCHKEY_SITE: 'http://127.0.0.1:3000',
  LATCHKEY_SERVICES: 'http://127.0.0.1:3100',
  LATCHKEY_CLOCK: 'http://127.0.0.1:3200',
  LATCHKEY_EMBEDDED_ISSUER:
    'http://localhost:4000/tfp/775527ff-9a37-4307-8b3d-cc311f58d925/b2c_1_signupsignin/v2.0/',
} as const

const hasDisplay = Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)

async function main(args: readonly string[]): Promise<number> {
  const onHost = args.includes('--host')
  const binary = electronBinary()
  if (!onHost && binary === undefined) {
    process.stderr.write(HOW)
    return 1
  }
  // Beside this bundle, so that the app finds keytar; removed with it.
  const here = fileURLToPath(new URL('.', import.meta.url))
  const folder = mkdtempSync(join(here, 'app-'))
  await buildDesktop(folder)
  const rest = args.filter((arg) => arg !== '--host')
  const [command, before] =
    onHost || binary === undefined
      ? [process.execPath, [join(here, 'electron-host', 'run.mjs')]]
      : [binary, []]
  const child = spawn(command, [...before, folder, ...rest], {
    env: { ...PLAYGROUND, ...process.env, ...(hasDisplay ? { ELECTRON_HOST_HEADED: '1' } : {}) },
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => child.kill('SIGTERM'))
  }
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

process.exit(await main(process.argv.slice(2)))
