import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APPLICATIONS, FRONT, HYBRID, NATIVE, READ, READ_NOTES, SPA, WEB } from './applications.ts'
import { type Asked, answerOf, ByHand, codeOf, codeSaid } from './by-hand.ts'
import { openWorld } from './world.ts'

let world: Awaited<ReturnType<typeof openWorld>>
let policy: ByHand

beforeAll(async () => {
  world = await openWorld({ applications: APPLICATIONS })
  policy = new ByHand(world.policies[0])
})
afterAll(() => world.close())

const asks = (more: Asked['more'], rest: Omit<Asked, 'more'> = {}): Asked => ({ ...rest, more })

describe('told to the application, which is known and is where it says', () => {
  test.each<[code: string, error: string, what: string, asked: Asked]>([
    ['AADB2C90010', 'invalid_request', 'no scope', asks({ scope: undefined, nonce: undefined })],
    ['AADB2C90117', 'invalid_request', 'a scope of nobody', { scope: 'openid user.read' }],
    [
      'AADB2C90117',
      'invalid_request',
      'another one’s client id',
      { scope: NATIVE.clientId, more: { nonce: undefined } },
    ],
    ['AADB2C90117', 'invalid_request', 'a scope that an API hasn’t', { scope: `openid ${READ}x` }],
    [
      'AADB2C90146',
      'invalid_request',
      'two APIs at once',
      { scope: `openid ${READ} ${READ_NOTES}` },
    ],
    [
      'AADB2C90146',
      'invalid_request',
      'an API and itself',
      { scope: `openid ${READ} ${WEB.clientId}` },
    ],
    [
      'AADB2C90115',
      'invalid_request',
      'nothing but a refresh token',
      { scope: 'offline_access', more: { nonce: undefined } },
    ],
    [
      'AADB2C90013',
      'unsupported_response_type',
      'a response type that is none',
      asks({ response_type: 'tokens' }),
    ],
    [
      'AADB2C90013',
      'unsupported_response_type',
      'an access token by the front channel',
      asks({ response_type: 'token' }, { application: HYBRID }),
    ],
    ['AADB2C90083', 'invalid_request', 'no response type', asks({ response_type: undefined })],
    [
      'AADB2C90014',
      'invalid_request',
      'a response mode that is none',
      asks({ response_mode: 'web_message' }),
    ],
    [
      'AADB2C90014',
      'invalid_request',
      'the engine’s own name of a mode',
      asks({ response_mode: 'b2c.query' }),
    ],
    ['AADB2C90043', 'invalid_request', 'a prompt that is none', asks({ prompt: 'create' })],
    ['AADB2C90043', 'invalid_request', 'silence and a sign-in', asks({ prompt: 'none login' })],
    ['AADB2C90120', 'invalid_request', 'an age that is none', asks({ max_age: '-1' })],
    [
      'AADB2C90057',
      'unauthorized_client',
      'an ID token, switched off',
      asks({ response_type: 'code id_token' }),
    ],
    [
      'AADB2C90058',
      'unauthorized_client',
      'a code, without a secret',
      asks({ response_type: 'code' }, { application: FRONT }),
    ],
    ['AADB2C90077', 'interaction_required', 'silence, without a session', asks({ prompt: 'none' })],
    [
      'AADB2C99059',
      'invalid_request',
      'no PKCE by a page',
      asks({ code_challenge: undefined, code_challenge_method: undefined }, { application: SPA }),
    ],
    [
      'AADB2C99059',
      'invalid_request',
      'no PKCE by an app',
      asks(
        { code_challenge: undefined, code_challenge_method: undefined },
        { application: NATIVE },
      ),
    ],
    ['AADB2C90184', 'invalid_request', 'another PKCE', asks({ code_challenge_method: 'S512' })],
  ])('%s %s: %s', async (code, error, _, asked) => {
    const page = await policy.ask(world.browser(), asked)
    expect(page.url.origin).toBe(new URL((asked.application ?? WEB).redirectUris[0] ?? '').origin)
    const answer = answerOf(page)
    expect(answer).toEqual({ error, error_description: expect.any(String), state: 'st' })
    expect(codeSaid(answer)).toBe(code)
    expect(answer.error_description).not.toMatch(/[{}]/)
  })

  test('AADB2C90110 and AADB2C90083 in the fragment, where ID tokens go', async () => {
    const hybrid = (scope: string, more: Asked['more'] = {}): Asked => ({
      application: HYBRID,
      scope,
      more: { response_type: 'code id_token', ...more },
    })
    const said = async (asked: Asked) => {
      const page = await policy.ask(world.browser(), asked)
      expect(page.url.search).toBe('')
      return codeSaid(answerOf(page))
    }
    expect(await said(hybrid(READ))).toBe('AADB2C90110')
    expect(await said(hybrid('openid', { nonce: undefined }))).toBe('AADB2C90083')
    expect(await said(hybrid('openid', { response_mode: 'query' }))).toBe('AADB2C90014')
  })

  test('what was asked for is named', async () => {
    const page = await policy.ask(world.browser(), { scope: 'openid user.read' })
    expect(answerOf(page).error_description).toMatch(
      /^AADB2C90117: The scope 'user\.read' provided in the request is not supported\.\r\n/,
    )
  })
})

describe('told to the person on a page, since nobody knows whose request it is', () => {
  test.each<[code: string, what: string, asked: Asked]>([
    ['AADB2C90018', 'an unknown application', asks({ client_id: 'nobody' })],
    ['AADB2C90008', 'no application', asks({ client_id: undefined })],
    [
      'AADB2C90006',
      'an address that is not registered',
      { redirectUri: 'http://127.0.0.1:3000/x' },
    ],
    [
      'AADB2C90006',
      'another port of a server',
      { redirectUri: 'http://127.0.0.1:3001/integrations/oauth2/callback' },
    ],
    [
      'AADB2C90006',
      'another path of an app',
      { application: NATIVE, redirectUri: 'http://localhost:5/x' },
    ],
    [
      'AADB2C90006',
      'another port of a page',
      { application: SPA, redirectUri: 'http://localhost:5005/' },
    ],
    ['AADB2C90083', 'no address', asks({ redirect_uri: undefined }, { application: HYBRID })],
  ])('%s: %s', async (code, _, asked) => {
    const page = await policy.ask(world.browser(), asked)
    expect(page.url.origin).toBe(world.url)
    expect(page.status).toBe(400)
    expect(codeSaid(page)).toBe(code)
  })

  test('markup in what was asked stays text', async () => {
    const { html } = await policy.ask(world.browser(), { redirectUri: 'http://127.0.0.1/<b>x' })
    expect(html).not.toContain('<b>')
  })
})

describe('told at the token endpoint, as JSON with status 400', () => {
  type Wrong = (code: string) => ReturnType<ByHand['token']>

  test.each<[code: string, error: string, what: string, ask: Asked, wrong: Wrong]>([
    [
      'AADB2C90079',
      'invalid_request',
      'no secret',
      {},
      (code) => policy.redeem(code, {}, { client_secret: undefined }),
    ],
    [
      'AADB2C90081',
      'invalid_client',
      'a wrong secret',
      {},
      (code) => policy.redeem(code, {}, { client_secret: 'x'.repeat(20) }),
    ],
    [
      'AADB2C90084',
      'invalid_request',
      'a secret of an app',
      { application: NATIVE },
      (code) => policy.redeem(code, { application: NATIVE }, { client_secret: 'x' }),
    ],
    [
      'AADB2C90018',
      'unauthorized_client',
      'an unknown application',
      {},
      (code) => policy.redeem(code, {}, { client_id: 'nobody' }),
    ],
    [
      'AADB2C90008',
      'invalid_request',
      'no application',
      {},
      (code) => policy.redeem(code, {}, { client_id: undefined, client_secret: undefined }),
    ],
    [
      'AADB2C90086',
      'unsupported_grant_type',
      'a grant type that is none',
      {},
      (code) => policy.redeem(code, {}, { grant_type: 'password' }),
    ],
    [
      'AADB2C90086',
      'unsupported_grant_type',
      'the implicit grant',
      {},
      (code) => policy.redeem(code, {}, { grant_type: 'implicit' }),
    ],
    [
      'AADB2C90083',
      'invalid_request',
      'no grant type',
      {},
      (code) => policy.redeem(code, {}, { grant_type: undefined }),
    ],
    [
      'AADB2C90083',
      'invalid_request',
      'no code',
      {},
      () => policy.redeem('', {}, { code: undefined }),
    ],
    [
      'AADB2C90085',
      'invalid_grant',
      'a code that was never given out',
      {},
      () => policy.redeem('made-up'),
    ],
    [
      'AADB2C90085',
      'invalid_grant',
      'another one’s code',
      {},
      (code) => policy.redeem(code, { application: HYBRID }),
    ],
    [
      'AADB2C90006',
      'redirect_uri_mismatch',
      'another address',
      {},
      (code) => policy.redeem(code, {}, { redirect_uri: 'http://127.0.0.1/x' }),
    ],
    [
      'AADB2C90182',
      'invalid_grant',
      'another verifier',
      {},
      (code) => policy.redeem(code, {}, { code_verifier: 'x'.repeat(43) }),
    ],
    [
      'AADB2C90183',
      'invalid_grant',
      'a verifier that is too short',
      {},
      (code) => policy.redeem(code, {}, { code_verifier: 'x' }),
    ],
    [
      'AADB2C90183',
      'invalid_grant',
      'no verifier',
      {},
      (code) => policy.redeem(code, {}, { code_verifier: undefined }),
    ],
  ])('%s %s: %s', async (code, error, _, asked, wrong) => {
    const { status, body } = await wrong(codeOf(await policy.signIn(world.browser(), asked)))
    expect(codeSaid(body)).toBe(code)
    expect(body.error).toBe(error)
    expect(status).toBe(400)
    expect(Object.keys(body).sort()).toEqual(['error', 'error_description'])
  })

  test('a server without a secret gets no token, whatever it tries', async () => {
    const { body } = await policy.refresh('made-up', { application: FRONT })
    expect(codeSaid(body)).toMatch(/AADB2C900(85|58)/)
  })

  test('a secret in the header is one too: AADB2C90084, AADB2C90081', async () => {
    const basic = (id: string) => ({
      authorization: `Basic ${Buffer.from(`${id}:x`).toString('base64')}`,
    })
    const fields = { grant_type: 'refresh_token', refresh_token: 'made-up' }
    expect(codeSaid((await policy.token(fields, basic(NATIVE.clientId))).body)).toBe('AADB2C90084')
    expect(codeSaid((await policy.token(fields, basic(WEB.clientId))).body)).toBe('AADB2C90081')
  })

  test('a browser that opens it reads JSON as well', async () => {
    const { headers, body } = await policy.token({}, { accept: 'text/html' })
    expect(headers.get('content-type')).toContain('application/json')
    expect(codeSaid(body)).toBe('AADB2C90008')
  })

  test('no secret, code, verifier or token is ever said or logged', async () => {
    const code = codeOf(await policy.signIn(world.browser()))
    const verifier = 'v'.repeat(43)
    const answers = [
      await policy.redeem(code, {}, { client_secret: 'Hidden-secret-of-20-characters' }),
      await policy.redeem(code, {}, { code_verifier: verifier }),
      await policy.refresh('Hidden-refresh-token'),
    ]
    const said = JSON.stringify(answers) + world.lines.join('\n')
    for (const secret of ['Hidden', code, verifier]) expect(said).not.toContain(secret)
  })
})
