import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PLACES, type Place } from '../../../mock-provider/faults/catalogue.ts'
import type { Browser } from '../browser.ts'
import { application, openWorld } from '../world.ts'

let world: Awaited<ReturnType<typeof openWorld>>
let authority: string
let browser: Browser

beforeAll(async () => {
  world = await openWorld()
  authority = world.policies[0]?.authority ?? ''
  browser = world.browser()
})
afterAll(() => world.close())
afterEach(() => world.faults.clear())

const authorize = new URLSearchParams({
  client_id: application.clientId,
  redirect_uri: application.redirectUris[0] ?? '',
  response_type: 'code',
  scope: 'openid',
  state: 'st',
})

/** How each endpoint is asked. */
const ASKED: Record<Place, () => [path: string, init?: RequestInit]> = {
  metadata: () => ['/v2.0/.well-known/openid-configuration'],
  keys: () => ['/discovery/v2.0/keys'],
  authorize: () => [`/oauth2/v2.0/authorize?${authorize}`],
  token: () => ['/oauth2/v2.0/token', { method: 'POST', body: new URLSearchParams() }],
  logout: () => ['/oauth2/v2.0/logout'],
  pages: () => ['/api/combinedsigninandsignup/unified'],
}

async function ask(place: Place): Promise<Response> {
  const [path, init] = ASKED[place]()
  return fetch(authority + path, { ...init, redirect: 'manual' })
}

describe.each(PLACES)('at %s', (place) => {
  test.each([
    ['too-many-requests', 429, 30],
    ['unavailable', 503, 30],
  ] as const)('%s: %i with Retry-After, once, and nowhere else', async (fault, status, seconds) => {
    world.faults.set(fault, 'next', { at: place })
    for (const other of PLACES.filter((one) => one !== place)) {
      expect((await ask(other)).status).not.toBe(status)
    }
    const answer = await ask(place)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('retry-after')).toBe(String(seconds))
    expect((await ask(place)).status).not.toBe(status)
  })

  test('dropped: there is no answer, until it is off', async () => {
    world.faults.set('dropped', 'on', { at: place })
    await expect(ask(place)).rejects.toThrow('fetch failed')
    await expect(ask(place)).rejects.toThrow('fetch failed')
    world.faults.set('dropped', 'off')
    expect((await ask(place)).status).toBeLessThan(500)
  })

  test('truncated: half of it, as a whole answer', async () => {
    const whole = (await (await ask(place)).text()).length
    world.faults.set('truncated', 'next', { at: place })
    const answer = await ask(place)
    const half = (await answer.text()).length
    expect(half / whole).toBeGreaterThan(0.4)
    expect(half / whole).toBeLessThan(0.6)
  })

  test('refused: B2C’s error, told as this endpoint tells it', async () => {
    world.faults.set('refused', 'next', { at: place, code: 'AADB2C90037' })
    const answer = await ask(place)
    const told = answer.headers.get('location') ?? (await answer.text())
    expect(told).toContain('AADB2C90037')
    expect(answer.status).toBe(place === 'authorize' ? 302 : 400)
    if (place === 'token') expect(JSON.parse(told)).toMatchObject({ error: 'server_error' })
    if (place === 'authorize') expect(new URL(told).searchParams.get('state')).toBe('st')
    expect(world.trail.read({ after: 0, event: 'refused' }).at(-1)).toMatchObject({
      code: 'AADB2C90037',
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })
})

test('refused at authorize, for an address that nobody registered: on a page', async () => {
  world.faults.set('refused', 'next', { at: 'authorize', code: 'AADB2C90037' })
  const page = await browser.get(
    `${authority}/oauth2/v2.0/authorize?${new URLSearchParams({ ...Object.fromEntries(authorize), redirect_uri: 'https://evil.example/' })}`,
  )
  expect(page).toMatchObject({ status: 400, html: expect.stringContaining('AADB2C90037') })
})

test('slow is late and whole, and the trail says which fault it was', async () => {
  const after = world.trail.last
  world.faults.set('slow', 'next', { seconds: 0.01 })
  expect(await (await ask('keys')).json()).toHaveProperty('keys')
  expect(world.trail.read({ after })).toMatchObject([
    { event: 'fault', fault: 'slow' },
    { event: 'answered', endpoint: 'keys' },
  ])
})
