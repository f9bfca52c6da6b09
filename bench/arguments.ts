import { parseArgs } from 'node:util'

export interface BenchArguments {
  readonly rounds: number
  /** Of each contender in each round. */
  readonly seconds: number
  /** Of each contender before the first round. */
  readonly warmUp: number
  readonly connections: number
  readonly sessions: number
  readonly json: boolean
}

/** What is wrong with the command line, in a sentence. */
export class ArgumentError extends Error {}

export const USAGE = `npm run bench -- [options]

  --rounds <n>       paired rounds (7)
  --seconds <n>      of each contender in each round (4)
  --warm-up <n>      seconds of each contender before the first round (3)
  --connections <n>  keep-alive connections, each with one request at a time (32)
  --sessions <n>     sessions in use at each contender (2000)
  --json             one JSON object instead of the table
`

const OPTIONS = {
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '4' },
  'warm-up': { type: 'string', default: '3' },
  connections: { type: 'string', default: '32' },
  sessions: { type: 'string', default: '2000' },
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
    sessions: whole('sessions', values.sessions, 1_000_000),
    json: values.json,
  }
  if (read.sessions < read.connections) {
    throw new ArgumentError('Each connection has sessions of its own: give more --sessions.')
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
