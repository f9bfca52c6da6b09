import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../../clock/moment.ts'
import {
  Replayed,
  WebhookDeliveries,
  WebhookEndpoint,
  WebhookEndpoints,
} from '../../../protocol/webhooks.ts'
import { happen } from '../../support/happenings.ts'
import { Receiver } from '../../support/receiver.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { send } from '../../support/request.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

const ADMIN_KEY = 'an-admin-key-of-these-tests-0123456789'
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

let service: Receiver
let site: RunningSite

beforeEach(async () => {
  service = await Receiver.start()
  site = await startSite({
    ADMIN_KEY,
    SERVICES: JSON.stringify([{ url: service.url, secret: SECRET }]),
    ALLOW_INTERNAL_SERVICES: JSON.stringify([service.origin]),
  })
})
afterEach(async () => {
  await site.close()
  service.close()
})

const call = (path: string, body?: unknown, key = ADMIN_KEY) =>
  send(site.url, {
    path: `/webhooks${path}`,
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

async function read<T extends v.GenericSchema>(
  schema: T,
  path: string,
  body?: unknown,
): Promise<v.InferOutput<T>> {
  const answer = await call(path, body)
  expect(answer.status, answer.body).toBe(200)
  return v.parse(schema, JSON.parse(answer.body))
}

const deliveries = async (query = '') =>
  (await read(WebhookDeliveries, `/deliveries${query}`)).deliveries

/** Three days in which the service answers no good. */
async function letItDie(): Promise<void> {
  service.otherwise = 500
  for (let attempt = 0; attempt < 10; attempt++) {
    await site.due.run()
    site.clock.advance(DAY)
  }
}

const newestEntry = async () => (await site.store.audit({ limit: 1 }))[0]

test('a delivery is seen with its event and every attempt at it', async () => {
  // The second time on the kept connection, which is not blamed on the service, and then on a new one.
  service.replies.push(500, 'cut off', 'cut off')
  const id = await happen(site)
  await site.due.run()
  site.clock.advance(HOUR)
  await site.due.run()
  const [delivery, ...others] = await deliveries()
  expect(others).toEqual([])
  expect(delivery).toMatchObject({
    event_id: id,
    sequence: 1,
    endpoint: service.url,
    state: 'waiting',
    attempts: 2,
    history: [
      { status: 500, error: null },
      { status: null, error: 'unreachable' },
    ],
    event: { type: 'user.deleted' },
  })
})

test('deliveries by state, and page by page', async () => {
  service.replies.push(204, 500)
  const [one, two, three] = [await happen(site), await happen(site), await happen(site)]
  await site.due.run()
  const ids = async (query: string) => (await deliveries(query)).map(({ event_id }) => event_id)
  expect(await ids('?state=waiting')).toEqual([two])
  expect(await ids('?state=delivered')).toEqual([one, three])
  expect(await ids('?endpoint=https://other.example/')).toEqual([])
  const first = await read(WebhookDeliveries, '/deliveries?limit=2')
  expect(first.deliveries.map(({ event_id }) => event_id)).toEqual([one, two])
  expect(await ids(`?limit=2&after=${encodeURIComponent(first.next ?? '')}`)).toEqual([three])
})

test('dead after the schedule, replayed by hand: the same id again, from the first attempt on', async () => {
  const id = await happen(site)
  await letItDie()
  const [dead] = await deliveries('?state=dead')
  expect(dead).toMatchObject({ event_id: id, attempts: 10, next_at: null })
  service.otherwise = 204
  expect(await read(Replayed, '/deliveries/replay', { id: dead?.id })).toEqual({ replayed: 1 })
  await site.due.run()
  expect(service.ids).toEqual(Array(11).fill(id))
  const [delivered] = await deliveries()
  expect(delivered).toMatchObject({ state: 'delivered', attempts: 1 })
  expect(delivered?.history).toHaveLength(11)
  expect(await newestEntry()).toMatchObject({
    act: 'delivery_replayed',
    actor: 'admin',
    details: { endpoint: service.url, event: id },
  })
})

test('what arrived can be sent again, what is on its way can not', async () => {
  const id = await happen(site)
  await site.due.run()
  const [delivery] = await deliveries()
  service.replies.push(500)
  await read(Replayed, '/deliveries/replay', { id: delivery?.id })
  await site.due.run()
  expect(service.ids).toEqual([id, id])
  expectRefusal(await call('/deliveries/replay', { id: delivery?.id }), {
    status: 400,
    error: 'invalid_request',
  })
})

test('everything dead at an endpoint, in one go', async () => {
  const ids = [await happen(site), await happen(site)]
  await letItDie()
  service.otherwise = 204
  service.received.length = 0
  expect(await read(Replayed, '/deliveries/replay-dead', { endpoint: service.url })).toEqual({
    replayed: 2,
  })
  await site.due.run()
  expect(service.ids).toEqual(ids)
  expect(await newestEntry()).toMatchObject({ details: { endpoint: service.url, count: 2 } })
  expect(await read(Replayed, '/deliveries/replay-dead', { endpoint: service.url })).toEqual({
    replayed: 0,
  })
})

test('410 disables, which is seen; enabled again, everything that waited goes out in order', async () => {
  service.replies.push(410)
  const ids = [await happen(site), await happen(site)]
  await site.due.run()
  const now = Math.floor(site.clock.now() / 1_000)
  const { endpoints } = await read(WebhookEndpoints, '/endpoints')
  expect(endpoints).toMatchObject([
    { url: service.url, format: 'webhook', deliveries: { waiting: 2, delivered: 0, dead: 0 } },
  ])
  expect(endpoints[0]?.disabled_since).toBeGreaterThan(now - 60)
  expect(await read(WebhookEndpoint, '/endpoints/enable', { url: service.url })).toMatchObject({
    disabled_since: null,
  })
  expect(await newestEntry()).toMatchObject({ act: 'endpoint_enabled', actor: 'admin' })
  await site.due.run()
  expect(service.ids).toEqual([ids[0], ...ids])
  // Enabled it is already: nothing is written.
  const before = await newestEntry()
  await read(WebhookEndpoint, '/endpoints/enable', { url: service.url })
  expect(await newestEntry()).toEqual(before)
})

test('a pause is seen as long as it lasts', async () => {
  service.replies.push({ status: 429, headers: { 'retry-after': '600' } })
  await happen(site)
  await site.due.run()
  const paused = async () =>
    (await read(WebhookEndpoints, '/endpoints')).endpoints[0]?.slow_until ?? 0
  expect(await paused()).toBeGreaterThan(site.clock.now() / 1_000 + 590)
  site.clock.advance(HOUR)
  expect(await paused()).toBe(0)
})

describe('refused in words', () => {
  test.for([
    ['/deliveries?state=lost', undefined, 400],
    ['/deliveries?limit=201', undefined, 400],
    ['/deliveries/replay', {}, 400],
    ['/deliveries/replay', { id: 'evt_none' }, 404],
    ['/deliveries/replay-dead', { endpoint: 'https://other.example/' }, 404],
    ['/endpoints/enable', { url: 'https://other.example/' }, 404],
  ] as const)('%s %o', async ([path, body, status]) => {
    expectRefusal(await call(path, body), { status })
  })

  test('without the admin key nothing is seen and nothing is done', async () => {
    for (const [path, body] of [
      ['/endpoints'],
      ['/deliveries'],
      ['/endpoints/enable', { url: service.url }],
      ['/deliveries/replay', { id: 'x' }],
      ['/deliveries/replay-dead', { endpoint: service.url }],
    ] as const) {
      expectRefusal(await call(path, body, SECRET), { status: 401, error: 'invalid_token' })
    }
  })
})
