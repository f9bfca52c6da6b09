import { parseArgs } from 'node:util'

export interface BenchArguments {
  readonly rounds: number
  /** Of each contender in each round. */
  readonly seconds: number
  /** Of each contender before the first round. */
  readonly warmUp: number
  readonly connections: number
  /** How many sessions each store of ours holds. */
  readonly sessions: readonly number[]
  /** How many of them are in use, at random, at each contender. */
  readonly used: number
  /** Snapshots of each store under load. */
  readonly compactions: number
  readonly json: boolean
}

/** What is wrong with the command line, in a sentence. */
export class ArgumentError extends Error {}

export const USAGE = `npm run bench -- [options]

  --rounds <n>       paired rounds (7)
  --seconds <n>      of each contender in each round (3)
  --warm-up <n>      seconds of each contender before the first round (10)
  --connections <n>  keep-alive connections, each with one request at a time (32)
  --sessions <n,…>   how many sessions our stores hold, one store each (1000,100000,1000000)
  --used <n>         how many of them are in use, spread over all (10000)
  --compactions <n>  snapshots of each store under load, for the longest pause (3)
  --json             one JSON object instead of the table
`

const OPTIONS = {
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '3' },
  'warm-up': { type: 'string', default: '10' },
  connections: { type: 'string', default: '32' },
  sessions: { type: 'string', default: '1000,100000,1000000' },
  used: { type: 'string', default: '10000' },
  compactions: { type: 'string', default: '3' },
  json: { type: 'boolean', default: false },
} as const

/** @throws ArgumentError */
export function readArguments(words: readonly string[]): BenchArguments {
  const { values } = parse(words)
  const read = {
    rounds: whole('rounds', values.rounds, 1_000),
    seconds: positive('seconds', values.seconds),
    warmUp: positive('warm-up', values['warm-up']),
    connections: whole('connections', values.connections, 10_000),
    sessions: values.sessions.split(',').map((text) => whole('sessions', text, 10_000_000)),
    used: whole('used', values.used, 1_000_000),
    compactions: whole('compactions', values.compactions, 100),
    json: values.json,
  }
  if (Math.min(read.used, ...read.sessions) < read.connections) {
    throw new ArgumentError(
      'Each connection has sessions of its own: give more --sessions and --used.',
    )
  }
  return read
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS })
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : 'Unknown option.')
  }
}

function whole(name: string, text: string, most: number): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new ArgumentError(`--${name} is a whole number from 1 to ${most}.`)
  }
  return number
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (!(number > 0 && number <= 60)) {
    throw new ArgumentError(`--${name} is a number of seconds up to 60.`)
  }
  return number
}
