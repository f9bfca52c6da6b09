import { middle, paired, type Round, spread } from '../figures.ts'
import { inWords, shown, table } from '../report.ts'

/** How one of them started, once. */
export interface Start {
  readonly name: string
  readonly startTime: number
  readonly startMemory: number | undefined
}

const THEIRS = 'oauth2-mock-server'

const COLUMNS = ['', 'logins/s', '/ theirs', 'p50 ms', 'p99 ms', 'CPU µs', 'RSS MB', 'driver']

export function reportLogins(results: ReadonlyMap<string, readonly Round[]>): string {
  const theirs = results.get(THEIRS) ?? []
  const rows = [...results].map(([what, rounds]) => {
    const median = (figure: (round: Round) => number | null, digits: number) =>
      shown(middle(rounds, figure), digits)
    return [
      what,
      median((round) => round.requestsPerSecond, 0),
      inWords(paired(rounds, theirs, (round) => round.requestsPerSecond)),
      median((round) => round.p50, 1),
      median((round) => round.p99, 1),
      median((round) => round.cpu, 0),
      median((round) => round.rss, 0),
      median((round) => round.driver, 2),
    ]
  })
  return table([COLUMNS, ...rows]).join('\n')
}

/** What ours may take to start. */
const BUDGET = { seconds: 1.5, megabytes: 120 } as const

export function reportStarts(starts: readonly Start[]): string {
  const names = [...new Set(starts.map(({ name }) => name))]
  const rows = names.map((name) => {
    const theirs = starts.filter((start) => start.name === name)
    const memory = theirs.flatMap(({ startMemory }) => startMemory ?? [])
    return [
      name,
      inWords(spread(theirs.map(({ startTime }) => startTime / 1_000))),
      memory.length === 0 ? '–' : shown(spread(memory).median, 0),
    ]
  })
  const budget = `Our budget: ${BUDGET.seconds} s, ${BUDGET.megabytes} MB.`
  return [...table([['', 'start s', 'RSS MB then'], ...rows]), budget].join('\n')
}
