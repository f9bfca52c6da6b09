import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND, toSeconds } from '../../clock/moment.ts'
import {
  APPLICATIONS,
  HYBRID,
  NATIVE,
  NOTES,
  READ,
  SPA,
  TASKS,
  WEB,
  WRITE,
} from './applications.ts'
import { ByHand, claimsOf, codeOf, codeSaid, decoded, headerOf } from './by-hand.ts'
import { clock, later, openWorld } from './world.ts'

const ALICE = '0a11ce00-6f1d-4c1e-8a51-2f6b1c9d0001'
const TENANT = '775527ff-9a37-4307-8b3d-cc311f58d925'
const LASTING = { scope: `openid offline_access ${WEB.clientId}` }

let world: Awaited<ReturnType<typeof openWorld>>
let policy: ByHand

beforeAll(async () => {
  world = await openWorld({
    applications: APPLICATIONS,
    policies: [
      { id: 'B2C_1_signupsignin', journey: 'sign-up-or-sign-in' },
      { id: 'B2C_1_passwordreset', journey: 'reset' },
      {
        id: 'B2C_1_short',
        journey: 'sign-in',
        lifetimes: {
          session: '15min',
          accessToken: '5min',
          idToken: '10min',
          refreshToken: '1d',
          slidingWindow: '2d',
        },
      },
      { id: 'B2C_1_endless', journey: 'sign-in', lifetimes: { slidingWindow: 'unbounded' } },
    ],
  })
  policy = new ByHand(world.policies[0])
})
afterAll(() => world.close())

const at = (id: string) => new ByHand(world.policies.find((one) => one.id === id))

describe('what a token answer holds', () => {
  test('everything that B2C’s does, with client_info when it is asked for', async () => {
    const answer = await policy.tokens(world.browser(), LASTING, { client_info: '1' })
    const now = toSeconds(clock.now())
    expect(answer).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      resource: WEB.clientId,
      id_token_expires_in: 3600,
      refresh_token_expires_in: 1_209_600,
      scope: LASTING.scope,
    })
    expect(Math.abs(Number(answer.not_before) - now)).toBeLessThanOrEqual(2)
    expect(Number(answer.expires_on) - Number(answer.not_before)).toBe(3600)
    expect(decoded(answer.client_info)).toEqual({
      uid: `${ALICE}-b2c_1_signupsignin`,
      utid: TENANT,
    })
    expect(decoded(answer.profile_info)).toEqual({
      ver: '1.0',
      tid: TENANT,
      sub: null,
      name: 'Alice Arden',
      preferred_username: null,
      idp: null,
    })
    for (const token of [answer.id_token, answer.access_token]) {
      expect(headerOf(token)).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    }
    expect(claimsOf(answer.access_token)).toMatchObject({
      aud: WEB.clientId,
      azp: WEB.clientId,
      nonce: 'no',
      tfp: 'B2C_1_signupsignin',
    })
    expect(claimsOf(answer.access_token)).not.toHaveProperty('scp')
  })

  test('client_info names the policy, so that MSAL keeps two accounts apart; unasked it stays away', async () => {
    const short = await at('B2C_1_short').tokens(world.browser(), LASTING, { client_info: '1' })
    expect(decoded(short.client_info).uid).toBe(`${ALICE}-b2c_1_short`)
    expect(await policy.tokens(world.browser())).not.toHaveProperty('client_info')
  })

  test('with openid and offline_access alone there is no access token, and a refresh token all the same', async () => {
    const answer = await policy.tokens(world.browser(), { scope: 'openid offline_access' })
    expect(answer).toHaveProperty('refresh_token')
    expect(answer).not.toHaveProperty('access_token')
    expect(answer).not.toHaveProperty('expires_in')
  })

  test('without offline_access there is no refresh token; without openid no ID token', async () => {
    expect(await policy.tokens(world.browser(), { scope: 'openid' })).not.toHaveProperty(
      'refresh_token',
    )
    const answer = await policy.tokens(world.browser(), {
      scope: READ,
      more: { nonce: undefined },
    })
    expect(answer).not.toHaveProperty('id_token')
    expect(claimsOf(answer.access_token)).toMatchObject({ sub: ALICE, scp: 'tasks.read' })
  })

  test('for an API: aud is the API, azp the application, scp the API’s own words', async () => {
    const scope = `openid profile offline_access ${READ} ${WRITE}`
    const answer = await policy.tokens(world.browser(), { scope })
    expect(answer).toMatchObject({ resource: TASKS.clientId, scope })
    expect(claimsOf(answer.access_token)).toMatchObject({
      aud: TASKS.clientId,
      azp: WEB.clientId,
      scp: 'tasks.read tasks.write',
    })
    expect(claimsOf(answer.id_token).aud).toBe(WEB.clientId)
  })

  test('lifetimes are the policy’s', async () => {
    const answer = await at('B2C_1_short').tokens(world.browser(), LASTING)
    expect(answer).toMatchObject({
      expires_in: 300,
      id_token_expires_in: 600,
      refresh_token_expires_in: 86_400,
    })
    const { exp, iat } = claimsOf(answer.access_token)
    expect(Number(exp) - Number(iat)).toBe(300)
  })
})

describe('refreshing', () => {
  const MSAL_SCOPE = `${READ} openid profile offline_access`

  test('gives everything anew, for the scopes that MSAL names each time', async () => {
    const first = await policy.tokens(world.browser(), { scope: MSAL_SCOPE })
    later(2 * HOUR)
    const { status, body, headers } = await policy.refresh(
      first.refresh_token,
      {},
      {
        scope: MSAL_SCOPE,
        client_info: '1',
      },
    )
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body.refresh_token).not.toBe(first.refresh_token)
    expect(body).toHaveProperty('client_info')
    const before = claimsOf(first.id_token)
    expect(claimsOf(body.id_token)).toMatchObject({ auth_time: before.auth_time, sub: ALICE })
    expect(Number(claimsOf(body.access_token).iat) - Number(before.iat)).toBeGreaterThanOrEqual(
      7200,
    )
  })

  test('an old refresh token is honoured again, as B2C does', async () => {
    const first = await policy.tokens(world.browser())
    expect((await policy.refresh(first.refresh_token)).status).toBe(200)
    expect((await policy.refresh(first.refresh_token)).status).toBe(200)
  })

  test('fewer scopes may be asked for, others may not', async () => {
    const scope = `openid offline_access ${READ} ${WRITE}`
    const { refresh_token } = await policy.tokens(world.browser(), { scope })
    const fewer = await policy.refresh(refresh_token, {}, { scope: `openid ${READ}` })
    expect(claimsOf(fewer.body.access_token).scp).toBe('tasks.read')
    const other = await policy.refresh(
      refresh_token,
      {},
      { scope: `openid ${NOTES.appIdUri}/notes.read` },
    )
    expect(codeSaid(other.body)).toBe('AADB2C90117')
  })

  test('it outlives the sign-out: B2C revokes nothing', async () => {
    const browser = world.browser()
    const { refresh_token } = await policy.tokens(browser)
    await browser.get(world.logoutUrl({}))
    expect((await policy.refresh(refresh_token)).status).toBe(200)
  })

  test('day 13: another one for 14 days; day 15 after the last: AADB2C90080', async () => {
    const first = await policy.tokens(world.browser())
    later(13 * DAY)
    const second = (await policy.refresh(first.refresh_token)).body
    expect(second.refresh_token_expires_in).toBe(1_209_600)
    later(15 * DAY)
    const { status, body } = await policy.refresh(second.refresh_token)
    expect(status).toBe(400)
    expect(body.error).toBe('invalid_grant')
    const said =
      /^AADB2C90080: The provided grant has expired\. Please re-authenticate and try again\. Current time: (\d+), Grant issued time: (\d+), Grant sliding window expiration time: (\d+)\r\nCorrelation ID: [0-9a-f-]{36}\r\nTimestamp: .*Z\r\n$/.exec(
        String(body.error_description),
      )
    const [now, issued, expires] = (said ?? []).slice(1).map(Number)
    expect(Number(expires) - Number(issued)).toBe(1_209_600)
    expect(Number(now) - Number(issued)).toBeGreaterThanOrEqual(15 * 86_400)
  })

  test('day 84, every 12 days: in still, with six days left; day 91: the person signs in again', async () => {
    let { refresh_token } = await policy.tokens(world.browser())
    let left: unknown
    for (let day = 12; day <= 84; day += 12) {
      later(12 * DAY)
      const { body } = await policy.refresh(refresh_token)
      refresh_token = body.refresh_token
      left = body.refresh_token_expires_in
    }
    expect(Math.abs(Number(left) - 6 * 86_400)).toBeLessThanOrEqual(10)
    later(7 * DAY)
    expect(codeSaid((await policy.refresh(refresh_token)).body)).toBe('AADB2C90080')
  })

  test('without an end of the window: day 395, every 13 days, in still', async () => {
    const endless = at('B2C_1_endless')
    let { refresh_token } = await endless.tokens(world.browser())
    for (let day = 13; day <= 395; day += 13) {
      later(13 * DAY)
      const { status, body } = await endless.refresh(refresh_token)
      expect(status).toBe(200)
      refresh_token = body.refresh_token
    }
  })

  test('of a page: hour 23 gives no longer one; hour 25: AADB2C90080', async () => {
    const asked = { application: SPA, scope: `openid offline_access ${SPA.clientId}` }
    const first = await policy.tokens(world.browser(), asked)
    expect(first.refresh_token_expires_in).toBe(86_400)
    later(23 * HOUR)
    const { body } = await policy.refresh(first.refresh_token, asked)
    expect(Number(body.refresh_token_expires_in)).toBeLessThanOrEqual(3600)
    later(2 * HOUR)
    expect(codeSaid((await policy.refresh(body.refresh_token, asked)).body)).toBe('AADB2C90080')
  })

  test('prompt=none gives one too: MSAL renews a page’s 24 hours that way', async () => {
    const browser = world.browser()
    const asked = { application: SPA, more: { prompt: 'none' } }
    await policy.signIn(browser, { application: SPA })
    const { body } = await policy.redeem(codeOf(await policy.ask(browser, asked)), asked)
    expect(body.refresh_token_expires_in).toBe(86_400)
  })

  test('at another policy: AADB2C90088 names both', async () => {
    const { refresh_token } = await policy.tokens(world.browser())
    const { body } = await at('B2C_1_short').refresh(refresh_token)
    expect(body.error_description).toMatch(
      /^AADB2C90088: The provided grant has not been issued for this endpoint\. Actual Value : B2C_1_signupsignin and Expected Value : B2C_1_short\r\n/,
    )
  })

  test('of somebody who is no longer there: AADB2C90128', async () => {
    const everyone = world.people.all
    const { refresh_token } = await policy.tokens(world.browser())
    for (const { oid } of everyone) world.people.remove(oid)
    expect(codeSaid((await policy.refresh(refresh_token)).body)).toBe('AADB2C90128')
    for (const person of everyone) world.people.put(person)
    expect((await policy.refresh(refresh_token)).status).toBe(200)
  })

  test('after its code was used twice: AADB2C90129', async () => {
    const code = codeOf(await policy.signIn(world.browser()))
    const { refresh_token } = (await policy.redeem(code)).body
    expect(codeSaid((await policy.redeem(code)).body)).toBe('AADB2C90129')
    expect(codeSaid((await policy.refresh(refresh_token)).body)).toBe('AADB2C90129')
  })

  test('what another sign-in in the same session gave lives on then', async () => {
    const browser = world.browser()
    const { refresh_token } = await policy.tokens(browser)
    const code = codeOf(await policy.ask(browser))
    await policy.redeem(code)
    expect(codeSaid((await policy.redeem(code)).body)).toBe('AADB2C90129')
    expect((await policy.refresh(refresh_token)).status).toBe(200)
  })

  test.each([
    ['made up', 'made-up'],
    ['cut short', ''],
  ])('one that is %s is taken nowhere', async (_, token) => {
    const { refresh_token } = await policy.tokens(world.browser())
    const given = token === '' ? String(refresh_token).slice(0, -1) : token
    expect(codeSaid((await policy.refresh(given)).body)).toBe('AADB2C90085')
  })

  test('another application’s is taken nowhere', async () => {
    const { refresh_token } = await policy.tokens(world.browser(), { application: NATIVE })
    expect((await policy.refresh(refresh_token, { application: HYBRID })).status).toBe(400)
    expect((await policy.refresh(refresh_token, { application: NATIVE })).status).toBe(200)
  })
})

test('a session of fifteen minutes: minutes 14 and 28 find it, minute 44 does not', async () => {
  const browser = world.browser()
  const short = at('B2C_1_short')
  await short.signIn(browser)
  for (const [pause, found] of [
    [14, true],
    [14, true],
    [16, false],
  ] as const) {
    later(pause * MINUTE)
    const page = await short.ask(browser, { more: { prompt: 'none' } })
    expect(codeOf(page) !== '').toBe(found)
  }
})

test('a code lives ten minutes: minute 9, and minute 11: AADB2C90080', async () => {
  const fresh = codeOf(await policy.signIn(world.browser()))
  later(9 * MINUTE)
  expect((await policy.redeem(fresh)).status).toBe(200)
  const old = codeOf(await policy.signIn(world.browser()))
  later(10 * MINUTE + SECOND)
  expect(codeSaid((await policy.redeem(old)).body)).toBe('AADB2C90080')
})

test('plain PKCE is PKCE: the verifier is the challenge, and nothing else will do', async () => {
  const asked = {
    application: NATIVE,
    more: { code_challenge: policy.verifier, code_challenge_method: 'plain' },
  }
  const wrong = codeOf(await policy.signIn(world.browser(), asked))
  const other = { code_verifier: 'x'.repeat(43) }
  expect(codeSaid((await policy.redeem(wrong, asked, other)).body)).toBe('AADB2C90182')
  const right = codeOf(await policy.signIn(world.browser(), asked))
  expect((await policy.redeem(right, asked)).status).toBe(200)
  const unnamed = { ...asked, more: { ...asked.more, code_challenge_method: undefined } }
  const left = codeOf(await policy.signIn(world.browser(), unnamed))
  expect((await policy.redeem(left, unnamed)).status).toBe(200)
})
