import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { StartError } from '../idp/start-error.ts'
import { StoreError } from '../idp/store/errors.ts'
import { PlaygroundFailure } from '../playground/failure.ts'
import { takePortBlock } from '../playground/ports.ts'
import { aims } from './aims.ts'
import { ArgumentError, type BenchArguments, readArguments, USAGE } from './arguments.ts'
import { type Contender, startLatchkey, startLimit, startOidcProvider } from './contenders.ts'
import { makeDevices } from './devices.ts'
import { type Round, toRound } from './figures.ts'
import { Load, WrongAnswer } from './load.ts'
import { readCost } from './process-cost.ts'
import { report, reportStores } from './report.ts'
import { StoreFigures } from './store-figures.ts'
import { verifyAccessTokens, verifyDurable } from './verify.ts'

/** A contender under load, with its figures so far. */
interface Entrant {
  readonly contender: Contender
  readonly load: Load
  readonly rounds: Round[]
  /** Of a store of ours. */
  readonly store?: StoreFigures
  /** Requests per second of the last run: how many proofs to sign ahead. */
  pace: number
}

/** A first guess of the pace, before anything was measured. */
const PACE = 1_000
/** Rather a few proofs too many than signing them while the time runs. */
const AHEAD = 1.5

async function bench(options: BenchArguments): Promise<void> {
  // On the disk of the checkout: the system's temporary folder may be memory.
  mkdirSync('.latchkey', { recursive: true })
  const folder = mkdtempSync(path.join('.latchkey', 'bench-'))
  const lease = createServer()
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const entrants: Entrant[] = []
  try {
    const { console: leased } = await takePortBlock(lease)
    const devices = await makeDevices(options.used)
    const ground = { folder, programs: new URL('./', import.meta.url), devices }
    const port = () => leased + 1 + entrants.length
    for (const sessions of options.sessions) {
      tell(options, `a store with ${sessions} sessions`)
      const contender = await startLatchkey(ground, port(), sessions)
      entrants.push({ ...(await enter(contender, options)), store: new StoreFigures(contender) })
    }
    entrants.push(await enter(await startLimit(ground, port()), options))
    entrants.push(await enter(await startOidcProvider(ground, port()), options))
    for (const entrant of entrants) await run(entrant, options.warmUp)
    for (let number = 0; number < options.rounds; number++) {
      tell(options, `round ${number + 1} of ${options.rounds}`)
      // Each goes first as often as the others.
      for (const entrant of rotated(entrants, number)) {
        await entrant.store?.forgetPause()
        entrant.rounds.push(await run(entrant, options.seconds))
        await entrant.store?.notePause()
      }
    }
    const stores = entrants.filter(({ store }) => store)
    for (let number = 0; number < options.compactions; number++) {
      for (const entrant of stores) {
        tell(options, `snapshot ${number + 1} of ${entrant.contender.target.name}`)
        await entrant.load.prepare(entrant.pace)
        await entrant.store?.snapshotUnder(entrant.load)
      }
    }
    let tokens = 0
    for (const { contender } of entrants) tokens += await verifyAccessTokens(contender)
    let sessions = 0
    for (const { contender } of stores) sessions += await verifyDurable(contender)
    conclude(options, entrants, { tokens, sessions })
  } finally {
    for (const { load } of entrants) load.close()
    await Promise.all(entrants.map(({ contender }) => contender.party.stop()))
    lease.close()
  }
}

async function enter(contender: Contender, options: BenchArguments): Promise<Entrant> {
  const load = await Load.open(contender.target, contender.sessions, options.connections)
  return { contender, load, rounds: [], pace: PACE }
}

async function run(entrant: Entrant, seconds: number): Promise<Round> {
  const { contender, load } = entrant
  const pid = contender.party.pid ?? 0
  await load.prepare(entrant.pace * seconds * AHEAD)
  const before = readCost(pid)
  const driver = process.cpuUsage()
  const measured = await load.run(seconds)
  const { user, system } = process.cpuUsage(driver)
  const round = toRound(measured, { before, after: readCost(pid) }, (user + system) / 1e6)
  entrant.pace = round.requestsPerSecond
  return round
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

function conclude(
  options: BenchArguments,
  entrants: readonly Entrant[],
  checked: { readonly tokens: number; readonly sessions: number },
): void {
  const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
  const results = new Map(entrants.map(({ contender, rounds }) => [contender.target.name, rounds]))
  if (options.json) {
    const { json: _json, ...settings } = options
    const stores = entrants.flatMap(({ store }) => store ?? [])
    const content = { machine, settings, checked, results: Object.fromEntries(results), stores }
    process.stdout.write(`${JSON.stringify(content)}\n`)
    return
  }
  const { rounds, seconds, connections, used } = options
  process.stdout.write(
    [
      '',
      `Refresh with DPoP: ${rounds} rounds of ${seconds} s, ${connections} connections, ${used} sessions in use (${machine})`,
      '',
      report(results),
      reportStores(entrants.flatMap(({ store }) => store ?? [])),
      '',
      ...aims(ourStores(entrants, options.sessions), results.get('limit') ?? []),
      '',
      `Every answer was right; ${checked.tokens} access tokens verified; after kill -9 all ${checked.sessions} sessions in use of our stores stood at their newest token.`,
      '',
    ].join('\n'),
  )
}

const ourStores = (entrants: readonly Entrant[], sessions: readonly number[]) =>
  entrants.flatMap(({ store, rounds }, index) =>
    store ? [{ sessions: sessions[index] ?? 0, rounds, figures: store }] : [],
  )

function tell({ json }: BenchArguments, sentence: string): void {
  if (!json) process.stderr.write(`${sentence}\n`)
}

/** Failures with a sentence for people; everything else is a fault of ours and shows its stack. */
const EXPECTED = [ArgumentError, WrongAnswer, PlaygroundFailure, StoreError, StartError]

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  if (words.includes('--help')) {
    process.stdout.write(USAGE)
    return
  }
  // What was started ends with this process; the folder goes with it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await bench(readArguments(words))
}

main().catch((error: unknown) => {
  const expected = EXPECTED.some((kind) => error instanceof kind)
  const text = error instanceof Error ? (expected ? error.message : error.stack) : String(error)
  process.stderr.write(`${text}\n`)
  if (error instanceof ArgumentError) process.stderr.write(`\n${USAGE}`)
  // Not by itself: a contender that was started and never entered would keep this process waiting.
  process.exit(1)
})
