import type { Log } from '../../client/ports.ts'
import type { Clock } from '../../clock/clock.ts'
import { toIso } from '../../clock/moment.ts'

/** One line of JSON an event. The engine never hands it a token, a code or an address with a query. */
export const lineLog =
  (clock: Clock, write: (line: string) => void): Log =>
  (level, event, details = {}) =>
    write(`${JSON.stringify({ time: toIso(clock.now()), level, event, ...details })}\n`)
