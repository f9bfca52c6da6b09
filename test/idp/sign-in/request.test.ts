import { describe, expect, test } from 'vitest'
import { one, readReturnAddress, readSignInRequest } from '../../../idp/sign-in/request.ts'

const HASH = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const EXTENSION = ['https://abc.chromiumapp.org/']
const GOOD = {
  client_id: 'latchkey-desktop',
  redirect_uri: 'http://127.0.0.1:5000/callback',
  response_type: 'code',
  state: 'the client’s own',
  code_challenge: HASH,
  code_challenge_method: 'S256',
  dpop_jkt: HASH,
  device_id: 'dev_1',
}

type Query = Record<string, string | undefined>

const query = (more: Query = {}) => {
  const given = Object.entries({ ...GOOD, ...more })
  return new URLSearchParams(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

const read = (search: URLSearchParams) =>
  readSignInRequest(search, readReturnAddress(search, EXTENSION, '/account'))

test('a good request is read whole', () => {
  expect(read(query({ login_hint: 'ada@example.test' }))).toEqual({
    clientId: 'latchkey-desktop',
    redirectUri: GOOD.redirect_uri,
    state: GOOD.state,
    codeChallenge: HASH,
    jkt: HASH,
    deviceId: 'dev_1',
    loginHint: 'ada@example.test',
    silent: false,
  })
})

test('state, key and device may be left out; an empty parameter is one that is left out', () => {
  const bare = { state: '', dpop_jkt: '', device_id: undefined, login_hint: '' }
  expect(read(query(bare))).toMatchObject({
    state: null,
    jkt: null,
    deviceId: null,
    loginHint: undefined,
  })
})

test('a standard client that proves a key but registered no device is taken', () => {
  expect(read(query({ device_id: undefined }))).toMatchObject({ jkt: HASH, deviceId: null })
})

test('a browser on the site itself needs nothing, goes where the settings say, and binds no key', () => {
  expect(read(new URLSearchParams({ dpop_jkt: HASH, device_id: 'dev_1' }))).toEqual({
    clientId: 'latchkey-web',
    redirectUri: '/account',
    state: null,
    silent: false,
    codeChallenge: null,
    jkt: null,
    deviceId: null,
    loginHint: undefined,
  })
})

const thrown = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('This request was taken.')
}

describe('told to the person alone, for the address may be a stranger’s', () => {
  test.for<[string, Query]>([
    ['an unknown app', { client_id: 'evil' }],
    ['no way back', { redirect_uri: undefined }],
    ['a foreign way back', { redirect_uri: 'https://evil.test/callback' }],
    ['another app’s way back', { redirect_uri: EXTENSION[0] }],
    ['a way back for the website', { client_id: 'latchkey-web' }],
    ['a way back that is too long', { redirect_uri: `http://127.0.0.1:1/${'a'.repeat(2_049)}` }],
    ['a state that is too long', { state: 's'.repeat(2_049) }],
  ])('%s', ([, more]) => {
    const error = thrown(() => readReturnAddress(query(more), EXTENSION, '/'))
    expect(error).toMatchObject({ code: 'invalid_request' })
    expect((error as Error).message).not.toContain('evil')
  })

  test.for(['client_id', 'redirect_uri', 'state'])('%s sent twice', (name) => {
    const doubled = query()
    doubled.append(name, doubled.get(name) ?? '')
    const error = thrown(() => readReturnAddress(doubled, EXTENSION, '/'))
    expect(error).toMatchObject({ code: 'invalid_request' })
  })
})

describe('told to the client', () => {
  test.for<[string, Query, string?]>([
    ['no response_type', { response_type: undefined }, 'unsupported_response_type'],
    ['response_type=token', { response_type: 'token' }, 'unsupported_response_type'],
    [
      'response_type=code id_token',
      { response_type: 'code id_token' },
      'unsupported_response_type',
    ],
    ['response_mode=fragment', { response_mode: 'fragment' }],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
    ['PKCE plain', { code_challenge_method: 'plain' }],
    ['PKCE without its method, which means plain', { code_challenge_method: undefined }],
    ['a challenge that is no SHA-256', { code_challenge: 'abc' }],
    ['a challenge with padding', { code_challenge: `${HASH}=` }],
    ['a key that is no thumbprint', { dpop_jkt: 'abc' }],
    ['a device without its key', { dpop_jkt: undefined }],
    ['a hint longer than any e-mail address', { login_hint: 'a'.repeat(255) }],
    ['a device id that is too long', { device_id: 'd'.repeat(2_049) }],
  ])('%s', ([, more, code = 'invalid_request']) => {
    const search = query(more)
    const to = readReturnAddress(search, EXTENSION, '/')
    expect(thrown(() => readSignInRequest(search, to))).toMatchObject({ code })
  })

  test.for(['response_type', 'code_challenge', 'code_challenge_method', 'dpop_jkt', 'device_id'])(
    '%s sent twice',
    (name) => {
      const doubled = query()
      doubled.append(name, doubled.get(name) ?? '')
      const to = readReturnAddress(doubled, EXTENSION, '/')
      const error = thrown(() => readSignInRequest(doubled, to))
      expect(error).toMatchObject({ code: 'invalid_request' })
    },
  )
})

test('response_mode=query is what there is, so it may be asked for', () => {
  expect(read(query({ response_mode: 'query' }))).toBeTruthy()
})

test('a parameter twice is a fault even when both are empty', () => {
  expect(() => one(new URLSearchParams('a=&a='), 'a')).toThrow('Send a once, not 2 times.')
})
