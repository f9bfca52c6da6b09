import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../../clock/moment.ts'
import { TestDevice } from '../../support/device.ts'
import { ADA, makeCode, type RunningSite, startSite } from '../../support/site.ts'

// Requests by the hundred: seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let site: RunningSite
let device: TestDevice

beforeEach(async () => {
  site = await startSite()
  device = await TestDevice.make(site)
})
afterEach(() => site.close())

const sessionOf = async (id: string) => {
  const session = await site.store.session(id)
  if (!session) throw new Error('no session')
  return session
}

describe('an answer that got lost', () => {
  test('8 h later, the same attempt gets the identical answer; nobody is signed out', async () => {
    const first = await device.signIn(site)
    const lost = await device.refresh(first.refresh_token, 'attempt-1')
    site.clock.advance(8 * HOUR)
    const again = await device.refresh(first.refresh_token, 'attempt-1')
    expect(again.status).toBe(200)
    expect(again.body).toEqual(lost.body)
    expect((await device.refresh(String(again.body.refresh_token), 'attempt-2')).status).toBe(200)
  })

  test('at once, another attempt is asked to read its store; 11 s later it gets a new answer, and the lost one is superseded', async () => {
    const first = await device.signIn(site)
    const lost = await device.refresh(first.refresh_token, 'attempt-1')
    const atOnce = await device.refresh(first.refresh_token, 'attempt-2')
    expect([atOnce.status, atOnce.body.error, atOnce.headers.get('retry-after')]).toEqual([
      409,
      'refresh_in_progress',
      '1',
    ])
    site.clock.advance(11 * SECOND)
    const later = await device.refresh(first.refresh_token, 'attempt-2')
    expect(later.status).toBe(200)
    expect(later.body.refresh_token).not.toBe(lost.body.refresh_token)
    const displaced = await device.refresh(String(lost.body.refresh_token), 'attempt-3')
    expect([displaced.status, displaced.body.reason]).toEqual([400, 'superseded'])
    expect((await device.refresh(String(later.body.refresh_token), 'attempt-4')).status).toBe(200)
  })

  test('the code exchange too: the same attempt gets the identical answer', async () => {
    const { code, codeVerifier, redirectUri } = await makeCode(site)
    const form = {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
      code,
    }
    const lost = await device.post('/token', form, { 'idempotency-key': 'exchange-1' })
    site.clock.advance(3 * HOUR)
    const again = await device.post('/token', form, { 'idempotency-key': 'exchange-1' })
    expect(again.body).toEqual(lost.body)
  })
})

describe('theft', () => {
  test('a token from before the last one: this session ends, reuse_detected', async () => {
    const first = await device.signIn(site)
    const second = await device.refresh(first.refresh_token, '1')
    await device.refresh(String(second.body.refresh_token), '2')
    const reuse = await device.refresh(first.refresh_token, '3')
    expect([reuse.status, reuse.body.reason]).toEqual([400, 'reuse_detected'])
    const { ended, userId } = await sessionOf(first.session_id)
    expect(ended?.reason).toBe('reuse_detected')
    const [newest] = await site.store.mails(1)
    expect(newest).toMatchObject({
      to: { kind: 'person', userId },
      says: { kind: 'reuse_detected', at: ended?.at },
    })
  })

  test('the token before, after its successor was used at the site: reuse_detected', async () => {
    const first = await device.signIn(site)
    const second = await device.refresh(first.refresh_token, '1')
    expect((await device.get('/me', String(second.body.access_token))).status).toBe(200)
    site.clock.advance(11 * SECOND)
    // The first attempt itself, held back by a network until now, is no theft.
    expect((await device.refresh(first.refresh_token, '1')).body.error).toBe('refresh_in_progress')
    site.clock.advance(6 * MINUTE)
    expect((await device.refresh(first.refresh_token, '1')).body.reason).toBe('reuse_detected')
  })

  test('a copied token with another key: only that device ends', async () => {
    const thief = await TestDevice.make(site)
    const other = await TestDevice.make(site)
    const mine = await device.signIn(site)
    const others = await other.signIn(site)
    const stolen = await thief.refresh(mine.refresh_token, '1')
    expect([stolen.status, stolen.body.reason]).toEqual([400, 'device_mismatch'])
    expect((await device.refresh(mine.refresh_token, '1')).body.reason).toBe('device_mismatch')
    expect((await other.refresh(others.refresh_token, '1')).status).toBe(200)
  })

  test('a code used twice takes its session along', async () => {
    const { code, codeVerifier, redirectUri } = await makeCode(site)
    const form = {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
      code,
    }
    const tokens = await device.post('/token', form)
    expect((await device.post('/token', form)).body.error).toBe('invalid_grant')
    expect((await device.refresh(String(tokens.body.refresh_token))).body.reason).toBe(
      'reuse_detected',
    )
  })
})

describe('many at once', () => {
  test('100 refreshes with one token and one attempt: one rotation, a hundred identical answers', async () => {
    const first = await device.signIn(site)
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => device.refresh(first.refresh_token, 'same')),
    )
    expect(new Set(answers.map((a) => a.body.refresh_token)).size).toBe(1)
    expect(answers.every((a) => a.status === 200)).toBe(true)
    expect((await sessionOf(first.session_id)).ended).toBeNull()
  })

  test('100 refreshes with one token, each its own attempt: one rotation, 99 are told to wait, nobody is signed out', async () => {
    const first = await device.signIn(site)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => device.refresh(first.refresh_token, `attempt-${i}`)),
    )
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1)
    expect(answers.filter((a) => a.status === 409)).toHaveLength(99)
    const winner = answers.find((a) => a.status === 200)
    expect((await sessionOf(first.session_id)).ended).toBeNull()
    expect((await device.refresh(String(winner?.body.refresh_token), 'next')).status).toBe(200)
  })

  test('refresh against revoke, 50 times: one outcome each, and ended stays ended', async () => {
    for (let round = 0; round < 50; round++) {
      const tokens = await device.signIn(site)
      const revoke = () =>
        device.post('/revoke', { token: tokens.refresh_token, client_id: 'latchkey-desktop' })
      const [refreshed, revoked] = await Promise.all(
        round % 2
          ? [device.refresh(tokens.refresh_token, 'x'), revoke()]
          : [device.refresh(tokens.refresh_token, 'x'), revoke()].reverse(),
      )
      expect(
        [refreshed, revoked].every((a) => a?.status === 200 || a?.body.reason === 'signed_out'),
      ).toBe(true)
      expect((await sessionOf(tokens.session_id)).ended?.reason).toBe('signed_out')
    }
  })
})

describe('deadlines', () => {
  test('day 13: still in; 14 d and 1 s of silence: idle_expired', async () => {
    const first = await device.signIn(site)
    site.clock.advance(13 * DAY)
    const day13 = await device.refresh(first.refresh_token, '1')
    expect(day13.status).toBe(200)
    site.clock.advance(14 * DAY + SECOND)
    const gone = await device.refresh(String(day13.body.refresh_token), '2')
    expect([gone.status, gone.body.error, gone.body.reason]).toEqual([
      400,
      'invalid_grant',
      'idle_expired',
    ])
    expect(gone.body.error_description).toContain('14 days')
  })

  test('used every ten days until day 180: absolute_expired, and the last access token ends there too', async () => {
    let token = (await device.signIn(site)).refresh_token
    for (let day = 10; day < 180; day += 10) {
      site.clock.advance(10 * DAY)
      token = String((await device.refresh(token, `day-${day}`)).body.refresh_token)
    }
    site.clock.advance(10 * DAY - 30 * MINUTE)
    const last = await device.refresh(token, 'last')
    expect(last.body.expires_in).toBeLessThanOrEqual(30 * 60)
    site.clock.advance(30 * MINUTE)
    expect((await device.refresh(String(last.body.refresh_token), 'over')).body.reason).toBe(
      'absolute_expired',
    )
  })

  test('a restored backup after the deadline raises no theft alarm', async () => {
    const first = await device.signIn(site)
    const second = await device.refresh(first.refresh_token, '1')
    await device.refresh(String(second.body.refresh_token), '2')
    site.clock.advance(15 * DAY)
    expect((await device.refresh(first.refresh_token, '3')).body.reason).toBe('idle_expired')
  })

  test('the sweep ends what nobody asks for, at the deadline and not at the sweep', async () => {
    const { session_id } = await device.signIn(site)
    const { refreshedAt, idle } = await sessionOf(session_id)
    site.clock.advance(20 * DAY)
    const done = await site.due.run()
    expect(done.map(({ name }) => name)).toContain(`session ${session_id} ended: idle_expired`)
    expect((await sessionOf(session_id)).ended).toEqual({
      at: refreshedAt + idle,
      reason: 'idle_expired',
      actor: 'system',
    })
  })
})

describe('the person', () => {
  test.each([
    ['logins_disabled', { ...ADA.user, loginsDisabled: { at: 1, actor: 'user', mode: 'expiry' } }],
    ['user_deleted', { ...ADA.user, deleted: { at: 1, actor: 'admin' } }],
  ] as const)('%s: no refresh any more, with the reason', async (reason, user) => {
    const first = await device.signIn(site)
    await site.store.commit([{ table: 'user', put: user }])
    expect((await device.refresh(first.refresh_token, '1')).body.reason).toBe(reason)
  })

  test('a new sign-in on the same device takes the place of the one before', async () => {
    const first = await device.signIn(site)
    const second = await device.signIn(site)
    expect((await device.refresh(first.refresh_token, '1')).body.reason).toBe('superseded')
    expect((await device.refresh(second.refresh_token, '1')).status).toBe(200)
  })
})

test('what a token says of the sign-in stays as it was, however often it is refreshed (RFC 9068 §2.2.1)', async () => {
  let { access_token, refresh_token } = await device.signIn(site)
  const { iss, sub, aud, client_id, sid, auth_time, cnf, device_id, jti } = decodeJwt(access_token)
  for (let day = 10; day <= 60; day += 10) {
    site.clock.advance(10 * DAY)
    const { body } = await device.refresh(refresh_token)
    access_token = String(body.access_token)
    refresh_token = String(body.refresh_token)
    const now = decodeJwt(access_token)
    expect(now).toMatchObject({ iss, sub, aud, client_id, sid, auth_time, cnf, device_id })
    expect(now.jti).not.toBe(jti)
    expect(now.iat).toBe(Math.floor(site.clock.now() / SECOND))
  }
})
