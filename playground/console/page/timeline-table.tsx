import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { toIso } from '../../../clock/moment.ts'
import { MARKS, type Mark, type Timeline } from '../../timeline/layout.ts'
import { marksOf } from '../../timeline/viewport.ts'
import { Scroll } from './scroll.tsx'

/** Rows of the table that are there at once. */
const ROWS = 100

/** The same, for screen readers and for those who would rather read. */
export function TimelineTable({ timeline }: { readonly timeline: Timeline }): JSX.Element {
  const [open, setOpen] = useState(false)
  const [pages, setPages] = useState(1)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The timeline as a table</summary>
      {open && <Rows timeline={timeline} pages={pages} more={() => setPages(pages + 1)} />}
    </details>
  )
}

function Rows({
  timeline,
  pages,
  more,
}: {
  readonly timeline: Timeline
  readonly pages: number
  readonly more: () => void
}): JSX.Element {
  const rows = useMemo(() => rowsOf(timeline), [timeline])
  const shown = rows.slice(0, pages * ROWS)
  return (
    <>
      <Scroll label="The timeline as a table">
        <table>
          <caption>The newest first, in UTC</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Where</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ where, mark: { number, at, kind, says } }) => (
              <tr key={number}>
                <td>
                  <time dateTime={toIso(at)}>{toIso(at).slice(0, 16).replace('T', ' ')}</time>
                </td>
                <td>{where}</td>
                <td>
                  <span aria-hidden="true">{MARKS[kind]}</span> {says}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {shown.length < rows.length && (
        <button type="button" class="quiet" onClick={more}>
          Earlier ones
        </button>
      )}
    </>
  )
}

interface Row {
  readonly where: string
  readonly mark: Mark
}

const rowsOf = ({ lanes, services, others }: Timeline): readonly Row[] =>
  [
    ...lanes.flatMap((lane) =>
      marksOf(lane).map((mark) => ({ where: `${lane.device}, ${lane.person}`, mark })),
    ),
    ...services.map((mark) => ({ where: 'services', mark })),
    ...others.map((mark) => ({ where: 'playground', mark })),
  ].sort((a, b) => b.mark.at - a.mark.at || b.mark.number - a.mark.number)
