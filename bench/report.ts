import { middle, paired, type Round, type Spread } from './figures.ts'
import type { StoreFigures } from './store-figures.ts'

export type Results = ReadonlyMap<string, readonly Round[]>

/** What the others are compared with. */
const LIMIT = 'limit'

const COLUMNS = ['server', 'req/s', '/ limit', 'p50 ms', 'p99 ms', 'CPU µs', 'RSS MB', 'driver']

/** The table and what follows from it. */
export function report(results: Results): string {
  const rows = [...results].map(([name, rounds]) => row(name, rounds, results.get(LIMIT) ?? []))
  return [...table([COLUMNS, ...rows]), '', ...conclusions(results), ''].join('\n')
}

function row(name: string, rounds: readonly Round[], limit: readonly Round[]): string[] {
  return [
    name,
    shown(
      middle(rounds, (round) => round.requestsPerSecond),
      0,
    ),
    inWords(paired(rounds, limit, (round) => round.requestsPerSecond)),
    shown(
      middle(rounds, (round) => round.p50),
      1,
    ),
    shown(
      middle(rounds, (round) => round.p99),
      1,
    ),
    shown(
      middle(rounds, (round) => round.cpu),
      0,
    ),
    shown(
      middle(rounds, (round) => round.rss),
      0,
    ),
    shown(
      middle(rounds, (round) => round.driver),
      2,
    ),
  ]
}

/** `bench` judges nothing by itself: these are for whoever reads them. */
function conclusions(results: Results): string[] {
  const names = [...results.keys()]
  const ours = names.filter(isOurs)
  const [first] = ours
  // Each store beside everybody else, and beside the smallest.
  const pairs = ours.flatMap((name) =>
    names
      .filter((other) => other === first || !isOurs(other))
      .filter((other) => other !== name)
      .map((other) => [name, other] as const),
  )
  return pairs.map(([name, other]) => {
    const ratio = (figure: (round: Round) => number | null) =>
      inWords(paired(results.get(name) ?? [], results.get(other) ?? [], figure))
    return [
      `${name} / ${other}: requests ${ratio((round) => round.requestsPerSecond)}`,
      `p99 ${ratio((round) => round.p99)}`,
      `CPU ${ratio((round) => round.cpu)}`,
    ].join(', ')
  })
}

const isOurs = (name: string): boolean => name.startsWith('latchkey')

const STORE_COLUMNS = [
  'store',
  'start s',
  'RSS MB then',
  'worst pause ms in a round',
  'in a snapshot',
  'of it in line',
  'of its own',
  'which took s',
]

export function reportStores(stores: readonly StoreFigures[]): string {
  const rows = stores.map(({ name, startTime, startMemory, pauses, snapshots }) => [
    name,
    shown(startTime / 1_000, 1),
    shown(startMemory ?? undefined, 0),
    inWholes(pauses.map(({ whole }) => whole)),
    inWholes(snapshots.map(({ pause }) => pause.whole)),
    inWholes(snapshots.map(({ pause }) => pause.queued)),
    inWholes(snapshots.map(({ pause }) => pause.own)),
    snapshots.map(({ took }) => shown(took / 1_000, 1)).join(' '),
  ])
  return table([STORE_COLUMNS, ...rows]).join('\n')
}

const inWholes = (figures: readonly number[]): string =>
  figures.map((figure) => shown(figure, 0)).join(' ')

/** A median and its quartiles. */
export const inWords = (ratio: Spread | undefined): string =>
  ratio === undefined
    ? '–'
    : `${ratio.median.toFixed(2)} (${ratio.q1.toFixed(2)}–${ratio.q3.toFixed(2)})`

export const shown = (figure: number | undefined, digits: number): string =>
  figure === undefined ? '–' : figure.toFixed(digits)

/** Columns of one width, the first to the left. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
}
