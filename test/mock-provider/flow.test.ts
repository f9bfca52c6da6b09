import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND, toSeconds } from '../../clock/moment.ts'
import { alertOf } from './browser.ts'
import { application, clock, later, openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World

beforeAll(async () => {
  world = await openWorld()
})

afterAll(() => world.close())

const ALICE = 'alice@example.test'
const BOB = 'bob@example.test'
const PURGED = 'http://127.0.0.1:3000/signin/purged'

test('a person signs in with a password: code, PKCE, nonce, and B2C’s claims', async () => {
  const { claims, tokens, callback } = await world.signIn(world.browser(), ALICE)
  expect(claims).toMatchObject({
    iss: world.issuer,
    aud: application.clientId,
    sub: '0a11ce00-6f1d-4c1e-8a51-2f6b1c9d0001',
    oid: '0a11ce00-6f1d-4c1e-8a51-2f6b1c9d0001',
    ver: '1.0',
    tfp: 'B2C_1_signupsignin',
    emails: [ALICE],
    name: 'Alice Arden',
    given_name: 'Alice',
    family_name: 'Arden',
    nbf: claims.iat,
  })
  expect(claims).not.toHaveProperty('idp')
  expect(claims).not.toHaveProperty('newUser')
  expect(claims.exp - claims.iat).toBe(3600)
  expect(Math.abs(Number(claims.auth_time) - toSeconds(clock.now()))).toBeLessThanOrEqual(3)
  expect(callback.url.searchParams.has('iss')).toBe(false)
  expect(tokens).toMatchObject({ token_type: 'bearer', resource: application.clientId })
})

test('both tokens are signed with the published key, as typ JWT', async () => {
  const { tokens } = await world.signIn(world.browser(), ALICE)
  const keys = createRemoteJWKSet(new URL(world.rp.serverMetadata().jwks_uri ?? ''))
  for (const token of [tokens.id_token, tokens.access_token]) {
    const { protectedHeader, payload } = await jwtVerify(token ?? '', keys, {
      issuer: world.issuer,
      audience: application.clientId,
    })
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    expect(payload.tfp).toBe('B2C_1_signupsignin')
  }
})

test('a token response without the application’s own scope holds no access token', async () => {
  const browser = world.browser()
  const { page, state } = await world.begin(browser, {
    scope: 'openid',
    code_challenge: '',
    code_challenge_method: '',
  })
  const callback = await browser.submit(page, { email: ALICE, password })
  expect(callback.url.searchParams.get('state')).toBe(state)
  const answer = await redeemByHand(callback.url.searchParams.get('code') ?? '')
  expect(Object.keys(answer).sort()).toEqual(
    ['id_token', 'id_token_expires_in', 'not_before', 'profile_info', 'scope', 'token_type'].sort(),
  )
})

test('a wrong password and an unknown person are told in B2C’s words, and can try again', async () => {
  const browser = world.browser()
  const { page, redeem } = await world.begin(browser)
  const unknown = await browser.submit(page, { email: 'nobody@example.test', password })
  expect(alertOf(unknown)).toBe("We can't seem to find your account.")
  const wrong = await browser.submit(unknown, { email: ALICE, password: 'Wrong-1' })
  expect(wrong.status).toBe(400)
  expect(alertOf(wrong)).toBe('Your password is incorrect.')
  expect(wrong.html).toContain(`value="${ALICE}"`)
  const tokens = await redeem(await browser.submit(wrong, { email: ALICE, password }))
  expect(tokens.claims()?.emails).toEqual([ALICE])
})

test('a person of a social provider has no password here', async () => {
  const browser = world.browser()
  const { page } = await world.begin(browser)
  const refused = await browser.submit(page, { email: 'erin@example.test', password })
  expect(refused.status).toBe(400)
})

test('cancel goes back with access_denied and AADB2C90091', async () => {
  const browser = world.browser()
  const { page, state } = await world.begin(browser)
  const { searchParams } = (await browser.submit(page, { action: 'cancel' })).url
  expect(searchParams.get('error')).toBe('access_denied')
  expect(searchParams.get('error_description')).toMatch(
    /^AADB2C90091: .+\r\nCorrelation ID: [0-9a-f-]{36}\r\nTimestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\r\n$/,
  )
  expect(searchParams.get('state')).toBe(state)
  expect(searchParams.has('iss')).toBe(false)
})

test('prompt=none: AADB2C90077 without a session, a code with one', async () => {
  const browser = world.browser()
  const { page, state } = await world.begin(browser, { prompt: 'none' })
  expect(page.url.searchParams.get('error')).toBe('interaction_required')
  expect(page.url.searchParams.get('error_description')).toMatch(/^AADB2C90077: /)
  expect(page.url.searchParams.get('state')).toBe(state)
  expect(page.url.searchParams.has('iss')).toBe(false)
  await world.signIn(browser, ALICE)
  expect(await world.probe(browser)).toBe('code')
})

test('form_post errors carry no iss either', async () => {
  const { page } = await world.begin(world.browser(), {
    prompt: 'none',
    response_mode: 'form_post',
  })
  expect(page.html).toContain('name="error"')
  expect(page.html).not.toContain('name="iss"')
})

test.each([
  ['prompt=login', { prompt: 'login' }],
  ['max_age=0', { max_age: '0' }],
])('%s asks again in a live session, and auth_time moves', async (_, parameters) => {
  const browser = world.browser()
  const first = await world.signIn(browser, ALICE)
  later(5 * MINUTE)
  const { page, redeem } = await world.begin(browser, parameters)
  expect(page.html).toContain('id="password"')
  later(MINUTE)
  const tokens = await redeem(await browser.submit(page, { email: ALICE, password }))
  const moved = Number(tokens.claims()?.auth_time) - Number(first.claims.auth_time)
  expect(moved).toBeGreaterThanOrEqual(360)
  expect(moved).toBeLessThan(380)
})

test('without prompt=login the session answers by itself, and auth_time stays', async () => {
  const browser = world.browser()
  const first = await world.signIn(browser, ALICE)
  later(5 * MINUTE)
  const { page, redeem } = await world.begin(browser, { max_age: '600' })
  const tokens = await redeem(page)
  expect(tokens.claims()?.auth_time).toBe(first.claims.auth_time)
  later(6 * MINUTE)
  const tooOld = await world.begin(browser, { max_age: '600' })
  expect(tooOld.page.html).toContain('id="password"')
})

test('prompt=none with max_age=0 gives no code, whatever the session', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  expect(await world.probe(browser, { max_age: '0' })).toBe('interaction_required')
})

test('the session dies after 24 hours of silence', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  later(24 * HOUR + SECOND)
  expect(await world.probe(browser)).toBe('interaction_required')
})

test('the session lives on for days when it is used every 20 hours', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  for (let day = 0; day < 5; day++) {
    later(20 * HOUR)
    expect(await world.probe(browser)).toBe('code')
  }
  later(24 * HOUR + SECOND)
  expect(await world.probe(browser)).toBe('interaction_required')
})

test('the session’s cookie names no expiry: the server alone judges time', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  const cookies = browser.setCookies.filter((line) => line.startsWith('x-ms-cpim-sso:'))
  expect(cookies.length).toBeGreaterThan(0)
  for (const cookie of cookies) {
    expect(cookie).not.toMatch(/expires|max-age/i)
    expect(cookie).toMatch(/httponly/i)
  }
})

test('logout with a hint goes back with state, and prompt=none then finds no session', async () => {
  const browser = world.browser()
  const { tokens } = await world.signIn(browser, ALICE)
  later(3 * HOUR)
  const out = await browser.get(
    world.logoutUrl({
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: PURGED,
      state: 'st',
    }),
  )
  expect(out.url.href).toBe(`${PURGED}?state=st`)
  expect((await browser.jar.getCookies(world.url)).map(({ key }) => key)).not.toContain(
    'x-ms-cpim-sso:latchkey.onmicrosoft.com_0',
  )
  expect(await world.probe(browser)).toBe('interaction_required')
})

test('a copied cookie is worthless after logout', async () => {
  const browser = world.browser()
  const thief = world.browser()
  await world.signIn(browser, ALICE)
  for (const cookie of await browser.jar.getCookies(world.url)) {
    await thief.jar.setCookie(cookie.toString(), world.url)
  }
  expect(await world.probe(thief)).toBe('code')
  await browser.get(world.logoutUrl({ post_logout_redirect_uri: PURGED }))
  expect(await world.probe(thief)).toBe('interaction_required')
})

test('logout refuses a forged hint and unregistered addresses, and the session stays', async () => {
  const browser = world.browser()
  const { tokens } = await world.signIn(browser, ALICE)
  const id_token_hint = tokens.id_token ?? ''
  const elsewhere = 'http://127.0.0.1:3000/elsewhere'
  for (const parameters of [
    { id_token_hint: `${id_token_hint.slice(0, -8)}AAAAAAAA`, post_logout_redirect_uri: PURGED },
    { id_token_hint, post_logout_redirect_uri: elsewhere },
    { post_logout_redirect_uri: elsewhere },
  ]) {
    expect((await browser.get(world.logoutUrl(parameters))).status).toBe(400)
  }
  expect(await world.probe(browser)).toBe('code')
})

test('with the fault sticky-session, logout looks done and prompt=none still gives a code', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  const put = (mode: 'on' | 'off') =>
    fetch(`${world.url}/control/faults/sticky-session`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode }),
    })
  expect((await put('on')).status).toBe(200)
  const out = await browser.get(world.logoutUrl({ post_logout_redirect_uri: PURGED }))
  expect(out.url.href).toBe(PURGED)
  expect(await world.probe(browser)).toBe('code')
  await put('off')
  await browser.get(world.logoutUrl({ post_logout_redirect_uri: PURGED }))
  expect(await world.probe(browser)).toBe('interaction_required')
})

test('with the fault knows-without-cookies, a browser that brings nothing is taken for the last one', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  world.faults.set('knows-without-cookies', 'on')
  expect(await world.probe(world.browser())).toBe('interaction_required')
  expect(await world.probe(browser)).toBe('code')
  expect(await world.probe(world.browser())).toBe('code')
  world.faults.set('knows-without-cookies', 'off')
  expect(await world.probe(world.browser())).toBe('interaction_required')
})

test('an application without a secret has to bring PKCE', async () => {
  const { clientSecret: _, ...without } = { ...application, clientId: 'without-a-secret' }
  const other = await openWorld({ applications: [application, without] })
  const none = { code_challenge: '', code_challenge_method: '' }
  const ask = (client_id: string, more: Record<string, string> = {}) =>
    other.probe(other.browser(), { client_id, scope: 'openid', ...more })
  expect(await ask(application.clientId, none)).toBe('interaction_required')
  expect(await ask(without.clientId, none)).toBe('invalid_request')
  expect(await ask(without.clientId)).toBe('interaction_required')
  await other.close()
})

test('somebody else signs in within a live session, and it is theirs from then on', async () => {
  const browser = world.browser()
  await world.signIn(browser, ALICE)
  const { claims } = await world.signIn(browser, BOB, { login_hint: ALICE })
  expect(claims.emails).toEqual([BOB])
  const { page, redeem } = await world.begin(browser, { prompt: 'none' })
  expect((await redeem(page)).claims()?.emails).toEqual([BOB])
})

test('login_hint is filled in, and markup in it stays text', async () => {
  const { page } = await world.begin(world.browser(), { login_hint: '"><b>x' })
  expect(page.html).not.toContain('<b>x')
  expect(page.html).toMatch(/id="email"[^>]*value="&quot;/)
})

test.each(['', 'forged'])('a form with the token “%s” is refused', async (csrf_token) => {
  const browser = world.browser()
  const { page } = await world.begin(browser)
  const refused = await browser.submit(page, { email: ALICE, password, csrf_token })
  expect(refused.status).toBe(400)
  expect(refused.html).toContain('AADB2C90212')
  expect(await world.probe(browser)).toBe('interaction_required')
})

test('a sign-in can be finished only in the browser that began it', async () => {
  const { page } = await world.begin(world.browser())
  const other = world.browser()
  const shown = await other.get(page.url)
  const end = await other.submit(shown, { email: ALICE, password })
  expect(end.status).toBe(400)
  expect(await world.probe(other)).toBe('interaction_required')
})

test('a page that lay open for more than an hour says so instead of signing in', async () => {
  const browser = world.browser()
  const { page } = await world.begin(browser)
  later(HOUR + SECOND)
  const end = await browser.submit(page, { email: ALICE, password })
  expect(end.html).toContain('AADB2C90046')
})

test('an unknown redirect_uri or application is told on a page, never by a redirect', async () => {
  const browser = world.browser()
  const uri = await world.begin(browser, { redirect_uri: 'http://127.0.0.1:3000/evil' })
  expect(uri.page.status).toBe(400)
  expect(uri.page.html).toContain('AADB2C90006')
  const unknown = await world.begin(browser, { client_id: 'nobody' })
  expect(unknown.page.status).toBe(400)
  expect(unknown.page.html).toContain('AADB2C90018')
})

test('a code is good once, and with its verifier and secret only', async () => {
  const { callback, redeem } = await world.signIn(world.browser(), ALICE)
  await expect(redeem(callback)).rejects.toMatchObject({ error: 'invalid_grant' })
  const browser = world.browser()
  const { page } = await world.begin(browser)
  const fresh = await browser.submit(page, { email: ALICE, password })
  const code = fresh.url.searchParams.get('code') ?? ''
  expect(await redeemByHand(code, 'wrong-secret-wrong-secret')).toMatchObject({
    error: 'invalid_client',
  })
  expect(await redeemByHand(code)).toMatchObject({ error: 'invalid_grant' })
})

test('a code dies after ten minutes', async () => {
  const browser = world.browser()
  const { page, redeem } = await world.begin(browser)
  const callback = await browser.submit(page, { email: ALICE, password })
  later(10 * MINUTE + SECOND)
  await expect(redeem(callback)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('pages allow no script but their own and no frame, and are kept nowhere', async () => {
  const browser = world.browser()
  const { page } = await world.begin(browser)
  const policy = page.headers.get('content-security-policy')
  expect(policy).toMatch(/^default-src 'none'.*frame-ancestors 'none'.*script-src 'nonce-/)
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy ?? '')?.[1]
  const scripts = page.html.match(/<script[^>]*>/g)
  expect(scripts).toEqual(scripts?.map(() => `<script nonce="${nonce}">`))
  const again = await browser.get(page.url)
  expect(again.headers.get('content-security-policy')).not.toBe(policy)
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  const failure = await world.begin(browser, { client_id: 'nobody' })
  expect(failure.page.html).not.toContain('<script')
  expect(failure.page.headers.get('content-security-policy')).not.toContain('script-src')
})

test('nothing secret is logged', () => {
  const log = world.lines.join('\n')
  expect(world.lines.length).toBeGreaterThan(50)
  for (const secret of [password, application.clientSecret, 'eyJ', 'code=', 'Wrong-1', 'csrf']) {
    expect(log).not.toContain(secret)
  }
  expect(log).not.toContain('"failed"')
})

async function redeemByHand(code: string, secret: string = application.clientSecret) {
  const answer = await fetch(world.rp.serverMetadata().token_endpoint ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: application.redirectUris[0] ?? '',
      client_id: application.clientId,
      client_secret: secret,
    }),
  })
  return (await answer.json()) as Record<string, unknown>
}
