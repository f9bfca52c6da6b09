import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Moment } from '../../../clock/moment.ts'
import { exactTime } from '../../../ui/time.tsx'
import type { Happening } from '../../history/happening.ts'
import { layOut } from '../../timeline/layout.ts'
import { following, type Selected, ZOOMS, zoomed } from '../../timeline/viewport.ts'
import { TimelineCanvas, type View } from './timeline-canvas.tsx'
import { TimelineTable } from './timeline-table.tsx'

export function TimelineView({
  happenings,
  now,
}: {
  readonly happenings: readonly Happening[]
  readonly now: () => Moment
}): JSX.Element {
  const timeline = useMemo(() => layOut(happenings, now()), [happenings, now])
  const [view, setView] = useState<View>(() => ({
    viewport: following(now(), ZOOMS[2][1]),
    follows: true,
  }))
  const [selected, setSelected] = useState<Selected>()
  const zoomTo = (span: number) =>
    setView(({ viewport, follows }) => ({
      follows,
      viewport: follows
        ? following(now(), span)
        : zoomed(viewport, span, viewport.from + viewport.span / 2),
    }))
  const { span } = view.viewport
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">The timeline</h2>
      <div class="row">
        {ZOOMS.map(([name, length]) => (
          <button
            key={name}
            type="button"
            class="quiet"
            aria-pressed={span === length}
            onClick={() => zoomTo(length)}
          >
            {name}
          </button>
        ))}
        <button
          type="button"
          class="quiet"
          aria-pressed={view.follows}
          onClick={() => setView({ viewport: following(now(), span), follows: true })}
        >
          Follow now
        </button>
      </div>
      <TimelineCanvas
        timeline={timeline}
        now={now}
        view={view}
        change={setView}
        selected={selected}
        select={setSelected}
      />
      <p role="status" class="selected">
        {selected
          ? `${exactTime(selected.mark.at)}: ${selected.mark.says}`
          : 'Drag to pan, press a mark, or go from mark to mark with the arrow keys; + and − zoom.'}
      </p>
      <TimelineTable timeline={timeline} />
    </section>
  )
}
