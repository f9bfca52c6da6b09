import { middle, paired, type Round, type Spread } from './figures.ts'

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
  const ours = results.get('latchkey') ?? []
  const lines: [string, string, Spread | undefined][] = []
  for (const name of [...results.keys()].filter((name) => name !== 'latchkey')) {
    const theirs = results.get(name) ?? []
    lines.push(
      [`latchkey / ${name}`, '', paired(ours, theirs, (round) => round.requestsPerSecond)],
      [`latchkey / ${name}`, ', CPU per request', paired(ours, theirs, (round) => round.cpu)],
      [`latchkey / ${name}`, ', p99', paired(ours, theirs, (round) => round.p99)],
    )
  }
  return lines.map(([pair, what, ratio]) => `${pair}${what}: ${inWords(ratio)}`)
}

const inWords = (ratio: Spread | undefined): string =>
  ratio === undefined
    ? '–'
    : `${ratio.median.toFixed(2)} (${ratio.q1.toFixed(2)}–${ratio.q3.toFixed(2)})`

const shown = (figure: number | undefined, digits: number): string =>
  figure === undefined ? '–' : figure.toFixed(digits)

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map((_, column) =>
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
