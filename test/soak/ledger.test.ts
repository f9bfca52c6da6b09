import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../clock/moment.ts'
import type { Reason } from '../../protocol/reasons.ts'
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

describe('what a service may say of a session, once every delivery has come', () => {
  const end = (reason: Reason, acknowledged: boolean) => {
    ledger.willEnd(['s'], reason).acknowledged = acknowledged
  }

  test.each([
    ['taken, while it lives', () => {}, 200, undefined, true],
    ['refused, while it lives', () => {}, 401, 'signed_out', false],
    ['taken after its end', () => end('signed_out', true), 200, undefined, false],
    ['refused by its reason', () => end('signed_out', true), 401, 'signed_out', true],
    ['refused by another', () => end('signed_out', true), 401, 'password_reset', false],
    ['refused without a reason', () => end('signed_out', true), 401, 'invalid_token', false],
    ['taken: the request to end it may be lost', () => end('signed_out', false), 200, '', true],
    [
      'refused by the first of two reasons, whose answer was lost',
      () => {
        end('signed_out_elsewhere', false)
        end('password_reset', true)
      },
      401,
      'signed_out_elsewhere',
      true,
    ],
    ['in trouble', () => {}, 503, undefined, false],
  ])('%s', (_, happen, status, reason, fine) => {
    happen()
    ledger.heardFromService('s', status, reason, DAY)
    expect(ledger.broken.length === 0).toBe(fine)
  })
})

describe('memory: a process grows up, and then only with what it is to keep', () => {
  const MIB = 1 << 20
  const looks = (held: (look: number) => number, records: (look: number) => number) =>
    Array.from({ length: 120 }, (_, look) => ({ held: held(look) * MIB, records: records(look) }))
  const same = () => 1_000

  test.each([
    ['a plateau', (look: number) => 80 + Math.min(look, 24) / 2, same, true],
    ['a plateau with teeth', (look: number) => 120 + (look % 30), same, true],
    [
      'a record of 1 KiB each, 200 a look',
      (look: number) => 40 + (look * 200) / 1024,
      (look: number) => look * 200,
      true,
    ],
    ['a leak of half a MiB a look', (look: number) => 40 + look / 2, same, false],
    [
      'the same while 20 records a look are added',
      (look: number) => 40 + look / 2,
      (look: number) => look * 20,
      false,
    ],
  ])('%s', (_, held, records, plateau) => {
    expect(growthOf(looks(held, records)) === undefined).toBe(plateau)
  })

  test('a minute shows nothing', () => {
    expect(growthOf(looks((look) => look, same).slice(0, 12))).toBeUndefined()
  })
})
