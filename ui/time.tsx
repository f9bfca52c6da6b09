import type { JSX } from 'preact'
import { durationInWords } from '../clock/duration.ts'
import { type Duration, MINUTE, type Moment, SECOND, toIso } from '../clock/moment.ts'

/** Beyond this nobody counts in seconds how far away a moment is. */
const IN_MINUTES_FROM: Duration = 90 * SECOND

/** `in 13 days`, `5 minutes ago`, `now`: as precise as is of use. */
export function relativeTime(at: Moment, now: Moment): string {
  const distance: Duration = Math.abs(at - now)
  if (distance < SECOND) return 'now'
  const told = distance < IN_MINUTES_FROM ? distance : Math.round(distance / MINUTE) * MINUTE
  const words = durationInWords(told)
  return at > now ? `in ${words}` : `${words} ago`
}

/** `23 November 2026 at 12:00 UTC`; always with its zone. */
export const exactTime = (at: Moment, timeZone = 'UTC'): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(at)

/** A moment in a sentence: relative for the eye, exact in the title and for screen readers. */
export function Time({ at, now }: { readonly at: Moment; readonly now: Moment }): JSX.Element {
  const exact = exactTime(at)
  return (
    <time dateTime={toIso(at)} title={exact}>
      {relativeTime(at, now)}
      <span class="unseen"> ({exact})</span>
    </time>
  )
}
