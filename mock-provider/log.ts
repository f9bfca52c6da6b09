import type { Clock } from '../clock/clock.ts'
import { toIso } from '../clock/moment.ts'

/** Writes down what happened. Never given a password, a token, a code or a query string. */
export type Log = (event: string, details?: Readonly<Record<string, string | number>>) => void

/** One line of JSON an event, on stderr: stdout belongs to the ready line. */
export const createLog =
  (clock: Clock, write: (line: string) => void = (line) => process.stderr.write(line)): Log =>
  (event, details) =>
    write(`${JSON.stringify({ time: toIso(clock.now()), event, ...details })}\n`)
