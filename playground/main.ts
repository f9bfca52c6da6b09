import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { PASSWORD, PEOPLE } from './people.ts'
import { World } from './world.ts'

const USAGE = 'npm start -- [--json] [--ephemeral] [--data <folder>]'

interface Arguments {
  readonly json: boolean
  readonly ephemeral: boolean
  readonly data: string | undefined
}

function readArguments(): Arguments {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        ephemeral: { type: 'boolean', default: false },
        data: { type: 'string' },
      },
    })
    return { json: values.json, ephemeral: values.ephemeral, data: values.data }
  } catch {
    say(`That argument is not known. ${USAGE}`)
    process.exit(1)
  }
}

async function main(): Promise<void> {
  const { json, ephemeral, data } = readArguments()
  const temporary =
    ephemeral && data === undefined ? mkdtempSync(join(tmpdir(), 'latchkey-')) : undefined
  if (temporary !== undefined) {
    process.once('exit', () => rmSync(temporary, { recursive: true, force: true }))
  }

  let ending: Promise<void> | undefined
  const end = (code: number, sentence?: string) => {
    if (sentence !== undefined && !ending) say(sentence)
    ending ??= world.stop().then(() => process.exit(code))
    return ending
  }
  const world = new World({
    ports: ephemeral ? 'free' : 'default',
    data: resolve(temporary ?? data ?? '.latchkey'),
    // The bundles of the parties lie beside this program's own (run.mjs).
    programs: new URL('.', import.meta.url),
    died: (sentence) => end(1, sentence),
  })
  process.once('SIGTERM', () => end(0)).once('SIGINT', () => end(0))
  try {
    await world.start()
  } catch (error) {
    return end(1, error instanceof Error ? error.message : String(error))
  }
  if (ending) return ending
  process.stdout.write(json ? `${oneLine(world)}\n` : summary(world))
}

function oneLine({ addresses, adminKey }: World): string {
  return JSON.stringify({
    idp: addresses.site,
    provider: addresses.provider,
    // The provider speaks plain http so far, so there is no second address and no CA to trust.
    providerHttps: null,
    ca: null,
    api: addresses.service,
    console: addresses.console,
    clock: addresses.console,
    // For this machine's tests alone: fresh at each start.
    adminKey,
  })
}

function summary({ addresses, adminKey }: World): string {
  const widest = Math.max(...PEOPLE.map(({ email }) => email.length))
  return `
Latchkey is up. Look at the console first:

  console   ${addresses.console}
  site      ${addresses.site}
  provider  ${addresses.provider}
  service   ${addresses.service}

Everyone's password is ${PASSWORD}
The site's admin key, until you stop: ${adminKey}

${PEOPLE.map(({ email, story }) => `  ${email.padEnd(widest)}  ${story}`).join('\n')}

The whole flow, step by step: npm run story
To stop: Ctrl-C
`
}

const say = (text: string) => process.stderr.write(`${text}\n`)

await main()
