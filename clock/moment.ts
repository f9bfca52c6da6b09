/**
 * A moment: whole milliseconds since 1970-01-01T00:00:00Z. Always UTC, never a `Date`, so that
 * moments can be compared, stored and sent without a second thought.
 */
export type Moment = number

/** A length of time in milliseconds. Days are 86 400 s: no calendar, no daylight saving (DESIGN §6). */
export type Duration = number

export const SECOND: Duration = 1_000
export const MINUTE: Duration = 60 * SECOND
export const HOUR: Duration = 60 * MINUTE
export const DAY: Duration = 24 * HOUR

/** JWT NumericDate (RFC 7519 §2): whole seconds, rounded down so that nothing lives longer than said. */
export const toSeconds = (moment: Moment): number => Math.floor(moment / SECOND)

/** The opposite of {@link toSeconds}. */
export const fromSeconds = (seconds: number): Moment => seconds * SECOND

/** `2026-11-23T12:00:00.000Z`, for logs and people who look closely. */
export const toIso = (moment: Moment): string => new Date(moment).toISOString()

/** Reads what {@link toIso} says; `undefined` when it is not a time. */
export function fromIso(text: string): Moment | undefined {
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? undefined : moment
}

/** The value of an HTTP `Date` header (RFC 9110 §6.6.1); whole seconds. */
export const toHttpDate = (moment: Moment): string => new Date(moment).toUTCString()

/** Reads an HTTP `Date` header; `undefined` when there is none or it is not a date. */
export function fromHttpDate(header: string | null | undefined): Moment | undefined {
  if (!header) return undefined
  const moment = Date.parse(header)
  return Number.isNaN(moment) ? undefined : moment
}

/** Reads when a certificate begins or ends, as `node:crypto` tells it: `Nov 24 12:00:00 2036 GMT`. */
export const fromCertificateTime = (text: string): Moment => Date.parse(text)

/** For libraries that insist on a `Date` (jose's `currentDate`, standardwebhooks' `sign`). */
export const toDate = (moment: Moment): Date => new Date(moment)
