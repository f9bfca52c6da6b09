import type { JSX } from 'preact'
import { durationInWords } from '../clock/duration.ts'
import type { Duration } from '../clock/moment.ts'

/** Says quietly, on every screen, that this is not real time (notes/screens.md). */
export function ClockBadge({
  ahead,
}: {
  readonly ahead?: Duration | undefined
}): JSX.Element | null {
  if (!ahead) return null
  return <span class="badge">clock +{durationInWords(ahead)}</span>
}
