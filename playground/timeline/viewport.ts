import { DAY, type Duration, HOUR, type Moment } from '../../clock/moment.ts'
import type { Lane, Mark, Timeline } from './layout.ts'

/** The stretch of time that is seen. */
export interface Viewport {
  readonly from: Moment
  readonly span: Duration
}

/** Four honest steps (notes/screens.md). */
export const ZOOMS = [
  ['Hours', 12 * HOUR],
  ['Days', 5 * DAY],
  ['Weeks', 35 * DAY],
  ['Half a year', 200 * DAY],
] as const satisfies readonly (readonly [string, Duration])[]

/** Where *now* stands while the timeline follows: two thirds from the left, with room for what is ahead. */
const NOW_AT = 2 / 3

export const following = (now: Moment, span: Duration): Viewport => ({
  from: now - span * NOW_AT,
  span,
})

export const panned = ({ from, span }: Viewport, by: Duration): Viewport => ({
  from: from + by,
  span,
})

/** Zoomed so that `around` stays where it is. */
export const zoomed = ({ from, span }: Viewport, to: Duration, around: Moment): Viewport => ({
  from: around - ((around - from) / span) * to,
  span: to,
})

export const xOf = ({ from, span }: Viewport, at: Moment, width: number): number =>
  ((at - from) / span) * width

/** The first of `marks`, which are in order, that is not before `at`. */
export function firstFrom(marks: readonly Mark[], at: Moment): number {
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((marks[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The marks of a stretch that are drawn: of those closer together than `gap` pixels and of one kind, the
 * first alone. So a hundred thousand refreshes cost as much as the screen has room for.
 */
export function visibleMarks(
  marks: readonly Mark[],
  viewport: Viewport,
  width: number,
  gap: number,
): readonly Mark[] {
  const seen: Mark[] = []
  const until = viewport.from + viewport.span
  const step = (gap / width) * viewport.span
  const lastOfKind = new Map<Mark['kind'], Moment>()
  for (let index = firstFrom(marks, viewport.from); index < marks.length; index++) {
    const mark = marks[index]
    if (!mark || mark.at > until) break
    if (mark.at - (lastOfKind.get(mark.kind) ?? Number.NEGATIVE_INFINITY) < step) continue
    lastOfKind.set(mark.kind, mark.at)
    seen.push(mark)
  }
  return seen
}

/** All marks of a lane, in order. */
export const marksOf = ({ bands }: Lane): readonly Mark[] =>
  bands.flatMap(({ marks }) => marks).sort((a, b) => a.at - b.at || a.number - b.number)

/** The marks of each lane, and then of the strips below them. */
export const rowsOf = ({ lanes, services, others }: Timeline): readonly (readonly Mark[])[] => [
  ...lanes.map(marksOf),
  services,
  others,
]

/** A mark, and the row that it is in; for going from one to the next by keyboard. */
export interface Selected {
  readonly row: number
  readonly mark: Mark
}

/** What arrow keys lead to; what was selected stays where there is nothing further. */
export function selectNext(
  rows: readonly (readonly Mark[])[],
  selected: Selected | undefined,
  key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown',
): Selected | undefined {
  if (!selected) return newestFrom(rows, 0, 1)
  const across = key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : 0
  if (across !== 0) return newestFrom(rows, selected.row + across, across) ?? selected
  const marks = rows[selected.row] ?? []
  const here = marks.findIndex(({ number }) => number === selected.mark.number)
  const mark = marks[here + (key === 'ArrowLeft' ? -1 : 1)]
  return mark ? { row: selected.row, mark } : selected
}

/** Of the first row from there on that has any mark. */
function newestFrom(
  rows: readonly (readonly Mark[])[],
  first: number,
  step: 1 | -1,
): Selected | undefined {
  for (let row = first; row >= 0 && row < rows.length; row += step) {
    const mark = rows[row]?.at(-1)
    if (mark) return { row, mark }
  }
  return undefined
}
