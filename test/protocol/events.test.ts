import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ServiceEvent } from '../../protocol/events.ts'

const LONG = 'x'.repeat(200)
const AT = '2026-01-01T00:00:00.000Z'
const subscription = {
  id: LONG,
  plan: 'team',
  status: 'trialing',
  trial_ends_at: 1_750_000_000,
  period_ends_at: 1_750_000_000,
} as const

/** One of each kind, as long as they get. */
const EVENTS: readonly ServiceEvent[] = [
  {
    type: 'session.ended',
    timestamp: AT,
    data: {
      session_id: LONG,
      user_id: LONG,
      account_id: LONG,
      device_id: LONG,
      reason: 'all_devices_signed_out',
      actor: 'system',
      exp: 1_750_000_000,
    },
  },
  { type: 'credential.changed', timestamp: AT, data: { user_id: LONG, actor: 'system' } },
  {
    type: 'subscription.changed',
    timestamp: AT,
    data: { account_id: LONG, subscription, actor: 'system' },
  },
  {
    type: 'membership.changed',
    timestamp: AT,
    data: { user_id: LONG, account_id: LONG, role: 'member', actor: 'system' },
  },
  { type: 'account.closed', timestamp: AT, data: { account_id: LONG, actor: 'system' } },
  { type: 'user.deleted', timestamp: AT, data: { user_id: LONG, actor: 'system' } },
]

test('there is one of each kind here', () => {
  const kinds = ServiceEvent.options.map(({ entries }) => entries.type.literal)
  expect(EVENTS.map(({ type }) => type).sort()).toEqual([...kinds].sort())
})

describe('every kind of event is thin (Standard Webhooks)', () => {
  test.each(EVENTS.map((event) => [event.type, event] as const))(
    '%s: a type of two levels, a moment, data; ids and no names',
    (_, event) => {
      expect(v.parse(ServiceEvent, event)).toEqual(event)
      expect(event.type).toMatch(/^[a-z]+\.[a-z]+$/)
      const text = JSON.stringify(event)
      expect(text.length).toBeLessThan(20_000)
      expect(text).not.toMatch(/name|email|token|secret/)
    },
  )
})
