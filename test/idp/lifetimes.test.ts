import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'
import {
  absoluteEndsAt,
  codeDueAt,
  DEFAULT_LIFETIMES,
  deviceDueAt,
  idleEndsAt,
  sessionDueAt,
  sessionEndsAt,
  signInDueAt,
} from '../../idp/lifetimes.ts'
import { aCode, aDevice, aSession, aSignIn, T0 } from './store/records.ts'

test('the defaults are those of DESIGN §6', () => {
  expect(DEFAULT_LIFETIMES).toEqual({
    access: HOUR,
    idle: 14 * DAY,
    absolute: 180 * DAY,
    trial: 30 * DAY,
    signingKey: 90 * DAY,
    grace: 7 * DAY,
  })
})

test('a session ends at the earlier of rolling window and absolute end', () => {
  const fresh = aSession('s1')
  expect(sessionEndsAt(fresh)).toBe(T0 + 14 * DAY)
  const late = aSession('s1', { refreshedAt: T0 + 170 * DAY })
  expect(idleEndsAt(late)).toBe(T0 + 184 * DAY)
  expect(absoluteEndsAt(late)).toBe(T0 + 180 * DAY)
  expect(sessionEndsAt(late)).toBe(T0 + 180 * DAY)
  expect(sessionEndsAt(aSession('s1', { refreshedAt: T0 + 166 * DAY }))).toBe(T0 + 180 * DAY)
})

test('an ended session is remembered for a year, so that its device hears the reason', () => {
  expect(sessionDueAt(aSession('s1'))).toBe(T0 + 14 * DAY)
  const ended = { at: T0 + DAY, reason: 'signed_out', actor: 'user' } as const
  expect(sessionDueAt(aSession('s1', { ended }))).toBe(T0 + 366 * DAY)
})

test('ten minutes for a sign-in; a minute for a code, a day once it was redeemed', () => {
  expect(signInDueAt(aSignIn('i1'))).toBe(T0 + 10 * MINUTE)
  expect(codeDueAt(aCode('c1'))).toBe(T0 + 60 * SECOND)
  const redeemed = { at: T0 + SECOND, sessionId: 's1', attemptHash: null, sealed: null }
  expect(codeDueAt(aCode('c1', { redeemed }))).toBe(T0 + SECOND + DAY)
})

test('a device that nobody signs in on is forgotten after a day, a used one never', () => {
  expect(deviceDueAt(aDevice('d1'))).toBe(T0 + DAY)
  expect(deviceDueAt(aDevice('d1', { used: true }))).toBeUndefined()
})
