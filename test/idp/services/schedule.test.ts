import { expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../../clock/moment.ts'
import { RETRY_AFTER, retryAfter } from '../../../idp/services/schedule.ts'

test('retries come at the times that Standard Webhooks publishes, then no more', () => {
  const waits = []
  for (let made = 1; retryAfter(made) !== undefined; made++) waits.push(retryAfter(made))
  expect(waits).toEqual([
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
  ])
})

test('a service that is away for three days still hears of it', () => {
  expect(RETRY_AFTER.reduce((sum, wait) => sum + wait)).toBeGreaterThan(72 * HOUR)
})
