import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { type Round, toRound } from '../figures.ts'
import type { Measured } from '../load.ts'
import { readCost } from '../process-cost.ts'
import { type Contender, type ContenderName, PROGRAMS, startContender } from './contender.ts'
import { byPassword, type Flow, silently } from './flows.ts'
import { reportLogins, reportStarts, type Start } from './report.ts'
import { Visitor } from './visitor.ts'

/**
 * `npm run bench:provider`: logins at our provider and at oauth2-mock-server, turn about, and how they start.
 */
const ROUNDS = 7
/** Of each entrant in each round. */
const SECONDS = 3
const WARM_UP_SECONDS = 3
const VISITORS = 8
const STARTS = 5

/** A contender with one way of signing in, and its figures so far. */
interface Entrant {
  readonly what: string
  readonly contender: Contender
  readonly flow: Flow
  readonly visitors: readonly Visitor[]
  readonly rounds: Round[]
}

const NAMES = Object.keys(PROGRAMS) as ContenderName[]

async function bench(): Promise<void> {
  mkdirSync('.latchkey', { recursive: true })
  const folder = mkdtempSync(path.join('.latchkey', 'bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const programs = new URL('./', import.meta.url)
  const starts: Start[] = []
  const contenders = new Map<ContenderName, Contender>()
  for (let number = 1; number <= STARTS; number++) {
    for (const name of NAMES) {
      const contender = await startContender(name, programs, folder)
      starts.push(contender)
      // The last ones stay.
      if (number === STARTS) contenders.set(name, contender)
      else await contender.party.stop()
    }
  }
  const ours = contenders.get('provider')
  const theirs = contenders.get('oauth2-mock-server')
  if (!ours || !theirs) throw new Error('Both were started above.')
  const entrants = [
    await enter('ours, silently', ours, silently),
    await enter('ours, by password', ours, byPassword),
    await enter('oauth2-mock-server', theirs, silently),
  ]
  for (const entrant of entrants) await run(entrant, WARM_UP_SECONDS)
  for (let number = 0; number < ROUNDS; number++) {
    process.stderr.write(`round ${number + 1} of ${ROUNDS}\n`)
    // Each goes first as often as the others.
    for (const entrant of rotated(entrants, number)) {
      entrant.rounds.push(await run(entrant, SECONDS))
    }
  }
  for (const { visitors } of entrants) for (const visitor of visitors) visitor.close()
  await Promise.all([ours, theirs].map(({ party }) => party.stop()))
  const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
  process.stdout.write(
    [
      `Logins: ${ROUNDS} rounds of ${SECONDS} s, ${VISITORS} visitors at a time (${machine})`,
      '',
      reportLogins(new Map(entrants.map(({ what, rounds }) => [what, rounds]))),
      '',
      reportStarts(starts),
      '',
    ].join('\n'),
  )
}

/** Each visitor has signed in once when it begins. */
async function enter(what: string, contender: Contender, flow: Flow): Promise<Entrant> {
  const visitors = Array.from({ length: VISITORS }, () => new Visitor())
  const first = contender.name === 'provider' ? byPassword : flow
  await Promise.all(visitors.map((visitor) => first(contender, visitor)))
  return { what, contender, flow, visitors, rounds: [] }
}

async function run({ contender, flow, visitors }: Entrant, seconds: number): Promise<Round> {
  const pid = contender.party.pid ?? 0
  const before = readCost(pid)
  const driver = process.cpuUsage()
  const measured = await load(contender, flow, visitors, seconds)
  const { user, system } = process.cpuUsage(driver)
  return toRound(measured, { before, after: readCost(pid) }, (user + system) / 1e6)
}

/** A closed loop: as many logins under way as there are visitors. */
async function load(
  contender: Contender,
  flow: Flow,
  visitors: readonly Visitor[],
  seconds: number,
): Promise<Measured> {
  const latencies: number[] = []
  const began = performance.now()
  const until = began + seconds * 1_000
  const last = await Promise.all(
    visitors.map(async (visitor) => {
      let token = ''
      for (let now = performance.now(); now < until; ) {
        token = await flow(contender, visitor)
        const after = performance.now()
        latencies.push(after - now)
        now = after
      }
      return token
    }),
  )
  const took = (performance.now() - began) / 1_000
  for (const token of last) await contender.verify(token)
  latencies.sort((a, b) => a - b)
  return { requests: latencies.length, seconds: took, latencies, renewed: 0 }
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

bench().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
