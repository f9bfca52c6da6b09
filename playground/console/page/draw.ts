import { DAY, type Duration, HOUR, type Moment, toIso } from '../../../clock/moment.ts'
import { COLOURS, type ColourName } from '../../../ui/tokens.ts'
import {
  type Band,
  type Lane,
  MARKS,
  type Mark,
  type MarkKind,
  type Timeline,
} from '../../timeline/layout.ts'
import { type Selected, type Viewport, visibleMarks, xOf } from '../../timeline/viewport.ts'

/** The name stands above the band and its signs. */
export const LANE = 58
export const AXIS = 24
/** The strips under the lanes: the name stands above the marks, and covers none. */
export const STRIP = 42

/** Marks of a kind that are closer together are drawn as one. */
const GAP = 4

export type Palette = Readonly<Record<ColourName, string>>

/** A canvas knows no custom properties. */
export const paletteOf = (dark: boolean): Palette => {
  const shade = dark ? 'dark' : 'light'
  const colours = Object.entries(COLOURS).map(([name, colour]) => [name, colour[shade]])
  return Object.fromEntries(colours) as Palette
}

const TONES = {
  signed_in: 'accent',
  refreshed: 'accent',
  replayed: 'warn',
  superseded: 'warn',
  proven: 'good',
  not_proven: 'bad',
  ended: 'bad',
  delivered: 'good',
  retrying: 'warn',
  dead: 'bad',
  acted: 'text',
  fault: 'warn',
  clock: 'muted',
} as const satisfies Record<MarkKind, ColourName>

export interface Frame {
  readonly timeline: Timeline
  readonly viewport: Viewport
  readonly now: Moment
  readonly width: number
  /** Of the part that is seen. */
  readonly height: number
  readonly scrolled: number
  readonly palette: Palette
  readonly selected: Selected | undefined
}

export const fullHeight = (lanes: number): number => AXIS + lanes * LANE + 2 * STRIP

/** Draws what is seen, and nothing else: the cost doesn't grow with what happened. */
export function draw(context: CanvasRenderingContext2D, frame: Frame): void {
  const { timeline, width, height, scrolled, palette, viewport, now } = frame
  context.fillStyle = palette.raised
  context.fillRect(0, 0, width, height)
  context.font = '13px system-ui, sans-serif'
  context.textBaseline = 'middle'
  drawAxis(context, frame)

  context.save()
  context.beginPath()
  context.rect(0, AXIS, width, height - AXIS)
  context.clip()
  const first = Math.max(0, Math.floor(scrolled / LANE))
  const last = Math.min(timeline.lanes.length, Math.ceil((scrolled + height - AXIS) / LANE))
  for (let index = first; index < last; index++) {
    const lane = timeline.lanes[index]
    if (lane) drawLane(context, frame, lane, index, AXIS + index * LANE - scrolled)
  }
  const below = AXIS + timeline.lanes.length * LANE - scrolled
  const { length: strips } = timeline.lanes
  drawStrip(context, frame, 'Services', timeline.services, strips, below)
  drawStrip(context, frame, 'People, plans, clock', timeline.others, strips + 1, below + STRIP)
  context.restore()

  const x = xOf(viewport, now, width)
  context.fillStyle = palette.text
  context.fillRect(Math.round(x) - 1, 0, 2, height)
  context.fillText('now', x + 5, AXIS / 2)
}

const TICKS: readonly Duration[] = [HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY, 91 * DAY]

function drawAxis(context: CanvasRenderingContext2D, frame: Frame): void {
  const { viewport, width, height, palette, now } = frame
  const room = width / 110
  const step = TICKS.find((tick) => viewport.span / tick <= room) ?? 364 * DAY
  const nowX = xOf(viewport, now, width)
  for (
    let at = Math.ceil(viewport.from / step) * step;
    at < viewport.from + viewport.span;
    at += step
  ) {
    const x = xOf(viewport, at, width)
    context.fillStyle = palette.line
    context.fillRect(Math.round(x), AXIS, 1, height - AXIS)
    const iso = toIso(at)
    // *Now* stands in front.
    if (x + 80 > nowX && x < nowX + 36) continue
    context.fillStyle = palette.muted
    context.fillText(
      step < DAY ? iso.slice(5, 16).replace('T', ' ') : iso.slice(0, 10),
      x + 4,
      AXIS / 2,
    )
  }
}

function drawLane(
  context: CanvasRenderingContext2D,
  frame: Frame,
  { device, person, bands }: Lane,
  index: number,
  top: number,
): void {
  const { palette, width } = frame
  context.fillStyle = palette.line
  context.fillRect(0, top + LANE - 1, width, 1)
  for (const band of bands) drawBand(context, frame, band, index, top + 38)
  const name = `${device}, ${person}`
  drawEndings(context, frame, bands, top + 12, context.measureText(name).width + 16)
  context.fillStyle = palette.raised
  context.fillRect(0, top + 2, context.measureText(name).width + 16, 17)
  context.fillStyle = palette.text
  context.fillText(name, 8, top + 12)
}

function drawBand(
  context: CanvasRenderingContext2D,
  frame: Frame,
  band: Band,
  lane: number,
  middle: number,
): void {
  const { viewport, width, palette, now } = frame
  const left = xOf(viewport, band.from, width)
  const right = xOf(viewport, band.ending?.at ?? now, width)
  const far = band.ahead ? xOf(viewport, band.ahead.absolute, width) : right
  if (far < 0 || left > width) return
  if (band.ahead) drawAhead(context, frame, band.ahead, right, middle)
  context.fillStyle = palette.accent
  context.globalAlpha = 0.25
  const from = Math.max(left, -10)
  context.fillRect(from, middle - 8, Math.max(2, Math.min(right, width + 10) - from), 16)
  context.globalAlpha = 1
  for (const mark of visibleMarks(band.marks, viewport, width, GAP)) {
    drawMark(context, frame, mark, middle, lane)
  }
}

/**
 * Above the bands, and to the left of where they end, for the next session may begin right there; where that
 * is taken, to the right, and one that has no room at all is left out.
 *
 * @param from where the lane's name leaves room
 */
function drawEndings(
  context: CanvasRenderingContext2D,
  { viewport, width, palette }: Frame,
  bands: readonly Band[],
  middle: number,
  from: number,
): void {
  context.fillStyle = palette.bad
  let taken = from
  for (const { ending } of bands) {
    if (!ending) continue
    const at = xOf(viewport, ending.at, width)
    if (at < 0 || at - 6 > width) continue
    const long = context.measureText(ending.reason).width
    const left = at + 6 - long >= taken ? at + 6 - long : Math.max(at - 6, taken)
    if (left > at + 6 || left + long > width) continue
    context.fillText(ending.reason, left, middle)
    taken = left + long + 8
  }
}

/** The future is hollow: the hour thin, the window with a soft edge, the absolute end a wall. */
function drawAhead(
  context: CanvasRenderingContext2D,
  { viewport, width, palette }: Frame,
  ahead: NonNullable<Band['ahead']>,
  now: number,
  middle: number,
): void {
  const end = xOf(viewport, Math.min(ahead.window, ahead.absolute), width)
  const wall = xOf(viewport, ahead.absolute, width)
  const hour = xOf(viewport, ahead.hour, width)
  context.strokeStyle = palette.accent
  context.lineWidth = 1
  context.setLineDash([4, 3])
  context.strokeRect(now, middle - 7.5, Math.max(0, end - now), 15)
  context.setLineDash([])
  context.fillStyle = palette.muted
  context.fillRect(end, middle - 0.5, Math.max(0, wall - end), 1)
  context.fillStyle = palette.text
  context.fillRect(wall - 2, middle - 12, 4, 24)
  if (hour > now) context.fillRect(hour, middle - 8, 1, 16)
}

function drawStrip(
  context: CanvasRenderingContext2D,
  frame: Frame,
  name: string,
  marks: readonly Mark[],
  row: number,
  top: number,
): void {
  const { viewport, width, palette } = frame
  for (const mark of visibleMarks(marks, viewport, width, GAP)) {
    drawMark(context, frame, mark, top + 30, row)
  }
  context.fillStyle = palette.muted
  context.fillText(name, 8, top + 11)
}

function drawMark(
  context: CanvasRenderingContext2D,
  { viewport, width, palette, selected }: Frame,
  { at, kind, number }: Mark,
  middle: number,
  row: number,
): void {
  const x = xOf(viewport, at, width)
  context.fillStyle = palette[TONES[kind]]
  context.strokeStyle = palette[TONES[kind]]
  context.lineWidth = 2
  SHAPES[kind](context, x, middle)
  if (selected?.mark.number === number && selected.row === row) {
    context.strokeStyle = palette.text
    context.lineWidth = 2
    context.strokeRect(x - 11, middle - 13, 22, 26)
  }
}

type Shape = (context: CanvasRenderingContext2D, x: number, y: number) => void

const disc =
  (radius: number): Shape =>
  (context, x, y) => {
    context.beginPath()
    context.arc(x, y, radius, 0, 2 * Math.PI)
    context.fill()
  }

const ring =
  (radius: number, turn: number): Shape =>
  (context, x, y) => {
    context.beginPath()
    context.arc(x, y, radius, 0.5, 0.5 + turn * 2 * Math.PI)
    context.stroke()
  }

/** Straight lines through points around the middle. */
const lines =
  (fill: boolean, ...points: readonly (readonly [number, number])[]): Shape =>
  (context, x, y) => {
    context.beginPath()
    for (const [right, down] of points) context.lineTo(x + right, y + down)
    if (fill) context.fill()
    else context.stroke()
  }

const cross: Shape = (context, x, y) => {
  lines(false, [-4, -4], [4, 4])(context, x, y)
  lines(false, [-4, 4], [4, -4])(context, x, y)
}

/** Above the sign-in, which it belongs to and often stands on. */
const above =
  (word: string): Shape =>
  (context, x, y) =>
    context.fillText(word, x - 4, y - 13)

/** Drawn and not written: which signs a font has, nobody knows. */
const SHAPES = {
  signed_in: disc(6),
  refreshed: (context, x, y) => context.fillRect(x - 1, y - 8, 2, 16),
  replayed: ring(5, 0.8),
  superseded: lines(false, [-4, -5], [1, 0], [-4, 5]),
  proven: above(MARKS.proven),
  not_proven: above(MARKS.not_proven),
  ended: (context, x, y) => context.fillRect(x - 6, y - 6, 12, 12),
  delivered: disc(4),
  retrying: ring(4, 1),
  dead: cross,
  acted: lines(true, [-5, 0], [0, -5], [5, 0], [0, 5]),
  fault: lines(false, [2, -6], [-3, 1], [3, 0], [-2, 6]),
  clock: lines(true, [-3, -5], [5, 0], [-3, 5]),
} as const satisfies Record<MarkKind, Shape>
