import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from '../../../clock/moment.ts'
import { closeAccount } from '../../../idp/accounts/closing.ts'
import { byAdmin } from '../../../idp/audit/by.ts'
import { deleteUser } from '../../../idp/people/deletion.ts'
import { disableLogins } from '../../../idp/people/logins.ts'
import { serviceKey } from '../../../idp/services/callers.ts'
import { rotateNow } from '../../../idp/tokens/rotate-now.ts'
import { Introspection } from '../../../protocol/introspection.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { FORM, send } from '../../support/request.ts'
import { ADA, makeCode, type RunningSite, startSite } from '../../support/site.ts'
import { byAda, sessionOf, signedIn } from '../people/person.ts'

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

let site: RunningSite
let ada: Awaited<ReturnType<typeof signedIn>>

beforeEach(async () => {
  const service = { url: 'http://127.0.0.1:1/orders', secret: SECRET }
  site = await startSite({ SERVICES: JSON.stringify([service]) })
  ada = await signedIn(site)
})
afterEach(() => site.close())

const ask = (form: Record<string, string> | string, headers: Record<string, string> = {}) =>
  send(site.url, {
    method: 'POST',
    path: '/introspect',
    headers: { 'content-type': FORM, authorization: `Bearer ${serviceKey(SECRET)}`, ...headers },
    body: String(new URLSearchParams(form)),
  })

async function introspected(token: string): Promise<Introspection> {
  const answer = await ask({ token })
  expect(answer.status, answer.body).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  expect(answer.headers['cache-control']).toBe('no-store')
  return v.parse(Introspection, JSON.parse(answer.body))
}

const DEAD = { active: false }

/** What both tokens of Ada's device come to. */
const both = async () => [
  (await introspected(ada.tokens.access_token)).active,
  (await introspected(ada.tokens.refresh_token)).active,
]

describe('what stands', () => {
  test('an access token: whose it is, on which device, and what is paid for, as the store has it now', async () => {
    const { account } = ADA
    await site.store.commit([{ table: 'account', put: { ...account, name: 'Ada & Co' } }])
    expect(await introspected(ada.tokens.access_token)).toEqual({
      active: true,
      iss: site.url,
      sub: ADA.user.id,
      aud: site.url,
      client_id: 'latchkey-desktop',
      iat: ada.tokens.issued_at,
      exp: ada.tokens.issued_at + 3_600,
      jti: expect.stringMatching(/^at_/),
      sid: ada.tokens.session_id,
      auth_time: expect.any(Number),
      token_type: 'DPoP',
      cnf: { jkt: await ada.device.jkt() },
      device_id: expect.stringMatching(/^dev_/),
      account: { id: account.id, name: 'Ada & Co', role: 'owner' },
      subscription: {
        id: 'sub_ada',
        plan: 'pro',
        status: 'active',
        trial_ends_at: null,
        period_ends_at: null,
      },
    })
  })

  test('a refresh token: until when it could be used; nothing by which it would pass for an access token', async () => {
    const told = await introspected(ada.tokens.refresh_token)
    expect(told).toMatchObject({
      active: true,
      aud: site.url,
      exp: ada.tokens.issued_at + (14 * DAY) / SECOND,
      sid: ada.tokens.session_id,
      cnf: { jkt: await ada.device.jkt() },
    })
    expect(told).not.toHaveProperty('token_type')
    expect(told).not.toHaveProperty('jti')
  })

  test('a token without a key says so', async () => {
    const { code, codeVerifier, redirectUri } = await makeCode(site)
    const answer = await fetch(`${site.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'latchkey-desktop',
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
        code,
      }),
    })
    const { access_token } = (await answer.json()) as { access_token: string }
    const told = await introspected(access_token)
    expect(told).toMatchObject({ active: true, token_type: 'Bearer' })
    expect(told).not.toHaveProperty('cnf')
  })

  test('a wrong hint changes nothing', async () => {
    for (const token_type_hint of ['refresh_token', 'access_token', 'nonsense']) {
      const answer = await ask({ token: ada.tokens.access_token, token_type_hint })
      expect(JSON.parse(answer.body)).toHaveProperty('active', true)
    }
  })

  test('asking is not using: a lost answer can still be asked for again', async () => {
    const refreshed = await ada.device.refresh(ada.tokens.refresh_token, 'attempt-1')
    const before = await sessionOf(site, ada.tokens.session_id)
    expect((await introspected(String(refreshed.body.access_token))).active).toBe(true)
    expect((await introspected(String(refreshed.body.refresh_token))).active).toBe(true)
    expect(await sessionOf(site, ada.tokens.session_id)).toEqual(before)
    const again = await ada.device.refresh(ada.tokens.refresh_token, 'attempt-1')
    expect(again.body).toEqual(refreshed.body)
  })
})

describe('what does not stand is not active, and nothing more is said', () => {
  test('after an hour the access token, after 14 days the refresh token; nothing ends by being asked about', async () => {
    site.clock.advance(HOUR - 2 * SECOND)
    expect(await both()).toEqual([true, true])
    site.clock.advance(2 * SECOND)
    expect(await introspected(ada.tokens.access_token)).toEqual(DEAD)
    site.clock.advance(14 * DAY - HOUR)
    expect(await introspected(ada.tokens.refresh_token)).toEqual(DEAD)
    expect((await sessionOf(site, ada.tokens.session_id)).ended).toBeNull()
  })

  test.each<[string, () => Promise<unknown>]>([
    [
      'signed out',
      () =>
        ada.device.post('/revoke', {
          token: ada.tokens.refresh_token,
          client_id: 'latchkey-desktop',
        }),
    ],
    ['logins off', () => disableLogins(site.site, ADA.user.id, 'now', byAda)],
    ['person deleted', () => deleteUser(site.site, ADA.user.id, byAda)],
    [
      'account closed',
      () => closeAccount(site.site, ADA.account.id, { reason: 'other', words: null }, byAda),
    ],
  ])('%s: both at once', async (_, end) => {
    expect(await both()).toEqual([true, true])
    await end()
    expect(await introspected(ada.tokens.access_token)).toEqual(DEAD)
    expect(await introspected(ada.tokens.refresh_token)).toEqual(DEAD)
  })

  test('a membership that is gone from the store, whoever took it', async () => {
    await site.store.commit([{ table: 'membership', remove: ADA.membership.id }])
    expect(await both()).toEqual([false, false])
  })

  test('logins off when tokens run out: the access token stands until then, the refresh token does not', async () => {
    await disableLogins(site.site, ADA.user.id, 'expiry', byAda)
    expect(await both()).toEqual([true, false])
  })

  test('a session that was switched to another account: tokens for the one before', async () => {
    const session = await sessionOf(site, ada.tokens.session_id)
    await site.store.commit([
      { table: 'account', put: { ...ADA.account, id: 'acc_b' } },
      { table: 'membership', put: { ...ADA.membership, id: 'usr_ada:acc_b', accountId: 'acc_b' } },
      { table: 'session', put: { ...session, accountId: 'acc_b' } },
    ])
    expect(await both()).toEqual([false, true])
  })

  test('after a refresh: the refresh token before; the access token before runs its hour', async () => {
    await ada.device.refresh(ada.tokens.refresh_token)
    expect(await both()).toEqual([true, false])
  })

  test('signing keys withdrawn: every access token of before', async () => {
    await rotateNow(site.site, byAdmin(null))
    expect(await both()).toEqual([false, true])
  })

  test.each<[string, () => string]>([
    ['nonsense', () => 'nonsense'],
    ['a session id', () => ada.tokens.session_id],
    ['three parts of nothing', () => 'a.b.c'],
    ['a changed signature', () => ada.tokens.access_token.replace(/.{4}$/, 'AAAA')],
    ['a changed secret', () => ada.tokens.refresh_token.replace(/.{8}$/, 'AAAAAAAA')],
    ['a service key', () => serviceKey(SECRET)],
    ['something long', () => 'a'.repeat(2_000)],
  ])('%s', async (_, token) => {
    expect(await introspected(token())).toEqual(DEAD)
  })
})

describe('who may ask', () => {
  test('whoever brings no service key hears nothing of any token', async () => {
    for (const authorization of ['', 'Bearer lks_a', `DPoP ${ada.tokens.access_token}`]) {
      for (const token of [ada.tokens.access_token, 'nonsense', '']) {
        const answer = await ask({ token }, { authorization })
        expectRefusal(answer, { status: 401, error: 'invalid_token' })
        expect(answer.headers['www-authenticate']).toBe('Bearer')
      }
    }
  })

  test('a service that forgets the token, or sends it twice, is told so', async () => {
    expectRefusal(await ask({}), { status: 400, error: 'invalid_request' })
    expectRefusal(await ask('token=a&token=b'), { status: 400, error: 'invalid_request' })
  })
})
