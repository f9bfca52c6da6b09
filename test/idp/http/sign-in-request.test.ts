import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  REDIRECT_URI,
  SignInSteps,
  startScriptedSite,
  TestBrowser,
  whereTo,
} from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import type { ScriptedProvider } from '../../support/provider.ts'
import { expectProblemPage, expectRefusal } from '../../support/refusal.ts'
import { send } from '../../support/request.ts'
import type { RunningSite } from '../../support/site.ts'

const EXTENSION_URI = 'https://abcdefghijklmnop.chromiumapp.org/callback'

let site: RunningSite
let provider: ScriptedProvider

beforeAll(async () => {
  ;({ site, provider } = await startScriptedSite({
    EXTENSION_REDIRECT_URIS: JSON.stringify([EXTENSION_URI]),
  }))
})
afterAll(() => site.close())

/** An honest request with changes; `null` takes a parameter away, a list sends it as often. */
function open(
  changes: Readonly<Record<string, string | null | readonly string[]>>,
  path = '/signin',
  accept = 'text/html',
) {
  const query = new SignInSteps(new TestBrowser(site)).request
  query.set('state', 'my state')
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name)
    for (const one of value === null ? [] : typeof value === 'string' ? [value] : value) {
      query.append(name, one)
    }
  }
  return send(site.url, { path: `${path}?${query}`, headers: { accept } })
}

describe('errors that only the person hears, for the way back may be a stranger’s', () => {
  test.each([
    ['another path', 'http://127.0.0.1:5000/other'],
    ['a path below', 'http://127.0.0.1:5000/callback/more'],
    ['a trailing slash', 'http://127.0.0.1:5000/callback/'],
    ['no path', 'http://127.0.0.1:5000'],
    ['dots', 'http://127.0.0.1:5000/a/../callback'],
    ['an encoded slash', 'http://127.0.0.1:5000/%2Fcallback'],
    ['an encoded letter', 'http://127.0.0.1:5000/%63allback'],
    ['upper case', 'http://127.0.0.1:5000/CALLBACK'],
    ['an upper-case scheme', 'HTTP://127.0.0.1:5000/callback'],
    ['a query', 'http://127.0.0.1:5000/callback?a=b'],
    ['a fragment', 'http://127.0.0.1:5000/callback#a'],
    ['an empty fragment', 'http://127.0.0.1:5000/callback#'],
    ['https', 'https://127.0.0.1:5000/callback'],
    ['localhost', 'http://localhost:5000/callback'],
    ['another loopback address', 'http://127.0.0.2:5000/callback'],
    ['all addresses', 'http://0.0.0.0:5000/callback'],
    ['a short form of it', 'http://127.1:5000/callback'],
    ['a decimal form of it', 'http://2130706433:5000/callback'],
    ['a hexadecimal form of it', 'http://0x7f000001:5000/callback'],
    ['an octal form of it', 'http://0177.0.0.1:5000/callback'],
    ['a longer host', 'http://127.0.0.1.example.test:5000/callback'],
    ['userinfo', 'http://user@127.0.0.1:5000/callback'],
    ['userinfo that looks like us', 'http://127.0.0.1:5000@example.test/callback'],
    ['a backslash', 'http://127.0.0.1:5000\\@example.test/callback'],
    ['no port', 'http://127.0.0.1/callback'],
    ['an empty port', 'http://127.0.0.1:/callback'],
    ['port 0', 'http://127.0.0.1:0/callback'],
    ['port 99999', 'http://127.0.0.1:99999/callback'],
    ['a port with a zero before', 'http://127.0.0.1:05000/callback'],
    ['a port that is none', 'http://127.0.0.1:50a0/callback'],
    ['IPv6 in full', 'http://[0:0:0:0:0:0:0:1]:5000/callback'],
    ['IPv6 with IPv4 in it', 'http://[::ffff:127.0.0.1]:5000/callback'],
    ['IPv6 with a zone', 'http://[::1%25lo]:5000/callback'],
    ['IPv6 without brackets', 'http://::1:5000/callback'],
    ['unicode digits', 'http://１２７.0.0.1:5000/callback'],
    ['a unicode full stop', 'http://127。0。0。1:5000/callback'],
    ['a space before', ' http://127.0.0.1:5000/callback'],
    ['a line break after', 'http://127.0.0.1:5000/callback\n'],
    ['a line break within', 'http://127.0.0.1:5000/call\nback'],
    ['a null after', 'http://127.0.0.1:5000/callback\0'],
    ['a stranger', 'https://example.test/callback'],
    ['no scheme', '//127.0.0.1:5000/callback'],
    ['a script', 'javascript:alert(1)//127.0.0.1:5000/callback'],
    ['data', 'data:text/html,a'],
    ['a file', 'file:///callback'],
    ['the private scheme with two slashes', 'dev.latchkey.app://callback'],
    ['the private scheme with another path', 'dev.latchkey.app:/other'],
    ['another private scheme', 'dev.latchkey.apps:/callback'],
    ['the extension’s', EXTENSION_URI],
    ['none', null],
    ['an empty one', ''],
    ['two', [REDIRECT_URI, REDIRECT_URI]],
    ['one and a stranger', [REDIRECT_URI, 'https://example.test/']],
    ['3 KiB', `http://127.0.0.1:5000/callback${'a'.repeat(3_000)}`],
  ])('redirect_uri: %s', async (_, redirectUri) => {
    expectProblemPage(await open({ redirect_uri: redirectUri }), { status: 400 })
    expectRefusal(await open({ redirect_uri: redirectUri }, '/signin', 'application/json'), {
      status: 400,
      error: 'invalid_request',
    })
  })

  test.each([
    ['another extension', 'https://bcdefghijklmnopa.chromiumapp.org/callback'],
    ['a trailing slash', `${EXTENSION_URI}/`],
    ['http', EXTENSION_URI.replace('https', 'http')],
    ['the desktop’s', REDIRECT_URI],
  ])('redirect_uri of the extension: %s', async (_, redirectUri) => {
    const answer = await open({ client_id: 'latchkey-extension', redirect_uri: redirectUri })
    expectProblemPage(answer, { status: 400 })
  })

  test.each([
    ['a stranger', { client_id: 'stranger' }],
    ['a prototype', { client_id: '__proto__' }],
    ['twice', { client_id: ['latchkey-desktop', 'latchkey-desktop'] }],
    ['the site itself with a redirect_uri', { client_id: 'latchkey-web' }],
    ['none with a redirect_uri', { client_id: null }],
    ['markup', { client_id: '<script>alert(1)</script>' }],
    ['state twice', { state: ['a', 'b'] }],
    ['state of 3 KiB', { state: 'a'.repeat(3_000) }],
  ])('client_id: %s', async (_, changes) => {
    const answer = await open(changes)
    expectProblemPage(answer, { status: 400 })
    expect(answer.body).not.toContain('alert(1)')
  })

  test('a provider that is not there', async () => {
    for (const name of ['nobody', '__proto__', '%00', 'Test', 'test%2f']) {
      expectProblemPage(await open({}, `/signin/${name}`), { status: 404 })
    }
  })
})

describe('errors that the client hears: error, a sentence, its state and iss', () => {
  test.each([
    ['no response_type', { response_type: null }, 'unsupported_response_type'],
    ['response_type=token', { response_type: 'token' }, 'unsupported_response_type'],
    [
      'response_type=code id_token',
      { response_type: 'code id_token' },
      'unsupported_response_type',
    ],
    ['response_type twice', { response_type: ['code', 'code'] }, 'invalid_request'],
    ['response_mode=fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['response_mode=form_post', { response_mode: 'form_post' }, 'invalid_request'],
    ['no code_challenge', { code_challenge: null }, 'invalid_request'],
    ['an empty code_challenge', { code_challenge: '' }, 'invalid_request'],
    ['a short code_challenge', { code_challenge: 'a' }, 'invalid_request'],
    ['a code_challenge in base64', { code_challenge: `${'a'.repeat(42)}+` }, 'invalid_request'],
    [
      'code_challenge twice',
      { code_challenge: ['a'.repeat(43), 'b'.repeat(43)] },
      'invalid_request',
    ],
    ['no method', { code_challenge_method: null }, 'invalid_request'],
    ['method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['method s256', { code_challenge_method: 's256' }, 'invalid_request'],
    ['a dpop_jkt that is none', { dpop_jkt: 'a' }, 'invalid_request'],
    ['dpop_jkt twice', { dpop_jkt: ['a'.repeat(43), 'a'.repeat(43)] }, 'invalid_request'],
    ['a device without its key', { device_id: 'dev_a' }, 'invalid_request'],
    ['a device nobody knows', { device_id: 'dev_a', dpop_jkt: 'a'.repeat(43) }, 'invalid_request'],
    ['a device of 3 KiB', { device_id: 'a'.repeat(3_000) }, 'invalid_request'],
    ['a long login_hint', { login_hint: `${'a'.repeat(250)}@a.test` }, 'invalid_request'],
    ['login_hint twice', { login_hint: ['a@a.test', 'b@b.test'] }, 'invalid_request'],
  ])('%s', async (_, changes, error) => {
    const asked = provider.asked.length
    const answer = await open(changes)
    const to = whereTo(answer)
    expect([answer.status, to.origin + to.pathname]).toEqual([303, REDIRECT_URI])
    expect(to.searchParams.get('error')).toBe(error)
    expect(to.searchParams.get('error_description')).toMatch(/^.+ .+\.$/)
    expect(to.searchParams.get('state')).toBe('my state')
    expect(to.searchParams.get('iss')).toBe(site.url)
    expect(to.searchParams.has('code')).toBe(false)
    expect(provider.asked).toHaveLength(asked)
  })

  test('a device with another device’s key', async () => {
    const [mine, other] = await Promise.all([TestDevice.make(site), TestDevice.make(site)])
    const registered = await mine.postJson('/devices', { name: 'Desk', platform: 'linux' })
    const device_id = String(registered.body.device_id)
    const wrong = whereTo(await open({ device_id, dpop_jkt: await other.jkt() }))
    expect(wrong.searchParams.get('error')).toBe('invalid_request')
    const right = whereTo(await open({ device_id, dpop_jkt: await mine.jkt() }))
    expect(right.hostname).toBe('localhost')
  })

  test('without a state none comes back', async () => {
    const to = whereTo(await open({ state: null, response_type: 'token' }))
    expect(to.searchParams.has('state')).toBe(false)
  })

  test('a state of any characters comes back untouched, and adds no header', async () => {
    for (const state of ['a&code=b', '\r\nSet-Cookie: a=b', '%00\0', 'ä😀"<>', '#a', ' ', 'a+b']) {
      const answer = await open({ state, response_type: 'token' })
      expect(whereTo(answer).searchParams.get('state')).toBe(state)
      expect(answer.headers).not.toHaveProperty('set-cookie', 'a=b')
    }
  })

  test.each([
    'http://127.0.0.1:1/callback',
    'http://127.0.0.1:65535/callback',
    'http://[::1]:5000/callback',
    'dev.latchkey.app:/callback',
  ])('%s is the desktop’s: errors go there', async (redirect_uri) => {
    const answer = await open({ redirect_uri, response_type: 'token' })
    expect([answer.status, whereTo(answer).href.startsWith(`${redirect_uri}?`)]).toEqual([
      303,
      true,
    ])
  })
})

test('unknown parameters are ignored (RFC 6749 §3.1)', async () => {
  const answer = await open({
    unknown: ['a', 'b'],
    __proto__x: 'a',
    prompt: 'consent',
    scope: 'openid',
  })
  expect(whereTo(answer).hostname).toBe('localhost')
})
