import {
  DAY,
  type Duration,
  fromHttpDate,
  MINUTE,
  type Moment,
  SECOND,
} from '../../clock/moment.ts'
import type { Delivery, DeliveryOutcome, Endpoint } from '../store/records.ts'
import { retryAfter } from './schedule.ts'

/** What one attempt came to. */
export interface AttemptResult {
  readonly outcome: DeliveryOutcome
  /** How long the endpoint asked to be left alone. */
  readonly leaveAlone?: Duration | undefined
}

export interface AfterAttempt {
  readonly delivery: Delivery
  /** What is known of the endpoint from now on; left out when it is what it was. */
  readonly endpoint?: Partial<Pick<Endpoint, 'disabled' | 'slowUntil'>>
}

/** What an outcome means (notes/standards.md W-5). */
type Meaning = 'delivered' | 'gone' | 'slow_down' | 'given_up' | 'failed'

/** 503 is with those that say "too much": it is what a service answers that restarts. */
const SLOW_DOWN: readonly number[] = [429, 502, 503, 504]

function meaningOf(outcome: DeliveryOutcome): Meaning {
  if (outcome.kind === 'failed') return outcome.why === 'not_configured' ? 'given_up' : 'failed'
  const { status } = outcome
  if (status >= 200 && status < 300) return 'delivered'
  if (status === 410) return 'gone'
  return SLOW_DOWN.includes(status) ? 'slow_down' : 'failed'
}

/** The longest that an endpoint which is overloaded is left alone when it doesn't say how long. */
const BREATHER: Duration = MINUTE

/** The longest that anyone's `Retry-After` is believed. */
const LONGEST_PAUSE: Duration = DAY

/** How much longer than published a later wait may be, so that not everyone comes back at once (W-6). */
const JITTER = 0.1

/** Waits up to this one are as published: whoever is back within minutes is told within minutes. */
const EXACT_WAITS = 2

/** A history longer than the longest schedule and a replay by hand is of no use to anyone. */
const KEPT_ATTEMPTS = 24

/**
 * What becomes of a delivery, and of what we know of its endpoint, after an attempt.
 *
 * | outcome | delivery | endpoint |
 * | --- | --- | --- |
 * | 2xx | delivered | – |
 * | 410 Gone | waits, until somebody enables the endpoint | disabled |
 * | 429, 502, 503, 504, or any refusal with `Retry-After` | by the schedule, not before the pause is over | paused: as long as it asks, a day at most |
 * | no answer, 3xx, any other status | by the schedule | – |
 * | the settings name the endpoint no more | dead | – |
 *
 * After the last attempt of the schedule a delivery that failed is dead.
 *
 * @param jitter from 0 to 1: how much of the possible extra wait is waited
 */
export function decideAfter(
  delivery: Delivery,
  { outcome, leaveAlone }: AttemptResult,
  now: Moment,
  jitter: number,
): AfterAttempt {
  const attempts = delivery.attempts + 1
  const history = [...(delivery.history ?? []), { at: now, outcome }].slice(-KEPT_ATTEMPTS)
  const attempted = { ...delivery, attempts, history }
  const meaning = meaningOf(outcome)
  if (meaning === 'delivered') {
    return { delivery: { ...attempted, state: 'delivered', nextAt: null } }
  }
  const wait = meaning === 'given_up' ? undefined : waitAfter(attempts, jitter)
  const disabled = meaning === 'gone' ? { endpoint: { disabled: { at: now } } } : {}
  if (wait === undefined) {
    return { delivery: { ...attempted, state: 'dead', nextAt: null }, ...disabled }
  }
  if (meaning === 'gone') return { delivery: { ...attempted, nextAt: now }, ...disabled }
  const pause = leaveAlone ?? (meaning === 'slow_down' ? Math.min(wait, BREATHER) : undefined)
  if (pause === undefined) return { delivery: { ...attempted, nextAt: now + wait } }
  const slowUntil = now + Math.min(pause, LONGEST_PAUSE)
  return {
    delivery: { ...attempted, nextAt: Math.max(now + wait, slowUntil) },
    endpoint: { slowUntil },
  }
}

function waitAfter(attempts: number, jitter: number): Duration | undefined {
  const wait = retryAfter(attempts)
  if (wait === undefined || attempts <= EXACT_WAITS) return wait
  return Math.round(wait * (1 + JITTER * jitter))
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds or a date; `undefined` when there is none to go by. */
export function readRetryAfter(header: string | undefined, now: Moment): Duration | undefined {
  if (header === undefined) return undefined
  const wait = /^\d{1,9}$/.test(header)
    ? Number(header) * SECOND
    : (fromHttpDate(header) ?? now) - now
  return wait > 0 ? wait : undefined
}
