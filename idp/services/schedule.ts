import { type Duration, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'

/** How long after each failed attempt the next one comes: the schedule that Standard Webhooks publishes. */
export const RETRY_AFTER: readonly Duration[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

/** Milliseconds until the next attempt, or `undefined` when there is none: the delivery is dead. */
export const retryAfter = (attemptsMade: number): Duration | undefined =>
  RETRY_AFTER[attemptsMade - 1]
