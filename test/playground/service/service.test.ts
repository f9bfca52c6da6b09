import { createServer, type Server } from 'node:http'
import { generateKeyPair, SignJWT } from 'jose'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { StoppedClock, VirtualClock } from '../../../clock/clock.ts'
import { DAY, HOUR, MINUTE, toHttpDate, toIso, toSeconds } from '../../../clock/moment.ts'
import { shiftDate } from '../../../clock/shifted-date.ts'
import { createService } from '../../../playground/service/service.ts'
import type { Page } from '../../../playground/service/site-events.ts'
import { CLAIMS_CHANGED } from '../../../protocol/claims-changed.ts'
import { type DeviceKey, thumbprint, webCryptoDeviceKey } from '../../../protocol/dpop/key.ts'
import { createProof } from '../../../protocol/dpop/proof.ts'

const ISSUER = 'http://127.0.0.1:3000'
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const OLD_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const RealDate = globalThis.Date

const NOTHING: Page = { events: [], next: 0, more: false, forgotten: 0 }

let signing: CryptoKeyPair
let device: DeviceKey
let jkt: string
let clock: VirtualClock
let server: Server
let url: string
let readEvents: () => Promise<Page>
const reports: unknown[] = []

const newDevice = async () =>
  webCryptoDeviceKey(
    await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]),
  )

beforeAll(async () => {
  signing = await generateKeyPair('ES256')
  device = await newDevice()
  jkt = await thumbprint(await device.publicJwk())
})

beforeEach(async () => {
  readEvents = async () => NOTHING
  clock = new VirtualClock(new StoppedClock(Date.now()))
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  url = `http://127.0.0.1:${address.port}`
  const app = createService({
    clock,
    url,
    issuer: ISSUER,
    audience: ISSUER,
    keys: async () => signing.publicKey,
    webhookSecrets: [SECRET, OLD_SECRET],
    readEvents: () => readEvents(),
    report: (error) => reports.push(error),
  })
  server.on('request', app.callback())
})

afterEach(async () => {
  globalThis.Date = RealDate
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  expect(reports.splice(0)).toEqual([])
})

const makeToken = (claims: Record<string, unknown> = {}, typ = 'at+jwt', key = signing) =>
  new SignJWT({
    iss: ISSUER,
    sub: 'usr_bob',
    aud: ISSUER,
    client_id: 'latchkey-desktop',
    iat: toSeconds(clock.now()),
    exp: toSeconds(clock.now() + HOUR),
    jti: 'at_1',
    sid: 'ses_1',
    auth_time: toSeconds(clock.now()),
    cnf: { jkt },
    device_id: 'dev_1',
    account: { id: 'acc_acme', name: 'Acme', role: 'member' },
    subscription: {
      id: 'sub_acme',
      plan: 'team',
      status: 'active',
      trial_ends_at: null,
      period_ends_at: null,
    },
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', typ })
    .sign(key.privateKey)

interface Call {
  readonly token?: string
  readonly key?: DeviceKey
  readonly nonce?: string | undefined
  readonly to?: string
  readonly method?: string
  readonly scheme?: string
}

const hello = async (headers: Record<string, string> = {}) => fetch(`${url}/hello`, { headers })

const freshNonce = async () => (await hello()).headers.get('dpop-nonce') ?? ''

async function proved(call: Call = {}): Promise<Record<string, string>> {
  const token = call.token ?? (await makeToken())
  const dpop = await createProof(call.key ?? device, {
    method: call.method ?? 'GET',
    url: call.to ?? `${url}/hello`,
    now: clock.now(),
    nonce: 'nonce' in call ? call.nonce : await freshNonce(),
    accessToken: token,
  })
  return { authorization: `${call.scheme ?? 'DPoP'} ${token}`, dpop }
}

async function notify(data: Record<string, unknown> = {}, id = 'msg_1', secret = SECRET) {
  const body = JSON.stringify({
    type: 'session.ended',
    timestamp: toIso(clock.now()),
    data: {
      session_id: 'ses_1',
      user_id: 'usr_bob',
      account_id: 'acc_acme',
      device_id: 'dev_1',
      reason: 'signed_out_elsewhere',
      actor: 'user',
      exp: toSeconds(clock.now() + HOUR),
      ...data,
    },
  })
  return send(body, id, new Webhook(secret).sign(id, new Date(clock.now()), body))
}

const send = (body: string, id: string, signature: string, at = clock.now()) =>
  fetch(`${url}/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(toSeconds(at)),
      'webhook-signature': signature,
    },
    body,
  })

test('a token and a fresh proof of its key: served, with what the token says', async () => {
  const answer = await hello(await proved())
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    user: 'usr_bob',
    account: { id: 'acc_acme', name: 'Acme', role: 'member' },
    subscription: { plan: 'team', status: 'active' },
  })
})

test('each answer tells the shared time and a nonce to go on with', async () => {
  clock.advance(14 * DAY)
  const answer = await hello()
  expect(answer.headers.get('date')).toBe(toHttpDate(clock.now()))
  expect(answer.headers.get('dpop-nonce')).toBeTruthy()
})

test('no token: a bare challenge without an error code', async () => {
  const answer = await hello()
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe('DPoP algs="ES256"')
})

const refusals: readonly [string, () => Promise<Record<string, string>>, string][] = [
  ['a proof without a nonce', () => proved({ nonce: undefined }), 'use_dpop_nonce'],
  ['a proof with a made-up nonce', () => proved({ nonce: 'made-up' }), 'use_dpop_nonce'],
  ['another device’s proof', async () => proved({ key: await newDevice() }), 'invalid_token'],
  ['a proof for another address', () => proved({ to: `${url}/other` }), 'invalid_dpop_proof'],
  ['a proof for another method', () => proved({ method: 'POST' }), 'invalid_dpop_proof'],
  ['a bound token as a bearer token', () => proved({ scheme: 'Bearer' }), 'invalid_token'],
  [
    'a token without a proof',
    async () => ({ authorization: `DPoP ${await makeToken()}` }),
    'invalid_dpop_proof',
  ],
  [
    'a token of another issuer',
    async () => proved({ token: await makeToken({ iss: 'http://elsewhere.example' }) }),
    'invalid_token',
  ],
  [
    'a token for another audience',
    async () => proved({ token: await makeToken({ aud: 'another' }) }),
    'invalid_token',
  ],
  [
    'an expired token',
    async () => proved({ token: await makeToken({ exp: toSeconds(clock.now()) - 1 }) }),
    'invalid_token',
  ],
  [
    'a JWT of another kind',
    async () => proved({ token: await makeToken({}, 'JWT') }),
    'invalid_token',
  ],
  [
    'a token that another key signed',
    async () => proved({ token: await makeToken({}, 'at+jwt', await generateKeyPair('ES256')) }),
    'invalid_token',
  ],
  ['no token at all but a word', async () => ({ authorization: 'DPoP nonsense' }), 'invalid_token'],
]

test.each(refusals)('%s: 401, a challenge and a sentence', async (_name, headers, error) => {
  const answer = await hello(await headers())
  const body = await answer.json()
  expect(answer.status).toBe(401)
  expect(body.error).toBe(error)
  expect(answer.headers.get('www-authenticate')).toContain(`DPoP error="${error}"`)
})

test('a proof is good for one request', async () => {
  const headers = await proved()
  expect((await hello(headers)).status).toBe(200)
  expect((await (await hello(headers)).json()).error).toBe('invalid_dpop_proof')
})

test('a nonce is taken for five minutes', async () => {
  const nonce = await freshNonce()
  clock.advance(5 * MINUTE + 1)
  expect((await (await hello(await proved({ nonce }))).json()).error).toBe('use_dpop_nonce')
})

test('the session ended elsewhere: refused at once, with the reason, though the token verifies', async () => {
  const token = await makeToken()
  expect((await hello(await proved({ token }))).status).toBe(200)
  expect((await notify()).status).toBe(204)
  const answer = await hello(await proved({ token }))
  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({
    error: 'invalid_token',
    reason: 'signed_out_elsewhere',
    actor: 'user',
  })
  const other = await makeToken({ sid: 'ses_2' })
  expect((await hello(await proved({ token: other }))).status).toBe(200)
})

test('the same webhook again is taken, and handled once', async () => {
  expect((await notify()).status).toBe(204)
  expect((await notify({ reason: 'password_reset' })).status).toBe(204)
  expect(await (await hello(await proved())).json()).toMatchObject({
    reason: 'signed_out_elsewhere',
  })
})

test.each([
  [
    'signed with another secret',
    () => notify({}, 'm', `whsec_${Buffer.alloc(32, 8).toString('base64')}`),
  ],
  ['without a signature', () => send('{}', 'm', '')],
  [
    'with a signature of another body',
    () => send('{}', 'm', new Webhook(SECRET).sign('m', new Date(clock.now()), '{ }')),
  ],
  [
    'signed too long ago',
    () => {
      const at = clock.now() - 6 * MINUTE
      return send('{}', 'm', new Webhook(SECRET).sign('m', new Date(at), '{}'), at)
    },
  ],
  ['of a shape that is not known', () => notify({ reason: 'because' })],
])('a webhook %s is refused, and changes nothing', async (_name, send) => {
  const answer = await send()
  expect(answer.status).toBe(400)
  expect((await answer.json()).error).toBe('invalid_request')
  expect((await hello(await proved())).status).toBe(200)
})

test('what was refused as not understood may come again, right', async () => {
  expect((await notify({ reason: 'because' }, 'msg_9')).status).toBe(400)
  expect((await notify({}, 'msg_9')).status).toBe(204)
  expect((await hello(await proved())).status).toBe(401)
})

test('a kind of event that this service does not know is taken and passed over', async () => {
  const body = JSON.stringify({ type: 'plan.changed', timestamp: toIso(clock.now()), data: {} })
  const signature = new Webhook(SECRET).sign('msg_2', new Date(clock.now()), body)
  expect((await send(body, 'msg_2', signature)).status).toBe(204)
})

test('while the secret is replaced, the old one is taken as well', async () => {
  expect((await notify({}, 'msg_old', OLD_SECRET)).status).toBe(204)
  expect((await hello(await proved())).status).toBe(401)
})

test('the site can not be asked: closed, in words, with a time to try again and no challenge', async () => {
  readEvents = async () => {
    throw new Error('The site is away.')
  }
  const answer = await hello(await proved())
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({
    error: 'temporarily_unavailable',
    error_description: expect.stringMatching(/try again in a moment\.$/),
  })
  expect(answer.headers.get('retry-after')).toBe('2')
  expect(answer.headers.get('www-authenticate')).toBeNull()
  // Whoever shows no good token learns nothing of that, and makes nobody ask.
  expect((await hello()).status).toBe(401)
  expect(reports.splice(0)).toEqual([new Error('The site is away.')])
  readEvents = async () => NOTHING
  expect((await hello(await proved())).status).toBe(200)
})

test('what was missed is caught up with before anybody is served', async () => {
  const event = {
    type: 'session.ended',
    timestamp: toIso(clock.now()),
    data: {
      session_id: 'ses_1',
      user_id: 'usr_bob',
      account_id: 'acc_acme',
      device_id: null,
      reason: 'password_reset',
      actor: 'admin',
      exp: toSeconds(clock.now() + HOUR),
    },
  }
  readEvents = async () => ({
    events: [
      { id: 'evt_1', sequence: 1, event: { type: 'plan.imagined' } },
      { id: 'evt_2', sequence: 2, event },
    ],
    next: 2,
    more: false,
    forgotten: 0,
  })
  const answer = await hello(await proved())
  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({ reason: 'password_reset', actor: 'admin' })
})

test('the plan changed: served, and told since when, until the token is newer', async () => {
  const token = await makeToken()
  expect((await hello(await proved({ token }))).headers.get(CLAIMS_CHANGED)).toBeNull()
  const changedAt = clock.now() + MINUTE
  clock.advance(MINUTE)
  const body = JSON.stringify({
    type: 'subscription.changed',
    timestamp: toIso(changedAt),
    sequence: 1,
    data: {
      account_id: 'acc_acme',
      actor: 'user',
      subscription: {
        id: 'sub_acme',
        plan: 'pro',
        status: 'active',
        trial_ends_at: null,
        period_ends_at: null,
      },
    },
  })
  const signature = new Webhook(SECRET).sign('msg_3', new Date(clock.now()), body)
  expect((await send(body, 'msg_3', signature)).status).toBe(204)
  const answer = await hello(await proved({ token }))
  expect(answer.status).toBe(200)
  expect(answer.headers.get(CLAIMS_CHANGED)).toBe(String(toSeconds(changedAt)))
  clock.advance(MINUTE)
  const newer = await hello(await proved({ token: await makeToken() }))
  expect(newer.headers.get(CLAIMS_CHANGED)).toBeNull()
})

test('a fortnight ahead, the unmodified verifier takes what was signed then', async () => {
  clock.advance(14 * DAY)
  expect((await notify()).status).toBe(400)
  shiftDate().setOffset(14 * DAY)
  expect((await notify({}, 'msg_2')).status).toBe(204)
})

test('the published vector of Standard Webhooks verifies', () => {
  const at = 1_614_265_330
  const body = '{"test": 2432232314}'
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  expect(
    new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').sign(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(at * 1000),
      body,
    ),
  ).toBe(signature)
})

test('wrong address, method, size or kind: a 4xx with a sentence', async () => {
  const answers = await Promise.all([
    fetch(`${url}/nothing`),
    fetch(`${url}/hello`, { method: 'POST' }),
    fetch(`${url}/webhooks`),
    send('x'.repeat(70_000), 'm', 'v1,x'),
    fetch(`${url}/webhooks`, { method: 'POST' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([404, 405, 405, 413, 400])
  for (const answer of answers) expect((await answer.json()).error_description).toMatch(/\.$/)
})

test('what it is, says the first page', async () => {
  expect(await (await fetch(url)).json()).toMatchObject({ name: 'Latchkey sample service' })
})
