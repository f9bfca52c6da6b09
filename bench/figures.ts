import type { Measured } from './load.ts'
import type { ProcessCost } from './process-cost.ts'

/** One contender in one round. */
export interface Round {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor microseconds of the server for one request; `null` where the system doesn't tell. */
  readonly cpu: number | null
  /** Megabytes the server holds after it. */
  readonly rss: number | null
  /** Which part of one core the driver took. */
  readonly driver: number
}

/** The middle of several figures, and how far they scatter. */
export interface Spread {
  readonly q1: number
  readonly median: number
  readonly q3: number
}

export function toRound(
  measured: Measured,
  server: { readonly before: ProcessCost | undefined; readonly after: ProcessCost | undefined },
  driverSeconds: number,
): Round {
  const { requests, seconds, latencies } = measured
  const { before, after } = server
  return {
    requestsPerSecond: requests / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpu: before && after ? ((after.cpuSeconds - before.cpuSeconds) / requests) * 1e6 : null,
    rss: after ? after.rssBytes / 1e6 : null,
    driver: driverSeconds / seconds,
  }
}

/** @param ascending not empty; between two of them it is interpolated */
export function quantile(ascending: readonly number[], part: number): number {
  const at = (ascending.length - 1) * part
  const [low = Number.NaN, high = low] = ascending.slice(Math.floor(at), Math.floor(at) + 2)
  return low + (high - low) * (at - Math.floor(at))
}

export function spread(figures: readonly number[]): Spread {
  const ascending = [...figures].sort((a, b) => a - b)
  return {
    q1: quantile(ascending, 0.25),
    median: quantile(ascending, 0.5),
    q3: quantile(ascending, 0.75),
  }
}

/**
 * How one contender compares with another: round by round, for what disturbs the machine disturbs
 * both of a round, and only then the middle of it.
 */
export function paired(
  ours: readonly Round[],
  theirs: readonly Round[],
  figure: (round: Round) => number | null,
): Spread | undefined {
  const ratios = ours.flatMap((round, index) => {
    const [mine, other] = [figure(round), theirs[index] ? figure(theirs[index]) : null]
    return mine === null || other === null || other === 0 ? [] : [mine / other]
  })
  return ratios.length === 0 ? undefined : spread(ratios)
}

/** The median of a figure over all rounds. */
export function middle(
  rounds: readonly Round[],
  figure: (round: Round) => number | null,
): number | undefined {
  const known = rounds.map(figure).filter((value) => value !== null)
  return known.length === 0 ? undefined : spread(known).median
}
