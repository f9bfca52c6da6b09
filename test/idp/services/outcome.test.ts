import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND, toHttpDate } from '../../../clock/moment.ts'
import { type AttemptResult, decideAfter, readRetryAfter } from '../../../idp/services/outcome.ts'
import { RETRY_AFTER } from '../../../idp/services/schedule.ts'
import { aDelivery, T0 } from '../store/records.ts'

const first = aDelivery('evt_1')
const answered = (status: number, leaveAlone?: number): AttemptResult => ({
  outcome: { kind: 'answered', status },
  leaveAlone,
})

const WAITS = { state: 'waiting', nextAt: T0 + 5 * SECOND }

const TABLE: readonly (readonly [string, AttemptResult, object, object | undefined])[] = [
  ['200', answered(200), { state: 'delivered', nextAt: null }, undefined],
  ['202 (RFC 8935)', answered(202), { state: 'delivered', nextAt: null }, undefined],
  ['204', answered(204), { state: 'delivered', nextAt: null }, undefined],
  ['301: followed nowhere', answered(301), WAITS, undefined],
  ['307', answered(307), WAITS, undefined],
  ['400', answered(400), WAITS, undefined],
  ['401', answered(401), WAITS, undefined],
  ['404', answered(404), WAITS, undefined],
  ['500', answered(500), WAITS, undefined],
  ['410', answered(410), { state: 'waiting', nextAt: T0 }, { disabled: { at: T0 } }],
  ['429', answered(429), WAITS, { slowUntil: T0 + 5 * SECOND }],
  ['502', answered(502), WAITS, { slowUntil: T0 + 5 * SECOND }],
  ['503', answered(503), WAITS, { slowUntil: T0 + 5 * SECOND }],
  ['504', answered(504), WAITS, { slowUntil: T0 + 5 * SECOND }],
  [
    '503 and Retry-After',
    answered(503, HOUR),
    { state: 'waiting', nextAt: T0 + HOUR },
    { slowUntil: T0 + HOUR },
  ],
  ['429 and a short Retry-After', answered(429, SECOND), WAITS, { slowUntil: T0 + SECOND }],
  [
    '500 and a Retry-After of a year: a day',
    answered(500, 365 * DAY),
    { state: 'waiting', nextAt: T0 + DAY },
    { slowUntil: T0 + DAY },
  ],
  ['a 200 that says Retry-After', answered(200, HOUR), { state: 'delivered' }, undefined],
  ...(['unreachable', 'untrusted', 'timeout', 'internal_target'] as const).map(
    (why) => [why, { outcome: { kind: 'failed', why } }, WAITS, undefined] as const,
  ),
  [
    'not in the settings any more',
    { outcome: { kind: 'failed', why: 'not_configured' } },
    { state: 'dead', nextAt: null },
    undefined,
  ],
]

test.for(TABLE)('after the first attempt: %s', ([, result, delivery, endpoint]) => {
  const after = decideAfter(first, result, T0, 0)
  expect(after.delivery).toMatchObject({ ...delivery, attempts: 1 })
  expect(after.delivery.history).toEqual([{ at: T0, outcome: result.outcome }])
  expect(after.endpoint).toEqual(endpoint)
})

test('ten attempts as the schedule says, then it is dead', () => {
  let delivery = first
  const waits = []
  for (let now = T0; delivery.state === 'waiting'; now = delivery.nextAt ?? now) {
    delivery = decideAfter(delivery, answered(500), now, 0).delivery
    if (delivery.nextAt !== null) waits.push(delivery.nextAt - now)
  }
  expect(waits).toEqual(RETRY_AFTER)
  expect(delivery).toMatchObject({ state: 'dead', attempts: 10 })
  expect(delivery.history).toHaveLength(10)
})

test('only later waits are made longer, by a tenth at most', () => {
  for (const [made, wait] of RETRY_AFTER.entries()) {
    const tried = { ...first, attempts: made }
    const latest = decideAfter(tried, answered(500), T0, 1).delivery.nextAt ?? 0
    expect(latest - T0).toBe(made < 2 ? wait : Math.round(wait * 1.1))
  }
})

test('a late failure pauses the endpoint for a minute, not for the wait of that delivery', () => {
  const after = decideAfter({ ...first, attempts: 8 }, answered(503), T0, 0)
  expect(after.delivery.nextAt).toBe(T0 + DAY)
  expect(after.endpoint).toEqual({ slowUntil: T0 + MINUTE })
})

test('410 at the last attempt: dead, and the endpoint is disabled', () => {
  const after = decideAfter({ ...first, attempts: 9 }, answered(410), T0, 0)
  expect(after).toMatchObject({ delivery: { state: 'dead' }, endpoint: { disabled: { at: T0 } } })
})

const results: fc.Arbitrary<AttemptResult> = fc.record({
  outcome: fc.oneof(
    fc.record({
      kind: fc.constant('answered' as const),
      status: fc.integer({ min: 100, max: 599 }),
    }),
    fc.record({
      kind: fc.constant('failed' as const),
      why: fc.constantFrom('unreachable' as const, 'timeout' as const, 'internal_target' as const),
    }),
  ),
  leaveAlone: fc.option(fc.integer({ min: 1, max: 10 * DAY }), { nil: undefined }),
})

test('whatever endpoints answer: a delivery comes to its end within 14 days, and its history is bounded', () => {
  fc.assert(
    fc.property(
      fc.array(results, { minLength: 10, maxLength: 10 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (answers, jitter) => {
        let delivery = first
        let now = T0
        for (const answer of answers) {
          if (delivery.state !== 'waiting') break
          const after = decideAfter(delivery, answer, now, jitter)
          expect(after.delivery.attempts).toBe(delivery.attempts + 1)
          expect(after.delivery.history?.length).toBeLessThanOrEqual(24)
          expect(after.delivery.nextAt === null).toBe(after.delivery.state !== 'waiting')
          if (after.endpoint?.slowUntil != null) {
            expect(after.endpoint.slowUntil).toBeLessThanOrEqual(now + DAY)
            if (after.delivery.nextAt !== null)
              expect(after.delivery.nextAt).toBeGreaterThanOrEqual(after.endpoint.slowUntil)
          }
          delivery = after.delivery
          now = delivery.nextAt ?? now
        }
        expect(delivery.state).not.toBe('waiting')
        expect(now - T0).toBeLessThan(14 * DAY)
      },
    ),
    { seed: 20, numRuns: 500 },
  )
})

describe('Retry-After', () => {
  test.for([
    ['120', 120 * SECOND],
    ['0', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    [undefined, undefined],
    [toHttpDate(T0 + HOUR), HOUR],
    [toHttpDate(T0 - HOUR), undefined],
  ] as const)('%s', ([header, wait]) => expect(readRetryAfter(header, T0)).toBe(wait))
})
