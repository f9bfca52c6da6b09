import { paired, type Round } from './figures.ts'
import type { StoreFigures } from './store-figures.ts'

/** What we want to hold, whatever the number of sessions. */
const AIMS = {
  /** Requests a second of the largest store, in those of the smallest. */
  throughput: 0.8,
  /** The 99th percentile of the same. */
  p99: 2,
  /** Requests a second of each store, in those of the limit. */
  limit: 0.8,
  /** Milliseconds that the event loop is held while a snapshot is made. */
  pause: 50,
  /** Seconds until a store serves: so many, and so many more for a million sessions. */
  start: { base: 2, million: 20 },
  /** Megabytes that it holds then. */
  memory: { base: 150, million: 2_200 },
} as const

export interface OurStore {
  readonly sessions: number
  readonly rounds: readonly Round[]
  readonly figures: StoreFigures
}

/** Each aim, whether it was met, and by how much; for people, for a busy machine misses most of them. */
export function aims(stores: readonly OurStore[], limit: readonly Round[]): readonly string[] {
  const [smallest, largest] = [stores[0], stores.at(-1)]
  if (!smallest || !largest) return []
  const beside = (of: OurStore, other: readonly Round[], figure: (round: Round) => number) =>
    paired(of.rounds, other, figure)?.median ?? Number.NaN
  const requests = (round: Round) => round.requestsPerSecond
  const growth = beside(largest, smallest.rounds, requests)
  const slower = beside(largest, smallest.rounds, ({ p99 }) => p99)
  return [
    judged(
      growth >= AIMS.throughput,
      `throughput of the largest ÷ smallest`,
      growth,
      AIMS.throughput,
    ),
    judged(slower <= AIMS.p99, 'p99 of the largest ÷ smallest', slower, AIMS.p99),
    ...stores.flatMap((store) => {
      const { figures, sessions } = store
      const besideLimit = beside(store, limit, requests)
      const felt = Math.max(...figures.snapshots.map(({ pause }) => pause.whole))
      const own = Math.max(...figures.snapshots.map(({ pause }) => pause.own))
      const start = AIMS.start.base + (AIMS.start.million * sessions) / 1e6
      const memory = AIMS.memory.base + (AIMS.memory.million * sessions) / 1e6
      const [took, held] = [figures.startTime / 1_000, figures.startMemory ?? Number.NaN]
      return [
        judged(besideLimit >= AIMS.limit, `${figures.name} ÷ limit`, besideLimit, AIMS.limit),
        judged(felt <= AIMS.pause, `${figures.name}: pause in a snapshot, ms`, felt, AIMS.pause),
        judged(own <= AIMS.pause, `${figures.name}: of it its own, ms`, own, AIMS.pause),
        judged(took <= start, `${figures.name}: start, s`, took, start),
        judged(held <= memory, `${figures.name}: memory, MB`, held, memory),
      ]
    }),
  ]
}

const judged = (met: boolean, what: string, figure: number, aim: number): string =>
  `${met ? 'met   ' : 'missed'} ${what}: ${rounded(figure)} (aim ${rounded(aim)})`

const rounded = (figure: number): string => figure.toFixed(figure < 10 ? 2 : 0)
