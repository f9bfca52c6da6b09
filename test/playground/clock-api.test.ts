import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SystemClock, VirtualClock } from '../../clock/clock.ts'
import type { DueMoment } from '../../clock/due.ts'
import { followClock } from '../../clock/follow.ts'
import { ClockHub } from '../../clock/hub.ts'
import { DAY, HOUR, MINUTE } from '../../clock/moment.ts'
import { consoleApp } from '../../playground/console/console.tsx'
import { houseOf } from '../support/house.ts'

let server: Server
let hub: ClockHub
let folder: string
let url: string
let resets = 0
let following: AbortController

beforeEach(async () => {
  hub = new ClockHub({ base: new SystemClock() })
  following = new AbortController()
  resets = 0
  folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const house = houseOf(hub, folder, async () => {
    resets++
    await hub.reset(
      async () => {},
      async () => {},
    )
  })
  const app = consoleApp({
    house,
    script: new URL('nothing.js', import.meta.url),
    report: (error) => {
      throw error
    },
  })
  server = createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  url = `http://127.0.0.1:${address.port}`
})

afterEach(async () => {
  following.abort()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

/** Resolves once `condition` holds; the test's own time limit is the patience. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

test('14 days forward over HTTP: a party on the other side does its work in order, then all agree', async () => {
  const clock = new VirtualClock(new SystemClock())
  const plan: DueMoment[] = [
    { at: clock.now() + 2 * DAY, name: 'trial ends' },
    { at: clock.now() + HOUR, name: 'retry' },
  ]
  const next = async () => plan.toSorted((a, b) => a.at - b.at)[0]
  const seen: number[] = []
  const start = clock.now()
  await followClock({
    hub: url,
    clock,
    party: {
      name: 'site',
      next,
      async run() {
        const ran: DueMoment[] = []
        for (let due = await next(); due && due.at <= clock.now(); due = await next()) {
          plan.splice(plan.indexOf(due), 1)
          seen.push(Math.round((clock.now() - start) / MINUTE))
          ran.push(due)
        }
        return ran
      },
    },
    signal: following.signal,
  })
  const answer = await post('/clock/advance', { by: '14d' })
  const told = await answer.json()
  expect(answer.status).toBe(200)
  expect(
    told.happened.map(({ name, party }: { name: string; party: string }) => [party, name]),
  ).toEqual([
    ['site', 'retry'],
    ['site', 'trial ends'],
  ])
  expect(seen).toEqual([60, 2 * 24 * 60])
  expect(clock.offset).toBe(hub.offset)
  const now = await (await fetch(`${url}/clock`)).json()
  expect(now).toMatchObject({ parties: ['site'], offset_ms: hub.offset })
  expect(Date.parse(now.now)).toBe(now.now_ms)
})

test('somebody who only looks hears of a move, and of a reset', async () => {
  const clock = new VirtualClock(new SystemClock())
  const worlds: string[] = []
  await followClock({
    hub: url,
    clock,
    onReset: ({ epoch }) => {
      worlds.push(epoch)
      clock.reset()
    },
    signal: following.signal,
  })
  await post('/clock/advance', { by: '1d' })
  await until(() => clock.offset > DAY - MINUTE)
  expect((await post('/clock/reset')).status).toBe(200)
  await until(() => clock.offset === 0)
  expect(resets).toBe(1)
  expect(worlds).toEqual([hub.tick.epoch])
  await post('/clock/advance', { by: '1h' })
  await until(() => clock.offset > HOUR - MINUTE)
})

test('a party whose work fails says so itself, and time goes on', async () => {
  const failures: unknown[] = []
  await followClock({
    hub: url,
    clock: new VirtualClock(new SystemClock()),
    party: {
      name: 'site',
      run: () => Promise.reject(new Error('disk full')),
      next: async () => undefined,
    },
    failed: (error) => failures.push(error),
    signal: following.signal,
  })
  expect((await post('/clock/advance', { by: '1d' })).status).toBe(200)
  expect(failures.length).toBeGreaterThan(1)
})

test('the hub goes away and comes back on its port: the follower finds it again', async () => {
  const clock = new VirtualClock(new SystemClock())
  await followClock({ hub: url, clock, signal: following.signal })
  const { port } = new URL(url)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await hub.advance(DAY)
  await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve))
  await until(() => clock.offset === hub.offset)
})

test('no hub at all: told at once, in a sentence or by the network', async () => {
  await expect(
    followClock({
      hub: `${url}/nowhere`.replace(/:\d+\/nowhere/, ':1'),
      clock: new VirtualClock(new SystemClock()),
      signal: following.signal,
    }),
  ).rejects.toThrow()
})

test.each([
  ['nothing', undefined],
  ['no length', {}],
  ['backwards', { by: '-1d' }],
  ['zero', { by: '0s' }],
  ['garbage', { by: 'soon' }],
  ['a number', { by: 14 }],
  ['eleven years', { by: '4000d' }],
  ['broken JSON', '{"by":'],
  ['a list', []],
])('advancing by %s is refused with a sentence, and nothing moves', async (_name, body) => {
  const answer = await post('/clock/advance', body)
  expect(answer.status).toBe(400)
  const told = await answer.json()
  expect(told.error).toBe('invalid_request')
  expect(told.error_description).toMatch(/\.$/)
  expect(hub.offset).toBe(0)
})

test.each([
  ['an unknown follower', '/clock/followers/nobody', { step: 1, ran: [] }, 404],
  ['an answer without a step', '/clock/followers/nobody', { ran: [] }, 400],
  ['an address of nothing', '/clock/nothing', {}, 404],
])('%s is refused', async (_name, path, body, status) => {
  expect((await post(path, body)).status).toBe(status)
})

test('a body that is too large, or another method, is refused', async () => {
  expect((await post('/clock/advance', { by: 'x'.repeat(2 << 20) })).status).toBe(413)
  expect((await fetch(`${url}/clock/advance`)).status).toBe(405)
  expect((await fetch(`${url}/clock`, { method: 'DELETE' })).status).toBe(405)
})

test.each([
  ['another origin', { origin: 'https://evil.example' }, 403],
  ['another port of this machine', { origin: 'http://127.0.0.1:3000' }, 403],
  ['a sandboxed page', { origin: 'null' }, 403],
  ['a page of the same machine', { 'sec-fetch-site': 'same-site' }, 403],
  ['a page from elsewhere', { 'sec-fetch-site': 'cross-site', origin: 'null' }, 403],
  [
    'our own page, which sends no referrer',
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    200,
  ],
])('%s: moving the clock is answered as it should be', async (_name, headers, status) => {
  expect((await post('/clock/advance', { by: '1min' }, headers)).status).toBe(status)
  expect(hub.offset > 0).toBe(status === 200)
})

test('a foreign name that resolves to this machine gets nothing at all', async () => {
  const { request } = await import('node:http')
  const status = await new Promise((resolve) => {
    request(`${url}/clock`, { headers: { host: 'rebound.example' } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).end()
  })
  expect(status).toBe(403)
})

test('the page allows its own script and nothing else, and says where the same is without one', async () => {
  const page = await fetch(url)
  const html = await page.text()
  const policy = page.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(html).toContain('/openapi.json')
})

test('to a moment, and to the next due one: forward only, with a sentence', async () => {
  expect((await post('/clock/advance-to', { at: '1999-01-01T00:00:00Z' })).status).toBe(400)
  expect((await post('/clock/advance-to', { at: 'tomorrow' })).status).toBe(400)
  const at = new Date(hub.now() + DAY).toISOString()
  expect((await post('/clock/advance-to', { at })).status).toBe(200)
  expect(hub.now() - Date.parse(at)).toBeLessThan(MINUTE)
  expect((await post('/clock/advance-to-next')).status).toBe(404)
})

test('the documentation has each call, with its parameters and what it takes', async () => {
  const { paths } = await (await fetch(`${url}/openapi.json`)).json()
  expect(Object.keys(paths)).toContain('/clock/advance')
  expect(paths['/faults/{fault}'].put).toMatchObject({
    operationId: 'setFault',
    parameters: [{ name: 'fault', in: 'path', required: true }],
    requestBody: {
      content: {
        'application/json': { schema: { properties: { mode: { enum: ['off', 'next', 'on'] } } } },
      },
    },
  })
})
