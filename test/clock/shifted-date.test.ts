import { afterEach, expect, test } from 'vitest'
import { shiftDate } from '../../clock/shifted-date.ts'

const RealDate = globalThis.Date
afterEach(() => {
  globalThis.Date = RealDate
})

const DAY = 86_400_000

test('everything that asks what time it is gets the shifted time', () => {
  const shifted = shiftDate()
  shifted.setOffset(14 * DAY)
  const real = RealDate.now()
  const fresh = new Date()
  for (const told of [Date.now(), fresh.getTime(), Date.parse(Date()) + 999]) {
    expect(told - real).toBeGreaterThanOrEqual(14 * DAY)
    expect(told - real).toBeLessThan(14 * DAY + 5_000)
  }
  expect(shifted.offset).toBe(14 * DAY)
})

test('dates that name a moment stay what they are', () => {
  shiftDate().setOffset(DAY)
  expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z')
  expect(new Date(2026, 0, 1).getTime()).toBe(new RealDate(2026, 0, 1).getTime())
  expect(new Date('2026-01-01').getTime()).toBe(Date.UTC(2026, 0, 1))
  expect(new Date(new RealDate(7)).getTime()).toBe(7)
})

test('dates made elsewhere are dates, and dates made here are real ones', () => {
  shiftDate()
  expect(new RealDate() instanceof Date).toBe(true)
  expect(structuredClone(new Date()) instanceof Date).toBe(true)
  expect(new Date() instanceof RealDate).toBe(true)
})

test('backwards is refused', () => {
  const shifted = shiftDate()
  shifted.setOffset(DAY)
  expect(() => shifted.setOffset(DAY - 1)).toThrow('forward only')
})
