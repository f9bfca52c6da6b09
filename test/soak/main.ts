import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { MINUTE } from '../../clock/moment.ts'
import { DEFAULT_LIFETIMES } from '../../idp/lifetimes.ts'
import { soak } from './soak.ts'

const USAGE = 'npm run soak -- [--minutes 30] [--sessions 200] [--seed 1]'

const usage = (): never => {
  process.stderr.write(`${USAGE}\n`)
  process.exit(2)
}

const count = (text: string, least: number): number => {
  const number = Number(text)
  if (Number.isFinite(number) && number >= least) return number
  return usage()
}

const asked = () => {
  try {
    return parseArgs({
      options: {
        minutes: { type: 'string', default: '30' },
        sessions: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
      },
    }).values
  } catch {
    return usage()
  }
}

const values = asked()
const folder = mkdtempSync(join(tmpdir(), 'latchkey-soak-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))

const say = (line: string) => process.stdout.write(`${line}\n`)
const report = await soak({
  folder,
  programs: new URL('.', import.meta.url),
  duration: count(values.minutes, 0.1) * MINUTE,
  sessions: count(values.sessions, 4),
  seed: count(values.seed, 0),
  lifetimes: DEFAULT_LIFETIMES,
  say,
})
say(JSON.stringify(report, null, 2))
process.exit(report.broken.length === 0 ? 0 : 1)
