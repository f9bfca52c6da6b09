import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../clock/moment.ts'
import { Ledger } from './ledger.ts'
import { growthOf } from './memory.ts'

let ledger: Ledger
beforeEach(() => {
  ledger = new Ledger({ idle: 14 * DAY, absolute: 180 * DAY })
  ledger.begun('s', 0, HOUR)
})

const refreshedAt = (at: number) => ledger.refreshed('s', at, at, at, ledger.acknowledged('s'))

describe('what nobody may be told', () => {
  test.each([
    ['an ending that nobody asked for', () => ledger.heardEnd('s', 'reuse_detected', DAY)],
    ['idle_expired on day 13', () => ledger.heardEnd('s', 'idle_expired', 13 * DAY)],
    [
      'idle_expired 13 days after the last use',
      () => {
        refreshedAt(10 * DAY)
        ledger.heardEnd('s', 'idle_expired', 23 * DAY)
      },
    ],
    ['absolute_expired on day 179', () => ledger.heardEnd('s', 'absolute_expired', 179 * DAY)],
    ['an ending without a reason', () => ledger.heardEnd('s', undefined, DAY)],
    [
      'another reason than the one asked for',
      () => {
        ledger.willEnd(['s'], 'signed_out')
        ledger.heardEnd('s', 'password_reset', DAY)
      },
    ],
    ['a refresh 15 days after the last use', () => refreshedAt(15 * DAY)],
    [
      'a refresh after an ending that was acknowledged',
      () => {
        ledger.willEnd(['s'], 'signed_out').acknowledged = true
        refreshedAt(DAY)
      },
    ],
    [
      'a refresh on day 181, however often it was used',
      () => {
        for (let day = 1; day <= 181; day++) refreshedAt(day * DAY)
      },
    ],
  ])('%s', (_, hear) => {
    hear()
    expect(ledger.broken).toHaveLength(1)
  })
})

describe('what is right', () => {
  test.each([
    ['idle_expired on day 14', () => ledger.heardEnd('s', 'idle_expired', 14 * DAY)],
    [
      'the answer of an attempt that was lost days ago, and idle_expired 14 days after that',
      () => {
        ledger.mayHaveRefreshed('s', DAY)
        ledger.refreshed('s', DAY, 9 * DAY, 9 * DAY, [])
        ledger.heardEnd('s', 'idle_expired', 15 * DAY)
      },
    ],
    [
      'a refresh 20 days after the last answer, for a lost one may have come between',
      () => {
        ledger.mayHaveRefreshed('s', 10 * DAY)
        refreshedAt(20 * DAY)
      },
    ],
    [
      'an ending that was asked for and never acknowledged, or no ending',
      () => {
        ledger.willEnd(['s'], 'signed_out_elsewhere')
        refreshedAt(DAY)
        ledger.heardEnd('s', 'signed_out_elsewhere', 2 * DAY)
      },
    ],
    [
      'a refresh that had left before the ending was acknowledged',
      () => {
        const before = [...ledger.acknowledged('s')]
        ledger.willEnd(['s'], 'signed_out').acknowledged = true
        ledger.refreshed('s', DAY, DAY, DAY, before)
      },
    ],
    ['absolute_expired on day 180', () => ledger.heardEnd('s', 'absolute_expired', 180 * DAY)],
  ])('%s', (_, hear) => {
    hear()
    expect(ledger.broken).toEqual([])
  })
})

describe('memory: a process grows up and then no more', () => {
  const samples = (memory: (second: number) => number) =>
    Array.from({ length: 600 }, (_, second) => memory(second))

  test.each([
    ['a plateau', (second: number) => 80 + Math.min(second, 120) / 2, true],
    ['a plateau with teeth', (second: number) => 120 + (second % 30), true],
    ['a leak of 10 MiB a minute', (second: number) => 100 + second / 6, false],
  ])('%s', (_, memory, plateau) => {
    expect(growthOf(samples(memory)) === undefined).toBe(plateau)
  })

  test('a minute shows nothing', () => {
    expect(growthOf(samples((second) => second).slice(0, 60))).toBeUndefined()
  })
})
