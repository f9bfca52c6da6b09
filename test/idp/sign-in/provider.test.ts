import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SystemClock, VirtualClock } from '../../../clock/clock.ts'
import { HOUR, MINUTE, SECOND, toSeconds } from '../../../clock/moment.ts'
import type { ProviderSettings } from '../../../idp/settings.ts'
import {
  newProviderRequest,
  type Provider,
  type ProviderRequest,
  Providers,
} from '../../../idp/sign-in/provider.ts'
import { CALLBACK_PATH } from '../../../idp/sign-in/relying-party.ts'
import { PROVIDER } from '../../support/site.ts'

const SITE = 'http://127.0.0.1:3000'

/** A provider over HTTP that signs whatever a test wants. */
const server = createServer((request, response) => {
  void answer(request).then((body) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
  )
})
let issuer: string
let signer: { privateKey: CryptoKey; jwk: JWK }
const newSigner = async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { privateKey, jwk: await exportJWK(publicKey) }
}

let clock: VirtualClock
let provider: Provider
let request: ProviderRequest
/** What the provider is asked for, by path, and the form that redeemed a code. */
let asked: string[]
let redeemed: URLSearchParams
let idToken: () => string | undefined | Promise<string | undefined>
let metadata: Record<string, unknown>

async function answer(message: IncomingMessage): Promise<unknown> {
  asked.push(message.url ?? '')
  switch (message.url) {
    case '/.well-known/openid-configuration':
      return metadata
    case '/reset/.well-known/openid-configuration':
      return {
        ...metadata,
        issuer: `${issuer}/reset`,
        authorization_endpoint: `${issuer}/reset/authorize`,
        end_session_endpoint: `${issuer}/reset/logout`,
      }
    case '/jwks':
      return { keys: [{ ...signer.jwk, kid: 'k1', alg: 'ES256', use: 'sig' }] }
    default: {
      const chunks: Buffer[] = []
      for await (const chunk of message) chunks.push(chunk as Buffer)
      redeemed = new URLSearchParams(Buffer.concat(chunks).toString())
      return { access_token: 'a', token_type: 'Bearer', id_token: await idToken() }
    }
  }
}

const claims = () => ({
  iss: issuer,
  sub: 'ada',
  aud: PROVIDER.client_id,
  nonce: request.nonce,
  iat: toSeconds(clock.now()),
  exp: toSeconds(clock.now() + HOUR),
  auth_time: toSeconds(clock.now()),
  name: 'Ada',
  emails: ['ada@example.test'],
})

const sign = (
  more: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = signer.privateKey,
) =>
  new SignJWT({ ...claims(), ...more })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
    .sign(key)

const unsigned = async () => {
  const header = Buffer.from('{"alg":"none"}').toString('base64url')
  return `${header}.${(await sign()).split('.')[1]}.`
}

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  signer = await newSigner()
})
afterAll(() => void server.close())

beforeEach(() => {
  asked = []
  clock = new VirtualClock(new SystemClock())
  provider = newProvider()
  request = newProviderRequest()
  idToken = () => sign()
  metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    end_session_endpoint: `${issuer}/logout`,
    jwks_uri: `${issuer}/jwks`,
    id_token_signing_alg_values_supported: ['ES256'],
  }
})

function newProvider(more: Partial<ProviderSettings> = {}): Provider {
  const settings = { ...PROVIDER, issuer, scope: 'openid', domains: [], ...more }
  const named = new Providers([settings], { url: SITE, clock }).named(PROVIDER.name)
  if (!named) throw new Error('no provider')
  return named
}

const callback = (query: Record<string, string> = {}) =>
  new URL(
    `${SITE}${CALLBACK_PATH}?${new URLSearchParams({ code: 'c', state: request.state, ...query })}`,
  )

const identity = (from = callback()) => provider.identity(from, request)

test('an honest answer names the person; the code is redeemed with its verifier and our secret', async () => {
  // Read once: the second may turn over before the answer is here.
  const auth_time = toSeconds(clock.now())
  idToken = () => sign({ auth_time })
  expect(await identity()).toEqual({
    issuer,
    subject: 'ada',
    name: 'Ada',
    email: 'ada@example.test',
    authTime: auth_time * SECOND,
    passwordReset: false,
    idToken: expect.any(String),
  })
  expect(Object.fromEntries(redeemed)).toEqual({
    grant_type: 'authorization_code',
    code: 'c',
    redirect_uri: SITE + CALLBACK_PATH,
    code_verifier: request.codeVerifier,
    client_id: PROVIDER.client_id,
    client_secret: PROVIDER.client_secret,
  })
})

test('the provider is always asked to ask: prompt=login and max_age=0, with state, nonce and PKCE S256', async () => {
  const to = new URL(await provider.signInUrl(request, 'ada@example.test'))
  expect(Object.fromEntries(to.searchParams)).toEqual({
    client_id: PROVIDER.client_id,
    redirect_uri: SITE + CALLBACK_PATH,
    response_type: 'code',
    scope: 'openid',
    state: request.state,
    nonce: request.nonce,
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    prompt: 'login',
    max_age: '0',
    login_hint: 'ada@example.test',
  })
  expect(to.href).not.toContain(request.codeVerifier)
})

test('state, nonce and verifier are 256 random bits each, and no two sign-ins share one', () => {
  const all = Array.from({ length: 50 }, () => Object.values(newProviderRequest())).flat()
  for (const secret of all) expect(secret).toMatch(/^[\w-]{43}$/)
  expect(new Set(all).size).toBe(150)
})

test('the probe asks for nothing but an answer; the logout says whose session, and where to come back', async () => {
  expect(new URL(await provider.probeUrl(request)).searchParams.get('prompt')).toBe('none')
  const logout = new URL((await provider.logoutUrl('an-id-token', 'st')) ?? '')
  expect(Object.fromEntries(logout.searchParams)).toEqual({
    client_id: PROVIDER.client_id,
    id_token_hint: 'an-id-token',
    post_logout_redirect_uri: `${SITE}/signin/purged`,
    state: 'st',
  })
})

/** OIDC Core §3.1.3.7, each check failed by one thing. */
const WRONG: Record<string, () => string | undefined | Promise<string | undefined>> = {
  'no ID token at all': () => undefined,
  'not a JWT': () => 'opaque',
  'of another issuer': () => sign({ iss: 'http://127.0.0.1:1' }),
  'of an issuer that ends otherwise': () => sign({ iss: `${issuer}/` }),
  'for another client': () => sign({ aud: 'other' }),
  'for several, and authorized for another': () =>
    sign({ aud: [PROVIDER.client_id, 'other'], azp: 'other' }),
  'for several, and nobody says for whom': () => sign({ aud: [PROVIDER.client_id, 'other'] }),
  'without an audience': () => sign({ aud: undefined }),
  'with another nonce': () => sign({ nonce: newProviderRequest().nonce }),
  'without a nonce': () => sign({ nonce: undefined }),
  'about nobody': () => sign({ sub: undefined }),
  'that ended a minute ago': () => sign({ exp: toSeconds(clock.now() - MINUTE) }),
  'without an end': () => sign({ exp: undefined }),
  'without a beginning': () => sign({ iat: undefined }),
  'not valid yet': () => sign({ nbf: toSeconds(clock.now() + HOUR) }),
  'signed by a stranger under the provider’s key id': async () =>
    sign({}, {}, (await newSigner()).privateKey),
  'signed by a key that it brings along': async () => {
    const stranger = await newSigner()
    return sign({}, { jwk: stranger.jwk, kid: undefined }, stranger.privateKey)
  },
  'signed by a key that nobody published': async () =>
    sign({}, { kid: 'k2' }, (await newSigner()).privateKey),
  unsigned,
  'HS256 keyed with our own secret': () =>
    sign({}, { alg: 'HS256' }, new TextEncoder().encode(PROVIDER.client_secret)),
}

describe('an ID token with one thing wrong names nobody (OIDC Core §3.1.3.7)', () => {
  test.for(Object.entries(WRONG))('%s', async ([, make]) => {
    idToken = make
    await expect(identity()).rejects.toThrow()
  })

  test('an hour and a minute ahead on our clock, what was right is expired', async () => {
    const token = await sign()
    idToken = () => token
    clock.advance(HOUR + MINUTE)
    await expect(identity()).rejects.toThrow()
  })
})

describe('a callback with one thing wrong redeems nothing', () => {
  test.for([
    ['another state', { state: 'other' }],
    ['an error beside the code', { error: 'access_denied' }],
    ['the iss of another provider (RFC 9207)', { iss: 'http://127.0.0.1:1' }],
    ['an iss that ends otherwise', { iss: '/' }],
  ] as const)('%s', async ([, query]) => {
    const wrong = 'iss' in query && query.iss === '/' ? { iss: `${issuer}/` } : query
    await expect(identity(callback(wrong))).rejects.toThrow()
    expect(asked).not.toContain('/token')
  })

  test('no iss from a provider that said it would send one', async () => {
    metadata = { ...metadata, authorization_response_iss_parameter_supported: true }
    await expect(identity()).rejects.toThrow()
    expect(asked).not.toContain('/token')
    expect(await identity(callback({ iss: issuer }))).toMatchObject({ subject: 'ada' })
  })
})

describe('metadata', () => {
  test.for([
    ['of another issuer', 'http://127.0.0.1:1'],
    ['of an issuer that ends otherwise', undefined],
  ] as const)('%s is not taken (RFC 8414 §3.3)', async ([, other]) => {
    metadata = { ...metadata, issuer: other ?? `${issuer}/x` }
    await expect(provider.signInUrl(request, undefined)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
    await expect(identity()).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(asked).not.toContain('/token')
  })

  test('is asked for once, and so are the keys', async () => {
    await identity()
    await identity()
    expect(asked.filter((path) => path === '/jwks')).toHaveLength(1)
    expect(asked.filter((path) => path.startsWith('/.well-known'))).toHaveLength(1)
  })
})

describe('a reset journey with an issuer of its own', () => {
  const resetting = () => {
    const { reset } = newProvider({ reset_issuer: `${issuer}/reset` })
    if (!reset) throw new Error('no reset journey')
    return reset
  }

  test('is there only when the settings name it', () => {
    expect(provider.reset).toBeUndefined()
  })

  test('asks at its own address, always; and its logout is its own', async () => {
    const to = new URL(await resetting().resetUrl(request))
    expect(to.pathname).toBe('/reset/authorize')
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      prompt: 'login',
      max_age: '0',
      state: request.state,
      nonce: request.nonce,
      code_challenge_method: 'S256',
    })
    expect(await resetting().logoutUrl('t', 'st')).toContain(`${issuer}/reset/logout?`)
  })

  test('names the person as the sign-in does: its subject, the sign-in’s issuer', async () => {
    idToken = () => sign({ iss: `${issuer}/reset` })
    const named = await resetting().identity(callback(), request)
    expect(named).toMatchObject({ issuer, subject: 'ada', email: 'ada@example.test' })
  })

  test('takes its own ID tokens alone, and the sign-in takes none of them', async () => {
    await expect(resetting().identity(callback(), request)).rejects.toThrow()
    idToken = () => sign({ iss: `${issuer}/reset` })
    await expect(identity()).rejects.toThrow()
  })

  test('redeems nothing while the sign-in’s issuer can’t be made sure of', async () => {
    metadata = { ...metadata, issuer: 'http://127.0.0.1:1' }
    await expect(resetting().identity(callback(), request)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
    expect(asked).not.toContain('/token')
  })
})

test.for([
  ['true, as the setting names it', 'isForgotPassword', { isForgotPassword: true }, true],
  ['a text', 'isForgotPassword', { isForgotPassword: 'true' }, false],
  ['a number', 'isForgotPassword', { isForgotPassword: 1 }, false],
  ['false', 'isForgotPassword', { isForgotPassword: false }, false],
  ['not there', 'isForgotPassword', {}, false],
  ['true, and no setting names it', undefined, { isForgotPassword: true }, false],
  ['another one than the setting names', 'resetDone', { isForgotPassword: true }, false],
] as const)('a reset claim that is %s', async ([, reset_claim, more, passwordReset]) => {
  idToken = () => sign(more)
  const named = await newProvider({ reset_claim }).identity(callback(), request)
  expect(named.passwordReset).toBe(passwordReset)
})
