import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { Webhook } from 'standardwebhooks'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { SystemClock } from '../../../clock/clock.ts'
import { DAY } from '../../../clock/moment.ts'
import { newDevice } from '../../../idp/devices.ts'
import { openFileStore } from '../../../idp/store/file-store.ts'
import type { Session } from '../../../idp/store/records.ts'
import {
  formatRefreshToken,
  newRefreshSecret,
  newSessionId,
} from '../../../idp/tokens/refresh-token.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import { Party } from '../../../playground/party.ts'
import { takePortBlock } from '../../../playground/ports.ts'
import { World } from '../../../playground/world.ts'
import { thumbprint } from '../../../protocol/dpop/key.ts'
import { createProof } from '../../../protocol/dpop/proof.ts'
import { Replayed, WebhookDeliveries } from '../../../protocol/webhooks.ts'
import { TestDevice } from '../../support/device.ts'
import { bundlePrograms, type Programs } from '../../support/programs.ts'
import { Receiver } from '../../support/receiver.ts'
import { ADA, PROVIDER } from '../../support/site.ts'

const ADMIN_KEY = 'an-admin-key-of-these-tests-0123456789'
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const clock = new SystemClock()

let programs: Programs
const endings: (() => unknown)[] = []

beforeAll(async () => {
  programs = await bundlePrograms()
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
  vi.unstubAllEnvs()
})
afterAll(() => programs.remove())

function temporary(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-services-'))
  endings.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface SignedIn {
  readonly device: TestDevice
  readonly refreshToken: string
}

/** Ada on so many devices, as sign-ins of this moment make it, in a store that nobody has open. */
async function signInOn(data: string, url: string, count: number): Promise<readonly SignedIn[]> {
  const store = await openFileStore(data, { log: () => {}, onFailure: () => {} })
  const now = clock.now()
  await store.commit([
    { table: 'user', put: ADA.user },
    { table: 'account', put: ADA.account },
    { table: 'membership', put: ADA.membership },
  ])
  const made: SignedIn[] = []
  for (let number = 0; number < count; number++) {
    const device = await TestDevice.make({ url })
    const jwk = await device.key.publicJwk()
    const jkt = await thumbprint(jwk)
    const record = {
      ...newDevice({ jkt, jwk }, { name: 'Laptop', platform: 'linux' }, now),
      used: true,
    }
    const id = newSessionId()
    const secret = newRefreshSecret()
    const session: Session = {
      id,
      clientId: 'latchkey-desktop',
      userId: ADA.user.id,
      accountId: ADA.account.id,
      deviceId: record.id,
      jkt,
      authTime: now,
      createdAt: now,
      refreshedAt: now,
      idle: 14 * DAY,
      absolute: 180 * DAY,
      purge: null,
      tokens: { current: hashOf(secret), confirmed: false, previous: null, displaced: [] },
      cookieHash: null,
      accessTokenId: 'at_none',
      accessEndsAt: now,
      ended: null,
    }
    await store.commit([
      { table: 'device', put: record },
      { table: 'session', put: session },
    ])
    made.push({ device, refreshToken: formatRefreshToken({ sessionId: id, secret }) })
  }
  await store.close()
  return made
}

/** The playground with real parties, tokens that live for a day, and Ada signed in on so many devices. */
async function startWorld(devices: number) {
  vi.stubEnv('ACCESS_TTL', '1d')
  const folder = temporary()
  const world = new World({
    ports: 'free',
    data: folder,
    programs: pathToFileURL(`${path.dirname(programs.path('site'))}/`),
    died: (sentence) => {
      throw new Error(sentence)
    },
  })
  endings.push(() => world.stop())
  await world.start()
  await world.party('site').stop()
  const signedIn = await signInOn(path.join(folder, 'site'), world.addresses.site, devices)
  await world.party('site').start()
  return { world, signedIn }
}

const now = async ({ addresses }: World): Promise<number> =>
  (await (await fetch(`${addresses.console}/clock`)).json()).now_ms

const advance = ({ addresses }: World, by: string) =>
  fetch(`${addresses.console}/clock/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by }),
  })

/** One call of the sample service, with a proof that it can't find fault with. */
async function hello(world: World, { device }: SignedIn, accessToken: string) {
  const url = `${world.addresses.service}/hello`
  const nonce = (await fetch(url)).headers.get('dpop-nonce') ?? undefined
  const dpop = await createProof(device.key, {
    method: 'GET',
    url,
    now: await now(world),
    nonce,
    accessToken,
  })
  const answer = await fetch(url, { headers: { authorization: `DPoP ${accessToken}`, dpop } })
  return { status: answer.status, body: await answer.json() }
}

async function refreshed({ device, refreshToken }: SignedIn): Promise<string> {
  const answer = await device.refresh(refreshToken)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return String(answer.body.access_token)
}

const signOut = async ({ device, refreshToken }: SignedIn) => {
  const answer = await device.post('/revoke', {
    token: refreshToken,
    client_id: 'latchkey-desktop',
  })
  expect(answer.status).toBe(200)
}

interface Administered {
  readonly site: string
  readonly key: string
}

const administered = ({ addresses, adminKey }: World): Administered => ({
  site: addresses.site,
  key: adminKey,
})

async function admin<T extends v.GenericSchema>(
  { site, key }: Administered,
  schema: T,
  address: string,
  body?: unknown,
): Promise<v.InferOutput<T>> {
  const answer = await fetch(`${site}/webhooks${address}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
  return v.parse(schema, await answer.json())
}

test('signed out: the service refuses the JWT, valid for a day, within one delivery', async () => {
  const { world, signedIn } = await startWorld(2)
  const [one, other] = signedIn
  if (!one || !other) throw new Error('nobody is signed in')
  const [token, others] = [await refreshed(one), await refreshed(other)]
  expect((await hello(world, one, token)).status).toBe(200)
  await signOut(one)
  await expect
    .poll(async () => (await hello(world, one, token)).body)
    .toMatchObject({ error: 'invalid_token', reason: 'signed_out', actor: 'user' })
  expect((await hello(world, other, others)).status).toBe(200)
})

test('the service is down for nine hours: it serves nobody who was signed out meanwhile, and everyone else', async () => {
  const { world, signedIn } = await startWorld(2)
  const [one, other] = signedIn
  if (!one || !other) throw new Error('nobody is signed in')
  const [token, others] = [await refreshed(one), await refreshed(other)]
  expect((await hello(world, one, token)).status).toBe(200)
  await world.party('service').stop()
  await signOut(one)
  await advance(world, '9h')
  const [delivery] = (await admin(administered(world), WebhookDeliveries, '/deliveries')).deliveries
  expect(delivery).toMatchObject({ state: 'waiting', attempts: 6 })
  await world.party('service').start()
  expect(await hello(world, one, token)).toMatchObject({
    status: 401,
    body: { reason: 'signed_out' },
  })
  expect((await hello(world, other, others)).status).toBe(200)
  // The schedule goes on all the same, and the service knows that it has heard of it.
  await advance(world, '9h')
  expect(
    (await admin(administered(world), WebhookDeliveries, '/deliveries')).deliveries,
  ).toMatchObject([{ state: 'delivered', attempts: 7 }])
})

test('started again while the site is away: closed in words, and open as soon as the site can be asked', async () => {
  const { world, signedIn } = await startWorld(1)
  const [one] = signedIn
  if (!one) throw new Error('nobody is signed in')
  const token = await refreshed(one)
  expect((await hello(world, one, token)).status).toBe(200)
  await world.party('service').stop()
  await signOut(one)
  await world.party('service').start()
  // It has fetched no keys yet either; without them it can't judge a token at all.
  await world.party('site').stop()
  const away = await hello(world, one, token)
  expect(away.status, JSON.stringify(away.body)).not.toBe(200)
  await world.party('site').start()
  await expect
    .poll(async () => (await hello(world, one, token)).body, { timeout: 10_000 })
    .toMatchObject({ reason: 'signed_out' })
})

test('never reached: dead after the schedule, and sent again by hand', async () => {
  const { world, signedIn } = await startWorld(1)
  const [one] = signedIn
  if (!one) throw new Error('nobody is signed in')
  const site = administered(world)
  await world.party('service').stop()
  await signOut(one)
  await advance(world, '4d')
  const [dead] = (await admin(site, WebhookDeliveries, '/deliveries?state=dead')).deliveries
  expect(dead).toMatchObject({ attempts: 10, event: { data: { reason: 'signed_out' } } })
  await world.party('service').start()
  expect(await admin(site, Replayed, '/deliveries/replay', { id: dead?.id })).toEqual({
    replayed: 1,
  })
  await expect
    .poll(async () => (await admin(site, WebhookDeliveries, '/deliveries')).deliveries[0]?.state)
    .toBe('delivered')
})

test('killed between the answer and the note of it: the same event again under the same id, once noted', async () => {
  const lease = createServer()
  endings.push(() => lease.close())
  const ports = await takePortBlock(lease)
  const url = `http://127.0.0.1:${ports.site}`
  const folder = temporary()
  const data = path.join(folder, 'data')
  const receiver = await Receiver.start()
  endings.push(() => receiver.close())
  const [one] = await signInOn(data, url, 1)
  if (!one) throw new Error('nobody is signed in')
  const site = new Party({
    name: 'site',
    program: programs.path('site'),
    environment: {
      SITE_URL: url,
      DATA: data,
      ADMIN_KEY,
      PROVIDERS: JSON.stringify([PROVIDER]),
      SERVICES: JSON.stringify([{ url: receiver.url, secret: SECRET }]),
      ALLOW_INTERNAL_SERVICES: JSON.stringify([receiver.origin]),
      LOG_LEVEL: 'warn',
    },
    logFile: path.join(folder, 'site.log'),
  })
  endings.push(() => site.stop())
  await site.start()
  // It has everything, and says so to a site that is gone.
  receiver.replies.push((response) => {
    process.kill(site.pid ?? 0, 'SIGKILL')
    response.writeHead(204).end()
  })
  await signOut(one)
  await expect.poll(() => site.state).toBe('stopped')
  expect(receiver.received).toHaveLength(1)
  await site.start()
  await expect.poll(() => receiver.received.length).toBe(2)
  const [first, second] = receiver.received
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(second?.body).toBe(first?.body)
  await expect
    .poll(
      async () =>
        (await admin({ site: url, key: ADMIN_KEY }, WebhookDeliveries, '/deliveries')).deliveries,
    )
    .toMatchObject([{ state: 'delivered', attempts: 1 }])
  // The verifier of others takes what was really sent.
  for (const { headers, body } of receiver.received) {
    const sent = {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    }
    expect(new Webhook(SECRET).verify(body, sent)).toMatchObject({
      type: 'session.ended',
      data: { reason: 'signed_out', actor: 'user' },
    })
  }
})
