import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Moment } from '../../../clock/moment.ts'
import type { Lane, Mark, Timeline } from '../../timeline/layout.ts'
import {
  following,
  panned,
  rowsOf,
  type Selected,
  selectNext,
  type Viewport,
  xOf,
  ZOOMS,
  zoomed,
} from '../../timeline/viewport.ts'
import { AXIS, draw, fullHeight, LANE, paletteOf, STRIP } from './draw.ts'

/** Of the part of the timeline that is seen at once; more scrolls. */
const TALLEST = 460

const DARK = '(prefers-color-scheme: dark)'

export interface View {
  readonly viewport: Viewport
  /** Whether *now* stays in its place while time moves. */
  readonly follows: boolean
}

interface CanvasProps {
  readonly timeline: Timeline
  readonly now: () => Moment
  readonly view: View
  readonly change: (view: View | ((before: View) => View)) => void
  readonly selected: Selected | undefined
  readonly select: (selected: Selected | undefined) => void
}

/** The timeline as a picture: dragged, pressed, scrolled, or gone through by keyboard. */
export function TimelineCanvas(props: CanvasProps): JSX.Element {
  const { timeline, now, view, change, selected, select } = props
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const latest = useRef(props)
  latest.current = props
  const full = fullHeight(timeline.lanes.length)
  const height = Math.min(full, TALLEST)

  useEffect(() => {
    let request = requestAnimationFrame(function again() {
      paint(canvas.current, frame.current, latest.current)
      request = requestAnimationFrame(again)
    })
    return () => cancelAnimationFrame(request)
  }, [])
  // The first picture at once, not a frame later.
  useLayoutEffect(() => paint(canvas.current, frame.current, latest.current), [])

  const width = () => canvas.current?.clientWidth ?? 1
  const pan = (pixels: number) =>
    change(({ viewport }) => ({
      viewport: panned(viewport, (-pixels / width()) * viewport.span),
      follows: false,
    }))
  const zoomBy = (factor: number, around: Moment) =>
    change(({ viewport, follows }) => ({
      follows,
      viewport: zoomed(viewport, clampSpan(viewport.span * factor), around),
    }))

  const dragging = useRef<{ x: number; moved: number } | undefined>(undefined)

  function show(next: Selected | undefined): void {
    if (!next) return
    select(next)
    const { from, span } = current(view, now())
    const x = (next.mark.at - from) / span
    // What was selected is brought into the picture.
    if (x < 0.05 || x > 0.95) change({ viewport: following(next.mark.at, span), follows: false })
    frame.current?.scrollTo({ top: (Math.min(next.row, timeline.lanes.length) - 1) * LANE })
  }

  function onKey(event: KeyboardEvent): void {
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight':
      case 'ArrowUp':
      case 'ArrowDown':
        show(selectNext(rowsOf(timeline), selected, event.key))
        break
      case '+':
        zoomBy(0.5, selected?.mark.at ?? now())
        break
      case '-':
        zoomBy(2, selected?.mark.at ?? now())
        break
      default:
        return
    }
    event.preventDefault()
  }

  return (
    <div
      ref={frame}
      class="timeline"
      // It takes the arrow keys itself (WAI-ARIA `application`); the same is in the table below.
      role="application"
      aria-roledescription="timeline"
      aria-label={summary(timeline)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      style={{ height: `${height}px` }}
      onKeyDown={onKey}
      onWheel={(event) => {
        if (event.ctrlKey) {
          event.preventDefault()
          const { from, span } = current(view, now())
          zoomBy(Math.exp(event.deltaY / 200), from + (event.offsetX / width()) * span)
        } else if (event.deltaX !== 0) pan(-event.deltaX)
      }}
      onPointerDown={(event) => {
        dragging.current = { x: event.clientX, moved: 0 }
        frame.current?.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        const drag = dragging.current
        if (!drag) return
        const by = event.clientX - drag.x
        drag.x = event.clientX
        drag.moved += Math.abs(by)
        if (by !== 0) pan(by)
      }}
      onPointerUp={(event) => {
        const drag = dragging.current
        dragging.current = undefined
        const box = frame.current?.getBoundingClientRect()
        if (!drag || drag.moved > 4 || !box) return
        const scrolled = frame.current?.scrollTop ?? 0
        select(
          markAt(
            timeline,
            current(view, now()),
            event.clientX - box.left,
            event.clientY - box.top + scrolled,
            width(),
          ),
        )
      }}
    >
      <canvas ref={canvas} style={{ height: `${height}px` }} />
      <div style={{ height: `${full - height}px` }} />
    </div>
  )
}

const clampSpan = (span: number): number =>
  Math.min(ZOOMS[3][1] * 2, Math.max(ZOOMS[0][1] / 12, span))

/** While it follows, the picture slides on with time. */
const current = ({ viewport, follows }: View, now: Moment): Viewport =>
  follows ? following(now, viewport.span) : viewport

function paint(
  canvas: HTMLCanvasElement | null,
  frame: HTMLDivElement | null,
  { timeline, view, now, selected }: CanvasProps,
): void {
  const context = canvas?.getContext('2d')
  if (!canvas || !frame || !context) return
  const { clientWidth: width, clientHeight: height } = canvas
  const scale = devicePixelRatio
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
  }
  context.setTransform(scale, 0, 0, scale, 0, 0)
  const at = now()
  draw(context, {
    timeline,
    viewport: current(view, at),
    now: at,
    width,
    height,
    scrolled: frame.scrollTop,
    palette: paletteOf(matchMedia(DARK).matches),
    selected,
  })
}

/** How near to a mark a press is meant for it. */
const NEAR = 12

function markAt(
  timeline: Timeline,
  viewport: Viewport,
  x: number,
  y: number,
  width: number,
): Selected | undefined {
  const row = rowAt(timeline.lanes.length, y - AXIS)
  const distance = (mark: Mark) => Math.abs(xOf(viewport, mark.at, width) - x)
  const [nearest] = (rowsOf(timeline)[row] ?? [])
    .filter((mark) => distance(mark) < NEAR)
    .sort((a, b) => distance(a) - distance(b))
  return nearest && { row, mark: nearest }
}

const rowAt = (lanes: number, y: number): number =>
  y < lanes * LANE ? Math.floor(y / LANE) : lanes + Math.floor((y - lanes * LANE) / STRIP)

const summary = ({ lanes }: Timeline): string =>
  lanes.length === 0
    ? 'Timeline: nobody has signed in yet'
    : `Timeline of ${lanes.length} ${lanes.length === 1 ? 'device' : 'devices'}: ${lanes
        .slice(0, 5)
        .map(inShort)
        .join('; ')}`

const inShort = ({ device, bands }: Lane): string => {
  const last = bands.at(-1)
  return `${device}, ${last?.ending ? `ended: ${last.ending.reason}` : 'signed in'}`
}
