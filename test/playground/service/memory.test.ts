import { describe, expect, test } from 'vitest'
import { DAY, HOUR, SECOND, toIso, toSeconds } from '../../../clock/moment.ts'
import { Memory } from '../../../playground/service/memory.ts'
import type { AccessTokenClaims } from '../../../protocol/access-token.ts'
import type { ServiceEvent } from '../../../protocol/events.ts'

const T0 = 1_750_000_000_000

const issued = (at: number, more: Partial<AccessTokenClaims> = {}): AccessTokenClaims => ({
  iss: 'http://127.0.0.1:3000',
  sub: 'usr_bob',
  aud: 'http://127.0.0.1:3000',
  client_id: 'latchkey-desktop',
  iat: toSeconds(at),
  exp: toSeconds(at + HOUR),
  jti: 'at_1',
  sid: 'ses_1',
  auth_time: toSeconds(at),
  account: { id: 'acc_acme', name: 'Acme', role: 'member' },
  subscription: {
    id: 'sub_acme',
    plan: 'team',
    status: 'active',
    trial_ends_at: null,
    period_ends_at: null,
  },
  ...more,
})

const timestamp = toIso(T0)
const until = toSeconds(T0 + HOUR)

const closed: ServiceEvent = {
  type: 'account.closed',
  timestamp,
  data: { account_id: 'acc_acme', actor: 'user', exp: until },
}

const role = (to: 'admin' | null): ServiceEvent => ({
  type: 'membership.changed',
  timestamp,
  data: { user_id: 'usr_bob', account_id: 'acc_acme', role: to, actor: 'admin', exp: until },
})

const plan: ServiceEvent = {
  type: 'subscription.changed',
  timestamp,
  data: { account_id: 'acc_acme', subscription: issued(T0).subscription, actor: 'system' },
}

const heard = (event: ServiceEvent, now = T0) => {
  const memory = new Memory()
  memory.take(event, now)
  return memory
}

describe('hard: tokens from before are refused, with the reason', () => {
  test.for([
    ['an account that was closed', closed, 'account_closed', 'user'],
    ['a person who was removed', role(null), 'membership_removed', 'admin'],
  ] as const)('%s', ([, event, reason, actor]) => {
    const memory = heard(event)
    expect(memory.refusalOf(issued(T0 - HOUR / 2))).toMatchObject({ reason, actor })
    // Tokens count whole seconds: one of the same second may be older.
    expect(memory.refusalOf(issued(T0))).toMatchObject({ reason, actor })
    expect(memory.refusalOf(issued(T0 + SECOND))).toBeUndefined()
    const elsewhere = { id: 'acc_other', name: 'Other', role: 'member' } as const
    expect(memory.refusalOf(issued(T0 - 1, { account: elsewhere }))).toBeUndefined()
  })

  test('another person of the account is not concerned by a removal', () => {
    expect(heard(role(null)).refusalOf(issued(T0 - 1, { sub: 'usr_alice' }))).toBeUndefined()
  })
})

describe('soft: served, and told since when', () => {
  test.for([
    ['another plan', plan],
    ['another role', role('admin')],
  ] as const)('%s', ([, event]) => {
    const memory = heard(event)
    expect(memory.refusalOf(issued(T0 - 1))).toBeUndefined()
    expect(memory.staleSince(issued(T0 - 1))).toBe(T0)
    expect(memory.staleSince(issued(T0 + SECOND))).toBeUndefined()
  })

  test('events in the wrong order: the newest counts', () => {
    const memory = heard({ ...plan, timestamp: toIso(T0 + HOUR) })
    memory.take(plan, T0)
    expect(memory.staleSince(issued(T0 + 1_000))).toBe(T0 + HOUR)
  })

  test('nothing changed: nothing is told', () => {
    expect(new Memory().staleSince(issued(T0))).toBeUndefined()
  })
})

test('what no token can be older than is forgotten', () => {
  const memory = heard(closed)
  memory.take(plan, T0)
  memory.take(
    { ...plan, data: { ...plan.data, account_id: 'acc_x' } } as ServiceEvent,
    T0 + 2 * DAY,
  )
  expect(memory.refusalOf(issued(T0 - 1))).toBeUndefined()
  expect(memory.staleSince(issued(T0 - 1))).toBeUndefined()
})
