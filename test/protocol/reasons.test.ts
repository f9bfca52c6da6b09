import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, type Moment } from '../../clock/moment.ts'
import {
  ACTORS,
  inWords,
  isReason,
  REASONS,
  type ReasonDetails,
  type ReasonInWords,
} from '../../protocol/reasons.ts'

const AT: Moment = Date.UTC(2026, 2, 9, 14, 5)

const textOf = ({ title, sentence, action }: ReasonInWords) =>
  `${title} ${sentence} ${action ?? ''}`

const DETAILS: readonly ReasonDetails[] = [
  {},
  { at: AT, timeZone: 'UTC' },
  { idle: 14 * DAY, absolute: 180 * DAY },
  { account: 'Acme' },
  ...ACTORS.map((actor): ReasonDetails => ({ actor })),
  { at: AT, timeZone: 'Asia/Tokyo', idle: HOUR, absolute: DAY, account: 'Acme', actor: 'user' },
]

describe('every reason has words for people, whatever is known of it', () => {
  test.for(REASONS)('%s', (reason) => {
    for (const details of DETAILS) {
      const words = inWords(reason, details)
      expect(words.title).toMatch(/^\p{Lu}\S.*[^.\s]$/u)
      expect(words.sentence).toMatch(/^\p{Lu}.*\.$/u)
      // No hole, no doubled or stray space, no raw number of milliseconds, no word of the machine.
      expect(textOf(words)).not.toMatch(/undefined|null|NaN|\[object|[{}$]|\s\s|\s[.,]|\d{5}/)
      expect(textOf(words)).not.toContain(reason.includes('_') ? reason : '_')
      expect(['Sign in', 'Use another account', undefined]).toContain(words.action)
    }
  })
})

test('the words of the reasons are these, for they are in APIs, webhooks and logs', () => {
  expect(REASONS.join(' ')).toBe(
    'idle_expired absolute_expired signed_out signed_out_elsewhere all_devices_signed_out logins_disabled password_reset account_closed membership_removed user_deleted reuse_detected device_mismatch superseded',
  )
  expect(REASONS.every(isReason)).toBe(true)
  for (const other of ['', 'toString', 'Idle_expired', null, 7]) expect(isReason(other)).toBe(false)
})

test('numbers come from the lifetimes in force, not from the sentence', () => {
  expect(inWords('idle_expired', { idle: 14 * DAY }).sentence).toContain('for 14 days,')
  expect(inWords('idle_expired', { idle: 15 * MINUTE }).sentence).toContain('for 15 minutes,')
  expect(inWords('absolute_expired', { absolute: 180 * DAY }).sentence).toContain('after 180 days,')
  expect(inWords('absolute_expired', { absolute: DAY }).sentence).toContain('after 1 day,')
  for (const reason of REASONS) expect(textOf(inWords(reason))).not.toMatch(/\d/)
})

test('a moment is said in the reader’s zone', () => {
  const said = (timeZone: string) => inWords('password_reset', { at: AT, timeZone }).sentence
  expect(said('UTC')).toBe(
    'All devices were signed out when the password was changed on 9 March 2026 at 14:05.',
  )
  expect(said('Asia/Tokyo')).toContain('9 March 2026 at 23:05.')
  expect(said('America/New_York')).toContain('9 March 2026 at 10:05.')
})

test('disabled logins: since when, and who can switch them on again', () => {
  const at = { at: AT, timeZone: 'UTC' }
  expect(inWords('logins_disabled', { ...at, actor: 'user' }).sentence).toBe(
    'Logins are disabled for this identity since 9 March 2026 at 14:05. You switched them off. An administrator can switch them on again.',
  )
  expect(inWords('logins_disabled', { actor: 'admin' }).sentence).toBe(
    'Logins are disabled for this identity. An administrator can switch them on again.',
  )
})

test('the account is called by its name', () => {
  expect(inWords('account_closed', { account: 'Acme' }).sentence).toBe('Acme was closed.')
  expect(inWords('membership_removed', { account: 'Acme' }).title).toBe(
    'You were removed from Acme',
  )
})
