import { expect, test } from 'vitest'
import { DAY, HOUR, type Moment } from '../../../clock/moment.ts'
import type { Lane, Mark } from '../../../playground/timeline/layout.ts'
import {
  firstFrom,
  following,
  panned,
  rowsOf,
  selectNext,
  visibleMarks,
  xOf,
  zoomed,
} from '../../../playground/timeline/viewport.ts'

const NOW: Moment = Date.UTC(2026, 10, 24, 12)

const mark = (number: number, at: Moment, kind: Mark['kind'] = 'refreshed'): Mark => ({
  number,
  at,
  kind,
  says: `${number}`,
})

const lane = (...marks: readonly Mark[]): Lane => ({
  id: `${marks[0]?.number}`,
  device: 'Laptop',
  platform: 'linux',
  person: 'Ada',
  bands: [{ session: 'ses', client: 'web', from: NOW, ending: undefined, marks, ahead: undefined }],
})

test('while it follows, now stands two thirds from the left at every zoom', () => {
  for (const span of [HOUR, DAY, 200 * DAY]) {
    expect(xOf(following(NOW, span), NOW, 900)).toBeCloseTo(600)
  }
})

test('zoomed around a moment, that moment stays where it is; panned there and back, nothing has moved', () => {
  const before = following(NOW, 35 * DAY)
  const at = NOW - 3 * DAY
  const after = zoomed(before, DAY, at)
  expect(xOf(after, at, 800)).toBeCloseTo(xOf(before, at, 800))
  expect(panned(panned(before, DAY), -DAY)).toEqual(before)
})

test('of marks closer together than a pixel has room, one of each kind is drawn', () => {
  const marks = Array.from({ length: 10_000 }, (_, index) => mark(index, NOW + index))
  marks.push(mark(10_000, NOW + 10_000, 'ended'))
  const drawn = visibleMarks(marks, { from: NOW, span: 100 * DAY }, 1_000, 4)
  expect(drawn.map(({ kind }) => kind)).toEqual(['refreshed', 'ended'])
  expect(visibleMarks(marks, { from: NOW, span: 10_001 }, 1_000, 4).length).toBeLessThanOrEqual(252)
  expect(visibleMarks(marks, { from: NOW + DAY, span: DAY }, 1_000, 4)).toEqual([])
})

test('the first mark from a moment on', () => {
  const marks = [mark(1, 10), mark(2, 20), mark(3, 20), mark(4, 30)]
  expect([0, 10, 11, 20, 30, 31].map((at) => firstFrom(marks, at))).toEqual([0, 0, 1, 1, 3, 4])
})

test('arrow keys: from the newest of the first lane, along it, across and into the strips, and no further than there is', () => {
  const lanes = [lane(mark(1, NOW), mark(2, NOW + 1)), lane(mark(3, NOW))]
  const rows = rowsOf({ now: NOW, lanes, services: [], others: [mark(4, NOW)] })
  const newest = selectNext(rows, undefined, 'ArrowRight')
  expect(newest).toMatchObject({ row: 0, mark: { number: 2 } })
  expect(selectNext(rows, newest, 'ArrowRight')).toBe(newest)
  expect(selectNext(rows, newest, 'ArrowUp')).toBe(newest)
  expect(selectNext(rows, newest, 'ArrowLeft')).toMatchObject({ mark: { number: 1 } })
  const below = selectNext(rows, newest, 'ArrowDown')
  expect(below).toMatchObject({ row: 1, mark: { number: 3 } })
  // No service was told of anything: that strip is passed over.
  const strip = selectNext(rows, below, 'ArrowDown')
  expect(strip).toMatchObject({ row: 3, mark: { number: 4 } })
  expect(selectNext(rows, strip, 'ArrowDown')).toBe(strip)
  expect(selectNext(rows, strip, 'ArrowUp')).toMatchObject({ row: 1 })
  expect(selectNext([[]], undefined, 'ArrowUp')).toBeUndefined()
})
