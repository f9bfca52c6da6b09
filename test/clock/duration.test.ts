import { expect, test } from 'vitest'
import { durationInWords, durationText, parseDuration } from '../../clock/duration.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'

test.each([
  ['14d', 14 * DAY],
  ['14d 1s', 14 * DAY + SECOND],
  ['61min', 61 * MINUTE],
  ['61 min', 61 * MINUTE],
  ['5m', 5 * MINUTE],
  ['1h30m', 90 * MINUTE],
  ['2w', 14 * DAY],
  ['250ms', 250],
  ['0s', 0],
  [' 1d ', DAY],
])('"%s" is a length of time', (text, expected) => {
  expect(parseDuration(text)).toBe(expected)
})

test.each(['', ' ', '14', 'd', '-1d', '1.5h', '14days', '1d,', '1d x', '1e3s', 'P14D', '٣d'])(
  '"%s" is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)

test.each([
  [0, '0s'],
  [14 * DAY, '14d'],
  [DAY + 61 * MINUTE + 250, '1d 1h 1min 250ms'],
])('%d ms are written as %s, and read again', (duration, text) => {
  expect(durationText(duration)).toBe(text)
  expect(parseDuration(text)).toBe(duration)
})

test('a length beyond what numbers hold exactly is none', () => {
  expect(parseDuration('999999999999w')).toBeUndefined()
})

test.each([
  [0, 'less than a second'],
  [SECOND, '1 second'],
  [59 * MINUTE, '59 minutes'],
  [HOUR, '1 hour'],
  [14 * DAY, '14 days'],
  [180 * DAY, '180 days'],
])('%d ms is said as "%s"', (duration, words) => {
  expect(durationInWords(duration)).toBe(words)
})

test.each([
  [36 * HOUR, '36 hours'],
  [90 * MINUTE, '90 minutes'],
  [1_500, '2 seconds'],
  [14 * DAY - 3 * HOUR, '14 days'],
  [HOUR - 1, '1 hour'],
  [DAY - SECOND, '1 day'],
  [MINUTE - 1, '1 minute'],
])('%d ms, rounded only where that hides little, is said as: "%s"', (duration, words) => {
  expect(durationInWords(duration)).toBe(words)
})
