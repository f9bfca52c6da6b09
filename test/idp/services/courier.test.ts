import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { SystemClock } from '../../../clock/clock.ts'
import { DAY, HOUR, MINUTE, SECOND, toHttpDate, toIso } from '../../../clock/moment.ts'
import { shiftDate } from '../../../clock/shifted-date.ts'
import { Courier } from '../../../idp/services/courier.ts'
import { announce } from '../../../idp/services/outbox.ts'
import { RETRY_AFTER } from '../../../idp/services/schedule.ts'
import { createAuthority, issueCredentials } from '../../../mock-provider/certificates/authority.ts'
import { happen } from '../../support/happenings.ts'
import { Receiver } from '../../support/receiver.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const OLD = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
const RealDate = globalThis.Date

const opened: (() => unknown)[] = []

afterEach(async () => {
  globalThis.Date = RealDate
  for (const close of opened.splice(0).reverse()) await close()
})

async function receivers(count: number): Promise<readonly Receiver[]> {
  const started = await Promise.all(Array.from({ length: count }, () => Receiver.start()))
  for (const receiver of started) opened.push(() => receiver.close())
  return started
}

async function siteTelling(
  told: readonly Receiver[],
  more: Record<string, unknown> = {},
  environment: Record<string, string> = {},
): Promise<RunningSite> {
  const site = await startSite({
    SERVICES: JSON.stringify(told.map(({ url }) => ({ url, secret: SECRET, ...more }))),
    ALLOW_INTERNAL_SERVICES: JSON.stringify(told.map(({ origin }) => origin)),
    ...environment,
  })
  opened.push(() => site.close())
  return site
}

/** Lets everything happen until nothing is due any more, as the shared clock does. */
async function letAllHappen({ clock, due }: RunningSite, until = 12 * DAY): Promise<void> {
  const end = clock.now() + until
  for (;;) {
    await due.run()
    const next = await due.next()
    if (!next || next.at > end) return
    clock.advance(Math.max(1, next.at - clock.now()))
  }
}

const stateOf = async ({ store }: RunningSite, eventId: string, { url }: Receiver) =>
  store.delivery(`${eventId}:${url}`)

describe('what is sent', () => {
  test('the unmodified verifier takes what really came, by the old secret and by the new', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    const site = await siteTelling([service], { previous_secret: OLD, token: 'let-me-in' })
    const id = await happen(site)
    await site.due.run()
    const [{ headers, body } = { headers: {}, body: '' }] = service.received
    const given = {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    }
    for (const secret of [SECRET, OLD]) {
      expect(new Webhook(secret).verify(body, given)).toMatchObject({ type: 'user.deleted' })
    }
    const other = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
    expect(() => new Webhook(other).verify(body, given)).toThrow('No matching signature')
    expect(given['webhook-id']).toBe(id)
    expect(given['webhook-signature'].split(' ')).toHaveLength(2)
    expect(JSON.parse(body)).toHaveProperty('sequence', 1)
    expect(headers.authorization).toBe('Bearer let-me-in')
    expect(Buffer.byteLength(body)).toBeLessThan(20_000)
  })

  test('a retry has the same id, and the timestamp and signature of its own moment', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    service.replies.push(500)
    const site = await siteTelling([service])
    await happen(site)
    await site.due.run()
    // The verifier reads the machine's clock, and so does the site of these tests.
    shiftDate().setOffset(HOUR)
    await site.due.run()
    const [one, two] = service.received
    expect(one?.headers['webhook-id']).toBe(two?.headers['webhook-id'])
    expect(one?.body).toBe(two?.body)
    expect(() => new Webhook(SECRET).verify(two?.body ?? '', asStrings(two?.headers))).not.toThrow()
    expect(() => new Webhook(SECRET).verify(one?.body ?? '', asStrings(one?.headers))).toThrow(
      'old',
    )
  })

  test('one connection serves delivery after delivery, and a stale one is no failure', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    const site = await siteTelling([service])
    await happen(site)
    await happen(site)
    await site.due.run()
    expect([service.ids.length, service.connections]).toEqual([2, 1])
    // Let go of with the next request already on its way: the first attempt meets a closed door.
    service.replies.push((response) => void response.socket?.destroy(), 204)
    const id = await happen(site)
    await site.due.run()
    expect(await stateOf(site, id, service)).toMatchObject({ state: 'delivered', attempts: 1 })
  })
})

const asStrings = (headers: Received = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

type Received = Receiver['received'][number]['headers']

describe('what becomes of it', () => {
  test('down for 40 minutes: attempts at 0 s, 5 s, 5 min 5 s, 35 min 5 s and 2 h 35 min 5 s, no others', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    service.replies.push('cut off', 'cut off', 'cut off', 'cut off')
    const site = await siteTelling([service])
    const began = site.clock.now()
    const id = await happen(site)
    await letAllHappen(site)
    const delivery = await stateOf(site, id, service)
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 5 })
    const at = (delivery?.history ?? []).map((one) => Math.round((one.at - began) / SECOND))
    expect(at).toEqual([0, 5, 305, 2_105, 9_305])
    expect(delivery?.history?.map(({ outcome }) => outcome.kind)).toEqual([
      ...Array(4).fill('failed'),
      'answered',
    ])
  })

  test('never there: dead after ten attempts in three days, and not tried again', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    service.otherwise = 500
    const site = await siteTelling([service])
    const id = await happen(site)
    await letAllHappen(site, 5 * DAY)
    expect(service.ids).toEqual(Array(10).fill(id))
    expect(await stateOf(site, id, service)).toMatchObject({ state: 'dead', attempts: 10 })
  })

  test('a redirect is a failure, and followed nowhere', async () => {
    const [service, elsewhere] = await receivers(2)
    if (!service || !elsewhere) throw new Error('no receiver')
    service.otherwise = { status: 307, headers: { location: elsewhere.url } }
    const site = await siteTelling([service])
    const id = await happen(site)
    await site.due.run()
    expect(await stateOf(site, id, service)).toMatchObject({
      state: 'waiting',
      history: [{ outcome: { kind: 'answered', status: 307 } }],
    })
    expect(elsewhere.received).toEqual([])
  })

  test('410: nothing more is sent, and the audit log says so', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    service.replies.push(410)
    const site = await siteTelling([service])
    await happen(site)
    await site.due.run()
    await happen(site)
    await letAllHappen(site, 3 * DAY)
    expect(service.received).toHaveLength(1)
    expect((await site.store.endpoint(service.url))?.disabled).not.toBeNull()
    const [entry] = await site.store.audit({ limit: 1 })
    expect(entry).toMatchObject({
      act: 'endpoint_disabled',
      actor: 'system',
      details: { endpoint: service.url },
    })
  })

  test('asked to wait by seconds or by a date, the site leaves the endpoint alone so long', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    const site = await siteTelling([service])
    const { clock } = site
    service.replies.push(
      { status: 429, headers: { 'retry-after': '3600' } },
      (response) =>
        void response.writeHead(503, { 'retry-after': toHttpDate(clock.now() + 2 * HOUR) }).end(),
    )
    const [one, two] = [await happen(site), await happen(site)]
    await site.due.run()
    expect(service.ids).toEqual([one])
    expect((await site.due.next())?.at).toBeGreaterThan(clock.now() + HOUR - MINUTE)
    clock.advance(HOUR)
    await site.due.run()
    expect(service.ids).toEqual([one, one])
    clock.advance(2 * HOUR)
    await site.due.run()
    // In the order of events still: nothing overtook the one that was refused.
    expect(service.ids).toEqual([one, one, one, two])
  })

  test('an internal target is refused unless the settings name its origin', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    const site = await siteTelling([service], {}, { ALLOW_INTERNAL_SERVICES: '[]' })
    const id = await happen(site)
    await site.due.run()
    expect(await stateOf(site, id, service)).toMatchObject({
      state: 'waiting',
      history: [{ outcome: { kind: 'failed', why: 'internal_target' } }],
    })
    expect(service.connections).toBe(0)
  })

  test('over https, a service for whose certificate nobody vouches is told nothing, and the delivery says why', async () => {
    const now = new SystemClock().now()
    const service = await Receiver.start(issueCredentials(createAuthority(now), 'localhost', now))
    opened.push(() => service.close())
    const site = await siteTelling([service])
    const id = await happen(site)
    await site.due.run()
    expect(await stateOf(site, id, service)).toMatchObject({
      state: 'waiting',
      history: [{ outcome: { kind: 'failed', why: 'untrusted' } }],
    })
    expect(service.received).toEqual([])
  })

  test('an endpoint without end: its status counts, the flood is cut off, nothing of it is kept', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    let written = 0
    service.replies.push((response) => {
      response.writeHead(200)
      const pour = () => {
        while (!response.destroyed && response.write('secret '.repeat(1_000))) written += 7_000
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    })
    const site = await siteTelling([service])
    const id = await happen(site)
    await site.due.run()
    const delivery = await stateOf(site, id, service)
    expect(delivery).toMatchObject({ state: 'delivered' })
    expect(JSON.stringify(delivery)).not.toContain('secret')
    expect(site.log()).not.toContain('secret')
    expect(written).toBeLessThan(50_000_000)
  })

  test('a service that the settings name no more: its deliveries are dead', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    const site = await siteTelling([service])
    const now = site.clock.now()
    await site.store.commit(
      announce(
        {
          payload: {
            type: 'user.deleted',
            timestamp: toIso(now),
            data: { user_id: 'u', actor: 'user' },
          },
          at: now,
        },
        ['https://gone.example/'],
        now,
      ),
    )
    await site.due.run()
    expect(await site.store.countDeliveries('https://gone.example/')).toMatchObject({ dead: 1 })
  })
})

describe('one lane for each', () => {
  test('three that never answer delay nobody else, and each has one request at a time', async () => {
    const all = await receivers(5)
    const hung: ServerResponse[] = []
    for (const receiver of all.slice(0, 3)) {
      receiver.otherwise = (response) => void hung.push(response)
    }
    const site = await siteTelling(all)
    const ids = [await happen(site), await happen(site), await happen(site)]
    site.due.poke()
    await expect.poll(() => all.slice(3).map((receiver) => receiver.ids)).toEqual([ids, ids])
    expect(hung).toHaveLength(3)
    expect(all.map(({ atOnce }) => atOnce)).toEqual([1, 1, 1, 1, 1])
    for (const response of hung) response.writeHead(204).end()
  })

  test('five that never answered may not take all places the next time: whoever answers is told at once', async () => {
    const all = await receivers(6)
    const dead = all.slice(0, 5)
    let open = 0
    let most = 0
    for (const receiver of dead) {
      receiver.otherwise = (response) => {
        most = Math.max(most, ++open)
        response.once('close', () => open--)
      }
    }
    const site = await siteTelling(all)
    const options = { failed: () => {}, jitter: () => 0, patience: 100 }
    const courier = new Courier(site.site, options)
    opened.push(() => courier.stop())
    const id = await happen(site)
    await courier.run()
    for (const receiver of dead) {
      expect(await stateOf(site, id, receiver)).toMatchObject({
        history: [{ outcome: { kind: 'failed', why: 'timeout' } }],
      })
    }
    site.clock.advance(10 * SECOND)
    most = 0
    await courier.run()
    expect(most).toBe(2)
    expect(dead.map(({ received }) => received.length)).toEqual([2, 2, 2, 2, 2])
    expect(all[5]?.received).toHaveLength(1)
  })

  test('at most four requests at once, over all endpoints', async () => {
    const all = await receivers(6)
    const held: ServerResponse[] = []
    let most = 0
    for (const receiver of all) {
      receiver.otherwise = (response) => {
        held.push(response)
        most = Math.max(most, held.filter(({ writableEnded }) => !writableEnded).length)
        setTimeout(() => response.writeHead(204).end(), 20)
      }
    }
    const site = await siteTelling(all)
    await happen(site)
    await happen(site)
    await site.due.run()
    expect(all.map(({ ids }) => ids.length)).toEqual([2, 2, 2, 2, 2, 2])
    expect(most).toBe(4)
  })

  test('a failure of ours between answer and writing: the same event again, under the same id', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    const site = await siteTelling([service])
    const id = await happen(site)
    const { store } = site
    const commit = store.commit.bind(store)
    service.replies.push((response) => {
      store.commit = async () => {
        store.commit = commit
        throw new Error('no answer from the disk')
      }
      response.writeHead(204).end()
    })
    await site.due.run()
    expect(service.ids).toEqual([id, id])
    expect(await stateOf(site, id, service)).toMatchObject({ state: 'delivered', attempts: 1 })
  })

  test('a replay by hand while an attempt is under way is not undone by its outcome', async () => {
    const [service] = await receivers(1)
    if (!service) throw new Error('no receiver')
    const site = await siteTelling([service])
    const id = await happen(site)
    service.replies.push(async (response) => {
      const delivery = await stateOf(site, id, service)
      if (!delivery) throw new Error('no delivery')
      await site.store.commit([{ table: 'delivery', put: { ...delivery, attempts: 0 } }])
      response.writeHead(500).end()
    })
    await site.due.run()
    expect(service.ids).toEqual([id, id])
    expect(await stateOf(site, id, service)).toMatchObject({ state: 'delivered', attempts: 1 })
  })
})

const reply = fc.oneof(
  { weight: 5, arbitrary: fc.constant(204) },
  fc.constantFrom(400, 500, 301, 404),
  fc.constantFrom(429, 502, 503, 504),
  fc.constant('cut off' as const),
  fc.integer({ min: 1, max: 100_000 }).map((seconds) => ({
    status: 503,
    headers: { 'retry-after': String(seconds) },
  })),
)

test('whatever endpoints answer: each event comes to its end once, and is first sent in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(reply, { maxLength: 25 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      async (scripts, events, alwaysDown) => {
        const all = await receivers(scripts.length)
        const site = await siteTelling(all)
        for (const [index, receiver] of all.entries()) {
          receiver.replies.push(...(scripts[index] ?? []))
          if (alwaysDown && index === 0) receiver.otherwise = 500
        }
        const ids: string[] = []
        for (let number = 0; number < events; number++) ids.push(await happen(site))
        await letAllHappen(site, 13 * DAY)
        for (const receiver of all) {
          for (const id of ids) {
            const delivery = await stateOf(site, id, receiver)
            const sent = receiver.ids.filter((other) => other === id).length
            expect(['delivered', 'dead']).toContain(delivery?.state)
            expect(delivery?.attempts).toBe(delivery?.history?.length)
            // A connection that was let go of makes a second request of the same attempt.
            expect(sent).toBeGreaterThanOrEqual(delivery?.attempts ?? 0)
            if (delivery?.state === 'dead') expect(delivery.attempts).toBe(RETRY_AFTER.length + 1)
          }
          expect([...new Set(receiver.ids)]).toEqual(ids)
          expect(receiver.atOnce).toBe(1)
        }
        for (const close of opened.splice(0).reverse()) await close()
      },
    ),
    { seed: 7, numRuns: 15 },
  )
}, 60_000)
