import { generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../clock/moment.ts'
import { formatRefreshToken, newRefreshSecret } from '../../../idp/tokens/refresh-token.ts'
import { createProof } from '../../../protocol/dpop/proof.ts'
import type { TokenResponse } from '../../../protocol/tokens.ts'
import { TestDevice } from '../../support/device.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { FORM, send } from '../../support/request.ts'
import { makeCode, type RunningSite, startSite } from '../../support/site.ts'

let site: RunningSite
let device: TestDevice

beforeEach(async () => {
  site = await startSite()
  device = await TestDevice.make(site)
})
afterEach(() => site.close())

const proofFor = (method: string, path: string, accessToken?: string, by = device) =>
  createProof(by.key, {
    method,
    url: site.url + path,
    now: site.clock.now(),
    nonce: site.site.nonces.issue(site.clock.now()),
    accessToken,
  })

const atMe = (authorization: string, dpop?: string) =>
  send(site.url, { path: '/me', headers: { authorization, ...(dpop ? { dpop } : {}) } })

const post = (path: string, form: Record<string, string>, dpop?: string) =>
  send(site.url, {
    method: 'POST',
    path,
    headers: { 'content-type': FORM, ...(dpop === undefined ? {} : { dpop }) },
    body: String(new URLSearchParams(form)),
  })

describe('access tokens at /me', () => {
  let tokens: TokenResponse

  beforeEach(async () => {
    tokens = await device.signIn(site)
  })

  const signed = async (
    claims: Record<string, unknown>,
    header: Record<string, unknown> = {},
    ours = true,
  ) => {
    const [, payload = ''] = tokens.access_token.split('.')
    const honest = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const { kid, privateKey: own } = site.site.keys.signer(site.clock.now())
    const { privateKey } = ours ? { privateKey: own } : await generateKeyPair('ES256')
    return new SignJWT({ ...honest, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
      .sign(privateKey)
  }
  const unsigned = () => {
    const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    return `${header}.${tokens.access_token.split('.')[1]}.`
  }

  test.each<[string, () => string | Promise<string>]>([
    ['of another key', () => signed({}, {}, false)],
    ['of another issuer', () => signed({ iss: 'http://127.0.0.1:1' })],
    ['for another audience', () => signed({ aud: 'other' })],
    ['of another type', () => signed({}, { typ: 'JWT' })],
    ['with a key id nobody knows', () => signed({}, { kid: 'other' })],
    ['expired', () => signed({ exp: 1 })],
    ['without a session', () => signed({ sid: undefined })],
    ['of a session nobody knows', () => signed({ sid: 'a'.repeat(22) })],
    ['bound to another key', () => signed({ cnf: { jkt: 'a'.repeat(43) } })],
    ['bound to no key', () => signed({ cnf: undefined })],
    ['unsigned', unsigned],
    [
      'with one character changed',
      () =>
        tokens.access_token.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')).replace(/\.(.)/, '.f'),
    ],
    ['that is a refresh token', () => tokens.refresh_token ?? ''],
    ['that is nothing', () => 'a'],
    ['of dots', () => '...'],
  ])('one %s', async (_, make) => {
    const token = await make()
    const answer = await atMe(`DPoP ${token}`, await proofFor('GET', '/me', token))
    expectRefusal(answer, { status: 401, error: 'invalid_token' })
  })

  test('as a bearer token', async () => {
    expectRefusal(await atMe(`Bearer ${tokens.access_token}`), {
      status: 401,
      error: 'invalid_token',
    })
  })

  test('in the address or in a form: nobody’s (RFC 9700 §4.3.2)', async () => {
    const { access_token } = tokens
    const dpop = await proofFor('GET', '/me', access_token)
    const inAddress = await send(site.url, {
      path: `/me?${new URLSearchParams({ access_token })}`,
      headers: { dpop },
    })
    expectRefusal(inAddress, { status: 401, error: 'invalid_token' })
    const inForm = await post(
      '/me/devices/end-all',
      { access_token },
      await proofFor('POST', '/me/devices/end-all', access_token),
    )
    expectRefusal(inForm, { status: 401, error: 'invalid_token' })
    expect((await device.refresh(tokens.refresh_token ?? '')).status).toBe(200)
  })

  test('+59 min: taken; +61 min: not', async () => {
    const ask = async () =>
      atMe(`DPoP ${tokens.access_token}`, await proofFor('GET', '/me', tokens.access_token))
    site.clock.advance(59 * MINUTE)
    expect((await ask()).status).toBe(200)
    site.clock.advance(2 * MINUTE)
    expectRefusal(await ask(), { status: 401, error: 'invalid_token' })
  })

  test('with a proof that is missing, replayed, by another key, for another address, method or token, or old', async () => {
    const { access_token } = tokens
    const good = await proofFor('GET', '/me', access_token)
    const thief = await TestDevice.make(site)
    expect((await atMe(`DPoP ${access_token}`, good)).status).toBe(200)
    const old = await proofFor('GET', '/me', access_token)
    for (const [proof, error] of [
      [undefined, 'invalid_dpop_proof'],
      [good, 'invalid_dpop_proof'],
      [await proofFor('GET', '/me', access_token, thief), 'invalid_token'],
      [await proofFor('GET', '/jwks', access_token), 'invalid_dpop_proof'],
      [await proofFor('POST', '/me', access_token), 'invalid_dpop_proof'],
      [await proofFor('GET', '/me'), 'invalid_dpop_proof'],
      [await proofFor('GET', '/me', 'other'), 'invalid_dpop_proof'],
    ] as const) {
      expectRefusal(await atMe(`DPoP ${access_token}`, proof), { status: 401, error })
    }
    site.clock.advance(6 * MINUTE)
    expectRefusal(await atMe(`DPoP ${access_token}`, old), { status: 401, error: 'use_dpop_nonce' })
  })
})

describe('codes', () => {
  const redeem = async (
    changes: Record<string, string> = {},
    given: Parameters<typeof makeCode>[1] = {},
    dpop = true,
  ) => {
    const { code, codeVerifier, redirectUri } = await makeCode(site, given)
    return async () =>
      post(
        '/token',
        {
          grant_type: 'authorization_code',
          client_id: 'latchkey-desktop',
          redirect_uri: redirectUri,
          code_verifier: codeVerifier,
          code,
          ...changes,
        },
        dpop ? await proofFor('POST', '/token') : undefined,
      )
  }

  test.each<[string, Record<string, string>]>([
    ['another verifier', { code_verifier: 'v'.repeat(43) }],
    ['another redirect_uri', { redirect_uri: 'http://127.0.0.1:5001/callback' }],
    ['another client', { client_id: 'latchkey-extension' }],
    ['another code', { code: `lkc_${'a'.repeat(43)}` }],
  ])('%s; the code is not used up by it', async (_, changes) => {
    expectRefusal(await (await redeem(changes))(), { status: 400, error: 'invalid_grant' })
  })

  test('asked for without a challenge: no verifier redeems it (RFC 9700 §2.1.1)', async () => {
    const bare = await redeem({}, { codeChallenge: null })
    expectRefusal(await bare(), { status: 400, error: 'invalid_grant' })
  })

  test('bound to a key: without a proof and with another key it is refused, with the right one taken', async () => {
    const other = await (await TestDevice.make(site)).jkt()
    for (const proof of [true, false]) {
      expectRefusal(await (await redeem({}, { jkt: other }, proof))(), {
        status: 400,
        error: 'invalid_grant',
      })
    }
    expect((await (await redeem({}, { jkt: await device.jkt() }))()).status).toBe(200)
  })

  test('after 59 s: taken; after 60 s: expired', async () => {
    const [inTime, late] = [await redeem(), await redeem()]
    site.clock.advance(58 * SECOND)
    expect((await inTime()).status).toBe(200)
    site.clock.advance(2 * SECOND)
    expectRefusal(await late(), { status: 400, error: 'invalid_grant' })
  })

  test('without a device key there is an access token and nothing that keeps it alive', async () => {
    const answer = JSON.parse((await (await redeem({}, {}, false))()).body)
    expect(answer).toMatchObject({ token_type: 'Bearer' })
    expect(answer).not.toHaveProperty('refresh_token')
  })
})

describe('refresh tokens', () => {
  test.each<[string, (token: string) => string]>([
    ['its first character changed', (token) => `x${token.slice(1)}`],
    [
      'one character of the session changed',
      (token) => token.slice(0, 6) + flip(token[6]) + token.slice(7),
    ],
    [
      'one character of the secret changed',
      (token) => token.slice(0, 40) + flip(token[40]) + token.slice(41),
    ],
    ['its last character changed', (token) => token.slice(0, -1) + flip(token.at(-1))],
    ['cut short', (token) => token.slice(0, -1)],
    ['one character more', (token) => `${token}a`],
    [
      'another session',
      () => formatRefreshToken({ sessionId: 'a'.repeat(22), secret: newRefreshSecret() }),
    ],
  ])('with %s: refused, and nobody is signed out', async (_, change) => {
    const { refresh_token } = await device.signIn(site)
    const form = { client_id: 'latchkey-desktop', refresh_token: change(refresh_token) }
    for (const path of ['/refresh', '/token']) {
      const answer = await post(
        path,
        { ...form, grant_type: 'refresh_token' },
        await proofFor('POST', path),
      )
      expect(expectRefusal(answer, { status: 400, error: 'invalid_grant' })).not.toHaveProperty(
        'reason',
      )
    }
    expect((await device.refresh(refresh_token)).status).toBe(200)
  })

  const flip = (character: string | undefined) => (character === 'A' ? 'B' : 'A')

  test('a secret that never was, with a good checksum, by a stranger: nothing ends', async () => {
    const mine = await device.signIn(site)
    const made = formatRefreshToken({ sessionId: mine.session_id, secret: newRefreshSecret() })
    const stranger = await TestDevice.make(site)
    const answer = await stranger.refresh(made)
    expect([answer.status, answer.body.error, answer.body.reason]).toEqual([
      400,
      'invalid_grant',
      undefined,
    ])
    expect((await device.refresh(mine.refresh_token)).status).toBe(200)
  })

  test('of another client, and with a proof that was used', async () => {
    const { refresh_token } = await device.signIn(site)
    const form = { client_id: 'latchkey-extension', refresh_token }
    expectRefusal(await post('/refresh', form, await proofFor('POST', '/refresh')), {
      error: 'invalid_grant',
    })
    const proof = await proofFor('POST', '/refresh')
    const mine = { ...form, client_id: 'latchkey-desktop' }
    const first = await post('/refresh', mine, proof)
    expect(first.status).toBe(200)
    const { refresh_token: next } = JSON.parse(first.body)
    const again = { ...mine, refresh_token: String(next) }
    expectRefusal(await post('/refresh', again, proof), { error: 'invalid_dpop_proof' })
    expect((await device.refresh(String(next))).status).toBe(200)
  })
})

describe('revocation', () => {
  const revoke = (token: string, client_id = 'latchkey-desktop') =>
    post('/revoke', { token, client_id })

  test('of garbage, of a token nobody knows, of another client’s: 200, and nothing ends', async () => {
    const { refresh_token, session_id } = await device.signIn(site)
    const made = formatRefreshToken({ sessionId: session_id, secret: newRefreshSecret() })
    for (const token of ['a', '\0', '__proto__', 'lkr_', made, refresh_token.slice(0, -1)]) {
      expect([(await revoke(token)).status, token]).toEqual([200, token])
    }
    expect((await revoke(refresh_token, 'latchkey-extension')).status).toBe(200)
    expect((await device.refresh(refresh_token)).status).toBe(200)
  })

  test('of an access token: told which to send; nothing ends', async () => {
    const { access_token, refresh_token } = await device.signIn(site)
    expectRefusal(await revoke(access_token), { status: 400, error: 'unsupported_token_type' })
    expect((await device.refresh(refresh_token)).status).toBe(200)
  })

  test('whatever the hint says, the token is looked for (RFC 7009 §2.1)', async () => {
    for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense']) {
      const { refresh_token } = await device.signIn(site)
      const form = { token: refresh_token, client_id: 'latchkey-desktop', token_type_hint }
      expect((await post('/revoke', form)).status).toBe(200)
      expect((await device.refresh(refresh_token)).body.reason).toBe('signed_out')
    }
  })

  test('takes the access tokens of the session along (RFC 7009 §2.1)', async () => {
    const { access_token, refresh_token } = await device.signIn(site)
    expect((await device.get('/me', access_token)).status).toBe(200)
    await revoke(refresh_token)
    const refused = await device.get('/me', access_token)
    expect([refused.status, refused.body.error, refused.body.reason]).toEqual([
      401,
      'invalid_token',
      'signed_out',
    ])
  })

  test('twice: 200 both times', async () => {
    const { refresh_token } = await device.signIn(site)
    expect([(await revoke(refresh_token)).status, (await revoke(refresh_token)).status]).toEqual([
      200, 200,
    ])
    expect((await device.refresh(refresh_token)).body.reason).toBe('signed_out')
  })
})
