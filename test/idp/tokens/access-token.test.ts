import { decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, type Moment, SECOND, toSeconds } from '../../../clock/moment.ts'
import {
  type AccessTokenIssuer,
  issueAccessToken,
  tokenResponse,
} from '../../../idp/tokens/access-token.ts'
import { openSigningKeys } from '../../../idp/tokens/signing-keys.ts'
import { checkAccessToken } from '../../../protocol/access-token.ts'
import { temporaryFolder } from '../store/folder.ts'
import { aMembership, anAccount, aSession, T0 } from '../store/records.ts'

let issuer: AccessTokenIssuer

beforeEach(async () => {
  issuer = {
    url: 'http://127.0.0.1:3000',
    audience: 'http://127.0.0.1:3100',
    accessLife: HOUR,
    keys: await openSigningKeys(await temporaryFolder()),
  }
})

const subject = (more = {}) => ({
  session: aSession('s1', more),
  account: anAccount('a1', { name: 'Acme' }),
  membership: aMembership('u1', 'a1'),
})

const check = (token: string, now: Moment) =>
  checkAccessToken(token, {
    issuer: issuer.url,
    audience: issuer.audience,
    now,
    keys: issuer.keys.verifyKeys,
  })

test('it says all that a service needs, in whole seconds (RFC 9068 §2.2)', async () => {
  const now = T0 + 999
  const { jwt, id } = await issueAccessToken(issuer, subject(), now)
  expect(decodeProtectedHeader(jwt)).toEqual({
    typ: 'at+jwt',
    alg: 'ES256',
    kid: issuer.keys.signer(now).kid,
  })
  expect(await check(jwt, now)).toEqual({
    iss: issuer.url,
    sub: 'u1',
    aud: issuer.audience,
    client_id: 'latchkey-desktop',
    iat: toSeconds(T0),
    exp: toSeconds(T0 + HOUR),
    jti: id,
    sid: 's1',
    auth_time: toSeconds(T0),
    cnf: { jkt: 'jkt-d1' },
    device_id: 'd1',
    account: { id: 'a1', name: 'Acme', role: 'owner' },
    subscription: {
      id: 'sub-a1',
      plan: 'team',
      status: 'trialing',
      trial_ends_at: toSeconds(T0 + 30 * DAY),
      period_ends_at: null,
    },
  })
})

test('two tokens of one moment have two ids', async () => {
  const [one, two] = await Promise.all([
    issueAccessToken(issuer, subject(), T0),
    issueAccessToken(issuer, subject(), T0),
  ])
  expect(one.id).not.toBe(two.id)
})

describe('it never outlives the absolute end', () => {
  test('day 180, 20 minutes before the end: 20 minutes, not an hour', async () => {
    const now = T0 + 180 * DAY - 20 * MINUTE
    const token = await issueAccessToken(issuer, subject(), now)
    expect(token.endsAt).toBe(T0 + 180 * DAY)
    await expect(check(token.jwt, T0 + 180 * DAY - SECOND)).resolves.toBeTruthy()
    await expect(check(token.jwt, T0 + 180 * DAY)).rejects.toMatchObject({ code: 'invalid_token' })
    expect(tokenResponse(subject().session, token, 'lkr_next').expires_in).toBe(20 * 60)
  })

  test('before that, an hour', async () => {
    const token = await issueAccessToken(issuer, subject(), T0 + 9 * DAY)
    expect(token.endsAt - token.issuedAt).toBe(HOUR)
  })
})

test('without a device key: no binding, a Bearer token, no refresh token', async () => {
  const { session, ...rest } = subject({ jkt: null, deviceId: null, tokens: null })
  const token = await issueAccessToken(issuer, { session, ...rest }, T0)
  const claims = await check(token.jwt, T0)
  expect(claims).not.toHaveProperty('cnf')
  expect(claims).not.toHaveProperty('device_id')
  expect(tokenResponse(session, token, undefined)).toEqual({
    access_token: token.jwt,
    token_type: 'Bearer',
    expires_in: 3_600,
    issued_at: toSeconds(T0),
    session_id: 's1',
  })
})

test('with one: a DPoP token', async () => {
  const { session, ...rest } = subject()
  const token = await issueAccessToken(issuer, { session, ...rest }, T0)
  const response = tokenResponse(session, token, 'lkr_next')
  expect(response).toMatchObject({ token_type: 'DPoP', refresh_token: 'lkr_next' })
})
