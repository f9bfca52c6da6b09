import type { JSX } from 'preact'
import { durationInWords } from '../clock/duration.ts'
import { type Duration, type Moment, SECOND, toIso } from '../clock/moment.ts'

/** `in 13 days`, `2 hours ago`, `now`. */
export function relativeTime(at: Moment, now: Moment): string {
  const distance: Duration = at - now
  if (Math.abs(distance) < SECOND) return 'now'
  const words = durationInWords(Math.abs(distance))
  return distance > 0 ? `in ${words}` : `${words} ago`
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
