import { expect, test } from 'vitest'
import { keptDeviceKeys } from '../../client/device-keys.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'
import { REASONS } from '../../protocol/reasons.ts'
import { ISSUER, SERVICE } from './fake-site.ts'
import { house, ORDERS, signedIn } from './house.ts'

test('a first sign-in registers the device, redeems the code, and knows who it is', async () => {
  const { engine, site, secrets, states } = house()
  expect(await engine.start()).toEqual({ at: 'signed_out', ended: undefined })
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  expect(engine.state).toMatchObject({ at: 'signed_in', me: { user: { name: 'Ada' } } })
  expect(states).toEqual(['signed_out', 'signing_in', 'signed_in', 'signed_in'])
  expect(site.devices.size).toBe(1)
  expect(secrets.held.pendingSignIn).toBeUndefined()
  expect(secrets.held.session?.refreshToken).toBe(site.alive[0]?.current)
})

test('minute 59: the token will do; minute 61: one silent refresh first', async () => {
  const { engine, site, clock } = await signedIn()
  clock.advance(59 * MINUTE)
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok' })
  expect(site.rotations).toBe(0)
  clock.advance(2 * MINUTE)
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(site.rotations).toBe(1)
})

test('nothing is ever refreshed by a timer: day 15 without use, and the site asks again', async () => {
  const { engine, site, clock } = await signedIn()
  clock.advance(15 * DAY)
  expect(site.rotations).toBe(0)
  const outcome = await engine.fetch(ORDERS)
  expect(outcome).toMatchObject({ kind: 'ended', ended: { reason: 'idle_expired' } })
  expect(engine.state).toMatchObject({ at: 'signed_out', ended: { reason: 'idle_expired' } })
})

test('day 13: an app that starts is an app that is used', async () => {
  const { site, clock, secrets } = await signedIn()
  for (let round = 0; round < 3; round++) {
    clock.advance(13 * DAY)
    expect(await house({ site, clock, secrets }).engine.start()).toMatchObject({ at: 'signed_in' })
  }
  expect(site.rotations).toBe(3)
})

test('a hundred requests at once wait for one refresh', async () => {
  const { engine, site, clock } = await signedIn()
  clock.advance(61 * MINUTE)
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => engine.fetch(ORDERS)))
  expect(outcomes.every((one) => one.kind === 'ok' && one.response.status === 200)).toBe(true)
  expect(site.calls.filter(({ path }) => path === '/refresh')).toHaveLength(1)
  expect(site.rotations).toBe(1)
})

test('the new token is in the store before anyone who waits gets it', async () => {
  const { engine, site, clock, secrets } = await signedIn()
  clock.advance(61 * MINUTE)
  const original = site.http
  const unstored: string[] = []
  const check = async (request: Request) => {
    const path = new URL(request.url).pathname
    if (path === '/orders' && secrets.held.session?.refreshToken !== site.alive[0]?.current) {
      unstored.push(request.url)
    }
    return original(request)
  }
  const other = house({ site, clock, secrets, ports: { http: check } })
  await Promise.all([other.engine.fetch(ORDERS), other.engine.fetch(ORDERS)])
  expect(unstored).toEqual([])
  expect(engine.state.at).toBe('signed_in')
})

test('offline: still signed in, shown as offline, and back by itself', async () => {
  const { engine, site, clock, states } = await signedIn()
  clock.advance(2 * HOUR)
  site.fault = () => 'request_lost'
  expect(await engine.fetch(ORDERS)).toEqual({ kind: 'retry_later', after: SECOND })
  expect(engine.state).toMatchObject({ at: 'offline', me: { user: { name: 'Ada' } } })
  expect(states.at(-1)).toBe('offline')
  site.fault = () => 'none'
  expect(await engine.fetch(ORDERS)).toEqual({ kind: 'retry_later', after: SECOND })
  clock.advance(SECOND)
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok' })
  expect(engine.state.at).toBe('signed_in')
})

test('offline in the last half minute of a token: it will do once more', async () => {
  const { engine, site, clock } = await signedIn()
  clock.advance(HOUR - 10 * SECOND)
  site.fault = (path) => (path === '/refresh' ? 'request_lost' : 'none')
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
})

test('the site down for long: back-off doubles to a minute, and the person may try at once', async () => {
  const { engine, site, clock } = await signedIn()
  clock.advance(2 * HOUR)
  site.fault = () => 'unavailable'
  const delays: number[] = []
  for (let round = 0; round < 8; round++) {
    const outcome = await engine.fetch(ORDERS)
    if (outcome.kind !== 'retry_later') throw new Error(outcome.kind)
    delays.push(outcome.after / SECOND)
    clock.advance(outcome.after)
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  await engine.fetch(ORDERS)
  site.fault = () => 'none'
  expect(await engine.refresh()).toEqual({ kind: 'ok' })
})

test.each([
  'portal',
  'portal_json',
  'unavailable',
  'too_many',
  'bad_proof',
  'request_lost',
  'answer_lost',
] as const)('%s is never a sign-out', async (fault) => {
  const { engine, site, clock } = await signedIn()
  clock.advance(2 * HOUR)
  site.fault = () => fault
  expect(await engine.refresh()).toMatchObject({ kind: 'retry_later' })
  expect(site.rotations).toBe(fault === 'answer_lost' ? 1 : 0)
  expect(engine.state.at).toBe('offline')
  site.fault = () => 'none'
  expect(await engine.refresh()).toEqual({ kind: 'ok' })
})

test('429 with Retry-After: 30 is honoured', async () => {
  const { engine, site } = await signedIn()
  site.fault = () => 'too_many'
  expect(await engine.refresh()).toEqual({ kind: 'retry_later', after: 30 * SECOND })
})

test('the answer got lost, the lid was closed for 8 hours, and nobody is signed out', async () => {
  const { engine, site, clock, secrets } = await signedIn()
  clock.advance(2 * HOUR)
  site.fault = (path) => (path === '/refresh' ? 'answer_lost' : 'none')
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'retry_later' })
  expect(site.rotations).toBe(1)
  clock.advance(8 * HOUR)
  site.fault = () => 'none'
  const later = house({ site, clock, secrets })
  expect(await later.engine.start()).toMatchObject({ at: 'signed_in' })
  // The identical answer is as old as it is: the token in it has run out, so the next use refreshes.
  expect(await later.engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(site.alive).toHaveLength(1)
  expect(site.rotations).toBe(2)
})

test.each(REASONS)(
  'the site says %s: wiped, the reason kept, device and key too',
  async (reason) => {
    const { engine, site, secrets } = await signedIn()
    const device = secrets.held.device
    site.end(reason)
    expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ended', ended: { reason } })
    expect(engine.state).toMatchObject({ at: 'signed_out', ended: { reason, account: 'Acme' } })
    expect(secrets.held.session).toBeUndefined()
    expect(secrets.held.device).toEqual(device)
    const again = house({ site, secrets })
    expect(await again.engine.start()).toMatchObject({
      at: 'signed_out',
      ended: { reason, idle: 14 * DAY },
    })
  },
)

test('a site that was reset: signed out, and the next sign-in registers anew', async () => {
  const { engine, site } = await signedIn()
  site.sessions.clear()
  site.devices.clear()
  expect(await engine.refresh()).toMatchObject({ kind: 'ended', ended: { reason: 'signed_out' } })
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  expect(site.devices.size).toBe(1)
})

test('a service says 401 and the session lives: one refresh, one more try', async () => {
  const { engine, site } = await signedIn()
  const [session] = site.alive
  if (session) session.access = { ...session.access, token: 'revoked at the service' }
  const outcome = await engine.fetch(ORDERS, { method: 'POST', body: 'two pears' })
  expect(outcome).toMatchObject({ kind: 'ok', response: { status: 200 } })
  if (outcome.kind === 'ok')
    expect(await outcome.response.json()).toMatchObject({ body: 'two pears' })
  expect(site.rotations).toBe(1)
})

test('a service that believes nobody signs nobody out, and wears out no tokens', async () => {
  const { engine, site } = await signedIn()
  site.stubborn = true
  for (let round = 0; round < 10; round++) {
    expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 401 } })
  }
  expect(site.rotations).toBe(1)
  expect(engine.state.at).toBe('signed_in')
})

test('the token is shown to no origin but the configured ones', async () => {
  const { engine } = await signedIn()
  for (const url of ['http://elsewhere.test/', `${SERVICE}.evil.test/`, 'https://service.test/']) {
    await expect(engine.fetch(url)).rejects.toThrow(TypeError)
  }
})

test('signing out online: wiped here, ended there', async () => {
  const { engine, site, secrets } = await signedIn()
  await engine.signOut()
  expect(engine.state).toMatchObject({ at: 'signed_out', ended: { reason: 'signed_out' } })
  expect(site.alive).toEqual([])
  expect(secrets.held).toEqual({
    version: 1,
    device: secrets.held.device,
    ended: { reason: 'signed_out', actor: 'user' },
  })
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ended' })
})

test('signing out in a train: wiped at once, and the site hears of it at the next start', async () => {
  const { engine, site, clock, secrets } = await signedIn()
  site.fault = () => 'portal'
  await engine.signOut()
  expect(engine.state.at).toBe('signed_out')
  expect(secrets.held.session).toBeUndefined()
  expect(site.alive).toHaveLength(1)
  await house({ site, clock, secrets }).engine.start()
  expect(site.alive).toHaveLength(1)
  site.fault = () => 'none'
  await house({ site, clock, secrets }).engine.start()
  expect(site.alive).toEqual([])
  expect(secrets.held.revocations).toBeUndefined()
})

test('signing out while a refresh is on its way: nothing comes back to life', async () => {
  const { engine, site, clock, secrets } = await signedIn()
  clock.advance(2 * HOUR)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  site.fault = async (path) => {
    if (path === '/refresh') await held
    return path === '/revoke' ? 'request_lost' : 'none'
  }
  const waiting = engine.fetch(ORDERS)
  await engine.signOut()
  site.fault = () => 'none'
  release()
  expect(await waiting).toMatchObject({ kind: 'ended', ended: { reason: 'signed_out' } })
  expect(engine.state.at).toBe('signed_out')
  expect(secrets.held.session).toBeUndefined()
  expect(site.alive).toEqual([])
})

test('a broken entry: signed out with a line in the log, never a crash', async () => {
  for (const broken of [
    '{',
    '[]',
    '{"version":2}',
    '{"version":1,"session":{"id":"x"}}',
    '\u0000',
  ]) {
    const all = house()
    all.secrets.value = broken
    expect(await all.engine.start()).toEqual({ at: 'signed_out', ended: undefined })
    expect(all.lines.map((line) => line.event)).toContain('held_unreadable')
    expect(all.secrets.value).toBeUndefined()
    expect(await all.engine.signIn()).toEqual({ kind: 'ok' })
  }
})

test('a lost device key: asked to sign in again, and no theft alarm at the site', async () => {
  const { site, clock, secrets } = await signedIn()
  const held = secrets.held
  secrets.value = JSON.stringify({ ...held, device: { ...held.device, keep: 'gone' } })
  const { engine } = house({ site, clock, secrets })
  expect(await engine.start()).toEqual({
    at: 'signed_out',
    ended: { account: 'Acme', idle: 14 * DAY, absolute: 180 * DAY },
  })
  expect(site.alive).toHaveLength(1)
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
})

test('another key than the registered one is as good as none: it would look like a theft', async () => {
  const { site, clock, secrets } = await signedIn()
  const { keep } = await keptDeviceKeys.create()
  const held = secrets.held
  secrets.value = JSON.stringify({ ...held, device: { ...held.device, keep } })
  const { engine, lines } = house({ site, clock, secrets })
  expect(await engine.start()).toMatchObject({ at: 'signed_out' })
  expect(lines.map(({ event }) => event)).toContain('device_key_lost')
  expect(site.alive).toHaveLength(1)
})

test('a window that can’t be drawn does not stop a refresh', async () => {
  const { engine, clock, lines } = await signedIn()
  engine.subscribe(() => {
    throw new Error('The window is gone.')
  })
  const stop = engine.subscribe(() => {
    throw new Error('Never heard.')
  })
  stop()
  clock.advance(2 * HOUR)
  await engine.signOut()
  expect(engine.state.at).toBe('signed_out')
  expect(lines.filter(({ event }) => event === 'state_listener_failed')).toHaveLength(1)
})

test('a keychain that is locked for a moment costs nothing', async () => {
  const { engine, site, clock, secrets } = await signedIn()
  clock.advance(2 * HOUR)
  const write = secrets.write.bind(secrets)
  let writes = 0
  secrets.write = async (value) => {
    writes += 1
    if (writes === 2) throw new Error('The keychain is locked.')
    return write(value)
  }
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'retry_later' })
  clock.advance(SECOND)
  expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(site.rotations).toBe(1)
})

test('waking up: the next use refreshes first, but waking alone is not use', async () => {
  const { engine, site } = await signedIn()
  engine.woke()
  expect(site.rotations).toBe(0)
  await engine.fetch(ORDERS)
  expect(site.rotations).toBe(1)
})

test('no Date header: the token itself says what time it was', async () => {
  const all = house()
  all.site.sendsDate = false
  await all.engine.signIn()
  all.clock.advance(59 * MINUTE)
  await all.engine.fetch(ORDERS)
  expect(all.site.rotations).toBe(0)
  all.clock.advance(2 * MINUTE)
  await all.engine.fetch(ORDERS)
  expect(all.site.rotations).toBe(1)
})

test('no secret ever reaches the log', async () => {
  const { engine, site, clock, secrets, lines } = await signedIn()
  clock.advance(2 * HOUR)
  site.fault = () => 'answer_lost'
  await engine.refresh()
  site.fault = () => 'none'
  await engine.refresh()
  site.end('password_reset')
  await engine.refresh()
  await engine.signIn()
  await engine.signOut()
  const said = lines.map((line) => line.text).join('\n')
  const secretsEver = secrets.history.flatMap(
    (text) => text.match(/[\w-]{30,}|\w+-\d+\.\w+-\d+/g) ?? [],
  )
  const jkt = secrets.held.device?.jkt
  for (const secret of secretsEver) if (secret !== jkt) expect(said).not.toContain(secret)
  expect(secretsEver.length).toBeGreaterThan(10)
})

test('the site’s own address works with engine.fetch as well', async () => {
  const { engine } = await signedIn()
  expect(await engine.fetch(`${ISSUER}/me`)).toMatchObject({
    kind: 'ok',
    response: { status: 200 },
  })
})
