import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../../clock/moment.ts'
import { replacedInstallations } from '../../../idp/people/devices.ts'
import { isFresh } from '../../../idp/people/fresh.ts'
import { decideDisable, latestWorkingMoment } from '../../../idp/people/logins.ts'
import { ADA } from '../../support/site.ts'
import { aDevice, aSession, T0 } from '../store/records.ts'

describe('an older installation by the same name, not used since the newer one appeared, is replaced', () => {
  const NEWER = T0 + 5 * DAY
  const older = (refreshedAt: number, device: Partial<ReturnType<typeof aDevice>> = {}) => ({
    session: aSession('s-old', { deviceId: 'old', refreshedAt }),
    device: { ...aDevice('old'), name: 'desk', platform: 'linux', createdAt: T0, ...device },
  })
  const newer = {
    session: aSession('s-new', { deviceId: 'new', refreshedAt: NEWER }),
    device: { ...aDevice('new'), name: 'desk', platform: 'linux', createdAt: NEWER },
  }
  test.each([
    ['not used since', older(NEWER - 1), true],
    ['used in that very moment', older(NEWER), false],
    ['used since: two machines by one name', older(NEWER + HOUR), false],
    ['another name', older(T0, { name: 'couch' }), false],
    ['another platform', older(T0, { platform: 'windows' }), false],
    ['a platform that nobody told', older(T0, { platform: 'unknown' }), false],
    ['registered at the same moment', older(T0, { createdAt: NEWER }), false],
    ['no device: a browser on the site', { ...older(T0), device: undefined }, false],
  ])('%s', (_, one, replaced) => {
    const found = replacedInstallations([newer, one])
    expect([...found]).toEqual(replaced ? ['s-old'] : [])
    expect(replacedInstallations([one, newer])).toEqual(found)
    expect(replacedInstallations([one]).size).toBe(0)
  })

  test('two reinstalls in a row: both before are', () => {
    const newest = {
      session: aSession('s-3', { deviceId: '3', refreshedAt: NEWER + DAY }),
      device: { ...newer.device, id: '3', createdAt: NEWER + DAY },
    }
    expect(replacedInstallations([older(T0), newer, newest])).toEqual(new Set(['s-old', 's-new']))
  })
})

describe('the latest moment that anything can still work', () => {
  const app = (accessEndsAt: number) => aSession('app', { accessEndsAt })
  const web = (refreshedAt: number) =>
    aSession('web', { cookieHash: 'hash', refreshedAt, accessEndsAt: refreshedAt })
  test.each([
    ['nobody is signed in', [], undefined],
    ['all have run out', [app(T0), web(T0 - HOUR)], undefined],
    ['the longest token', [app(T0 + MINUTE), app(T0 + 40 * MINUTE)], T0 + 40 * MINUTE],
    ['a browser on the site, an hour after its last renewal', [web(T0)], T0 + HOUR],
    [
      'a browser on the site that reaches its absolute end before that',
      [{ ...web(T0), createdAt: T0 - 180 * DAY + MINUTE }],
      T0 + MINUTE,
    ],
  ])('%s', (_, sessions, expected) => {
    expect(latestWorkingMoment(sessions, HOUR, T0)).toBe(expected)
  })
})

describe('disabling', () => {
  const sessions = [aSession('s1'), aSession('s2')]
  const disabled = (mode: 'now' | 'expiry') => ({
    ...ADA.user,
    loginsDisabled: { at: 1, actor: 'user' as const, mode },
  })
  test.each([
    ['now', ADA.user, 2],
    ['expiry', ADA.user, 0],
    ['now', disabled('expiry'), 2],
    ['expiry', disabled('expiry'), 'nothing'],
    ['expiry', disabled('now'), 'nothing'],
    ['now', disabled('now'), 'nothing'],
  ] as const)('%s, %#: ends %s', (mode, user, ends) => {
    const change = decideDisable({ user, sessions }, mode, 'user', T0)
    expect(change ? change.ends.length : 'nothing').toBe(ends)
    if (change) expect(change.user.loginsDisabled).toEqual({ at: T0, actor: 'user', mode })
  })
})

test.each([
  [0, true],
  [10 * MINUTE, true],
  [10 * MINUTE + SECOND, false],
  // A provider whose clock is a little ahead.
  [-2 * SECOND, true],
])('a sign-in of %i ms ago is fresh: %s', (age, fresh) => {
  expect(isFresh({ authTime: T0 }, T0 + age)).toBe(fresh)
})
