import type { JSX } from 'preact'
import type { Moment } from '../clock/moment.ts'
import { exactTime, Time } from './time.tsx'

export interface Deadline {
  /** What it says while the moment is ahead; the time is put after it. */
  readonly ahead: string
  /** What it says once the moment has passed, and nothing came of it here yet. */
  readonly over: string
  /** When this stretch of time began. */
  readonly from: Moment
  readonly to: Moment
  /** `soft` slides on with each use, `hard` stands. */
  readonly edge: 'soft' | 'hard'
}

/**
 * What is ahead, each on a line of its own scale from its beginning to its end: what has passed is
 * filled, what is to come is hollow, and *now* is where they meet. The words say the same.
 */
export function Deadlines({
  deadlines,
  now,
}: {
  readonly deadlines: readonly Deadline[]
  readonly now: Moment
}): JSX.Element {
  return (
    <ul class="deadlines">
      {deadlines.map(({ ahead, over, from, to, edge }) => (
        <li key={`${from}-${to}-${edge}`}>
          <p>
            {now < to ? (
              <>
                {ahead} <Time at={to} now={now} />
              </>
            ) : (
              over
            )}
          </p>
          <div
            class={`lane ${edge}`}
            role="img"
            aria-label={`${percent(from, to, now)} % of the time from ${exactTime(from)} to ${exactTime(to)} has passed`}
          >
            <div class="past" style={{ width: `${percent(from, to, now)}%` }} />
          </div>
        </li>
      ))}
    </ul>
  )
}

const percent = (from: Moment, to: Moment, now: Moment): number =>
  to <= from ? 100 : Math.round(Math.min(1, Math.max(0, (now - from) / (to - from))) * 100)
