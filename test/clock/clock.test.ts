import { expect, test } from 'vitest'
import { StoppedClock, SystemClock, VirtualClock } from '../../clock/clock.ts'
import { DAY } from '../../clock/moment.ts'

test('a virtual clock runs ahead, forward only, and says what to do to go back', () => {
  const clock = new VirtualClock(new StoppedClock(1_000))
  clock.advance(DAY)
  expect(clock.now()).toBe(1_000 + DAY)
  expect(() => clock.setOffset(DAY - 1)).toThrow('Reset it to go back')
  expect(() => clock.setOffset(Number.NaN)).toThrow(RangeError)
  expect(() => clock.advance(-1)).toThrow(RangeError)
  clock.reset()
  expect(clock.now()).toBe(1_000)
})

test('ages grow with virtual time as well', () => {
  const clock = new VirtualClock(new SystemClock())
  const before = clock.elapsed()
  clock.advance(DAY)
  expect(clock.elapsed() - before).toBeGreaterThanOrEqual(DAY)
})
