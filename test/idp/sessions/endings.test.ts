import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../../clock/moment.ts'
import { BY_TIME, byPerson } from '../../../idp/audit/by.ts'
import { type Ending, endedError, endSession } from '../../../idp/sessions/endings.ts'
import { SessionEndedEvent } from '../../../protocol/events.ts'
import { REASONS } from '../../../protocol/reasons.ts'
import { aSession, T0 } from '../store/records.ts'

const session = aSession('s1', { accessEndsAt: T0 + HOUR + 999 })
const ending = { reason: 'idle_expired', actor: 'system', at: T0 + 14 * DAY } as const
const NOW = T0 + 20 * DAY

test('an ending writes the session, the event and one delivery for each service, together', () => {
  const writes = endSession(session, ending, {
    services: ['http://one/', 'http://two/'],
    now: NOW,
    by: BY_TIME,
  })
  const [ended, event, ...rest] = writes
  const deliveries = rest.slice(0, 2)
  expect(ended).toEqual({ table: 'session', put: { ...session, ended: ending } })
  if (event?.table !== 'event' || !('put' in event)) throw new Error('no event')
  const { id } = event.put
  expect(id).toMatch(/^evt_/)
  expect(event.put.at).toBe(ending.at)
  expect(deliveries).toEqual(
    ['http://one/', 'http://two/'].map((endpoint) => ({
      table: 'delivery',
      put: {
        id: `${id}:${endpoint}`,
        eventId: id,
        endpoint,
        attempts: 0,
        // Told now, even though the deadline passed while nobody looked.
        nextAt: NOW,
        state: 'waiting',
      },
    })),
  )
})

test('without services there is still an event, for those that ask later', () => {
  const writes = endSession(session, ending, { services: [], now: NOW, by: BY_TIME })
  expect(writes.map(({ table }) => table)).toEqual(['session', 'event', 'audit'])
})

test('the log says who did it, from where, and why', () => {
  const by = byPerson({ id: 's2', userId: 'u1' }, '192.0.2.7')
  const told = { services: [], now: NOW, by }
  const entryOf = (of: Ending) => endSession(session, of, told).at(-1)
  const known = { sessionId: 's1', userId: 'u1', accountId: 'a1', deviceId: 'd1' }
  expect(entryOf({ reason: 'signed_out_elsewhere', actor: 'user', at: NOW })).toMatchObject({
    table: 'audit',
    put: {
      ...known,
      act: 'session_ended',
      at: NOW,
      actor: 'user',
      byUserId: 'u1',
      bySessionId: 's2',
      address: '192.0.2.7',
      reason: 'signed_out_elsewhere',
    },
  })
  // Who asked did not do it: a deadline that their request found passed did.
  expect(entryOf(ending)).toMatchObject({
    put: { ...known, at: ending.at, actor: 'system', byUserId: null, address: '192.0.2.7' },
  })
})

describe('each reason is the same word in the event and in the client’s error', () => {
  test.for(REASONS)('%s', (reason) => {
    const [, event] = endSession(
      session,
      { ...ending, reason },
      { services: [], now: NOW, by: BY_TIME },
    )
    if (event?.table !== 'event' || !('put' in event)) throw new Error('no event')
    expect(v.parse(SessionEndedEvent, JSON.parse(JSON.stringify(event.put.payload)))).toEqual({
      type: 'session.ended',
      timestamp: new Date(ending.at).toISOString(),
      data: {
        session_id: 's1',
        user_id: 'u1',
        account_id: 'a1',
        device_id: 'd1',
        reason,
        actor: 'system',
        exp: Math.floor(session.accessEndsAt / 1000),
      },
    })
    expect(endedError(session, { ...ending, reason })).toMatchObject({
      code: 'invalid_grant',
      reason,
      actor: 'system',
      at: ending.at,
    })
  })
})

test('the sentence tells the lifetimes that this session had, and the account’s name', () => {
  const strict = aSession('s1', { idle: 7 * DAY, absolute: 30 * DAY })
  expect(endedError(strict, ending).message).toContain('7 days')
  expect(endedError(strict, { ...ending, reason: 'absolute_expired' }).message).toContain('30 days')
  const closed = endedError(strict, { ...ending, reason: 'account_closed', at: T0 }, 'Acme')
  expect(closed.message).toBe('Acme was closed on 15 June 2025 at 15:06.')
})
