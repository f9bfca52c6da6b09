import { expect, test } from 'vitest'
import { readCallback } from '../../client/callback.ts'
import type { BrowserLauncher } from '../../client/ports.ts'
import { HOUR } from '../../clock/moment.ts'
import { REASONS } from '../../protocol/reasons.ts'
import { ISSUER } from './fake-site.ts'
import { house, ORDERS, REDIRECT_URI, signedIn } from './house.ts'

const pending = { state: 'our-state', redirectUri: REDIRECT_URI }
const iss = encodeURIComponent(ISSUER)
const callback = (query: string, base = REDIRECT_URI) =>
  readCallback(`${base}?${query}`, pending, ISSUER)

test.each([
  ['no state', `code=c&iss=${iss}`],
  ['another state', `code=c&state=other&iss=${iss}`],
  ['a longer state', `code=c&state=our-state2&iss=${iss}`],
  ['state in other letters', `code=c&state=OUR-STATE&iss=${iss}`],
  ['no iss', 'code=c&state=our-state'],
  ['another iss', 'code=c&state=our-state&iss=http%3A%2F%2Fevil.test'],
  ['iss with a slash more', `code=c&state=our-state&iss=${iss}%2F`],
  ['an error without iss', 'error=access_denied&state=our-state'],
  ['an error of another state', `error=access_denied&state=other&iss=${iss}`],
  ['state twice', `code=c&state=our-state&state=other&iss=${iss}`],
  ['code twice', `code=c&code=d&state=our-state&iss=${iss}`],
  ['code and error', `code=c&error=e&state=our-state&iss=${iss}`],
  ['neither code nor error', `state=our-state&iss=${iss}`],
  ['an empty code', `code=&state=our-state&iss=${iss}`],
])('a callback with %s is foreign', (_, query) => {
  expect(callback(query).kind).toBe('foreign')
})

test.each([
  'http://127.0.0.1:51001/callback',
  'http://127.0.0.1:51000/callback2',
  'https://127.0.0.1:51000/callback',
  'http://evil.test:51000/callback',
  'http://me@127.0.0.1:51000/callback',
  'no address',
])('a callback at %s is foreign', (base) => {
  expect(callback(`code=c&state=our-state&iss=${iss}`, base).kind).toBe('foreign')
})

test('a private link is compared whole, though its origin is "null"', () => {
  const link = { state: 'our-state', redirectUri: 'dev.latchkey.app:/callback' }
  const query = `code=c&state=our-state&iss=${iss}`
  const read = (base: string) => readCallback(`${base}?${query}`, link, ISSUER).kind
  expect(read('dev.latchkey.app:/callback')).toBe('code')
  expect(read('dev.latchkey.other:/callback')).toBe('foreign')
  expect(read('dev.latchkey.app:/elsewhere')).toBe('foreign')
})

test.each(REASONS)('turned away for %s: the reason comes through', (reason) => {
  const query = `error=access_denied&reason=${reason}&ended_at=1700000000&state=our-state&iss=${iss}`
  expect(callback(query)).toMatchObject({
    kind: 'refused',
    refusal: {
      error: 'access_denied',
      reason,
      at: 1_700_000_000_000,
      sentence: expect.any(String),
    },
  })
})

test('forged callbacks do nothing, and the real one still gets through', async () => {
  const strangers = (redirectUri: string) => [
    `${redirectUri}?code=theirs&state=guess&iss=${iss}`,
    `${redirectUri}?error=access_denied&state=&iss=${iss}`,
    redirectUri,
  ]
  const { engine, verdicts, site } = house({ strangers })
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  expect(verdicts.map(({ kind }) => kind)).toEqual(['foreign', 'foreign', 'foreign', 'accepted'])
  expect(site.calls.filter(({ token }) => token === 'theirs')).toEqual([])
})

test('turned away by the site: the sentence is shown, a session from before stays', async () => {
  const { engine, site, verdicts } = await signedIn()
  site.refuses = { error: 'access_denied', description: 'Switched off.', reason: 'logins_disabled' }
  expect(await engine.signIn()).toMatchObject({
    kind: 'refused',
    error: 'access_denied',
    reason: 'logins_disabled',
    sentence: 'Switched off.',
  })
  expect(verdicts.at(-1)).toEqual({ kind: 'refused', sentence: 'Switched off.' })
  expect(engine.state.at).toBe('signed_in')
})

test('the site forgot the device: refused once, registered anew the next time', async () => {
  const { engine, site, secrets } = house()
  site.refuses = { error: 'access_denied', description: 'Later.' }
  await engine.signIn()
  const before = secrets.held.device
  site.devices.clear()
  site.refuses = undefined
  expect(await engine.signIn()).toMatchObject({ kind: 'refused', error: 'invalid_request' })
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  expect(secrets.held.device?.jkt).toBe(before?.jkt)
  expect(secrets.held.device?.id).not.toBe(before?.id)
})

test('signing in as somebody else ends the session from before at the site', async () => {
  const { engine, site, secrets } = await signedIn()
  const before = secrets.held.session?.id
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  expect(secrets.held.session?.id).not.toBe(before)
  expect(site.alive.map(({ id }) => id)).toEqual([secrets.held.session?.id])
})

test('the answer to the code got lost: the same attempt gets the identical answer', async () => {
  const { engine, site, pauses } = house()
  let lost = 0
  site.fault = (path) => (path === '/token' && lost++ < 3 ? 'answer_lost' : 'none')
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  expect(site.sessions.size).toBe(1)
  expect(pauses).toEqual([1_000, 2_000, 4_000])
})

test('the site is away while the code is redeemed: kept, and redeemed at the next start', async () => {
  const { engine, site, clock, secrets } = house()
  site.fault = (path) => (path === '/token' ? 'unavailable' : 'none')
  expect(await engine.signIn()).toMatchObject({ kind: 'retry_later' })
  expect(engine.state.at).toBe('signed_out')
  const { redeem } = secrets.held.pendingSignIn ?? {}
  const again = `${REDIRECT_URI}?code=other&state=${secrets.held.pendingSignIn?.state}&iss=${iss}`
  expect(await engine.receive(again), 'one use').toEqual({ kind: 'not_finished' })
  expect(secrets.held.pendingSignIn?.redeem).toEqual(redeem)
  site.fault = () => 'none'
  expect(await house({ site, clock, secrets }).engine.start()).toMatchObject({ at: 'signed_in' })
})

test('the site is away before the browser opens: nothing opens', async () => {
  const { engine, site, verdicts } = house()
  site.fault = () => 'portal'
  expect(await engine.signIn()).toMatchObject({ kind: 'retry_later' })
  expect(verdicts).toEqual([])
})

function patientBrowser() {
  const opened: string[] = []
  let closed = 0
  const browser = {
    async prepare() {
      return {
        redirectUri: REDIRECT_URI,
        open: (url: string, _judge: unknown, signal: AbortSignal) =>
          new Promise<string>((_, reject) => {
            opened.push(url)
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
        async close() {
          closed += 1
        },
      }
    },
  }
  return { browser, opened, closed: () => closed }
}

const until = async (met: () => boolean) => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 1))
}

test('cancelled: nothing is left pending, the way back is closed', async () => {
  const { browser, opened, closed } = patientBrowser()
  const { engine, secrets } = house({ ports: { browser } })
  const abort = new AbortController()
  const signingIn = engine.signIn({ signal: abort.signal })
  await until(() => opened.length === 1)
  expect(engine.state.at).toBe('signing_in')
  expect(secrets.held.pendingSignIn).toBeDefined()
  abort.abort()
  expect(await signingIn).toEqual({ kind: 'not_finished' })
  expect(engine.state.at).toBe('signed_out')
  expect(secrets.held.pendingSignIn).toBeUndefined()
  expect(closed()).toBe(1)
})

test('a new sign-in gives up the one under way; three clicks leave one', async () => {
  const { browser, opened, closed } = patientBrowser()
  const { engine } = house({ ports: { browser } })
  const first = engine.signIn()
  const second = engine.signIn()
  await until(() => opened.length >= 1)
  const third = engine.signIn({ loginHint: 'ada@acme.test' })
  expect(await first).toEqual({ kind: 'not_finished' })
  expect(await second).toEqual({ kind: 'not_finished' })
  await until(() => (opened.at(-1) ?? '').includes('login_hint=ada'))
  expect(engine.state.at).toBe('signing_in')
  await engine.signOut()
  expect(await third).toEqual({ kind: 'not_finished' })
  expect(closed()).toBe(opened.length)
})

test('what the browser opens names client, device, key and challenge, and nothing secret', async () => {
  const { browser, opened } = patientBrowser()
  const { engine, secrets } = house({ ports: { browser } })
  const signingIn = engine.signIn()
  await until(() => opened.length === 1)
  const query = Object.fromEntries(new URL(opened[0] ?? '').searchParams)
  const { pendingSignIn, device } = secrets.held
  expect(query).toEqual({
    client_id: 'latchkey-desktop',
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    state: pendingSignIn?.state,
    device_id: device?.id,
    dpop_jkt: device?.jkt,
  })
  expect(opened[0]).not.toContain(pendingSignIn?.codeVerifier)
  await engine.signOut()
  await signingIn
})

test('a private link that starts the app finishes the sign-in that died, and only once', async () => {
  const { browser, opened } = patientBrowser()
  const { engine, site, clock, secrets } = house({ ports: { browser } })
  const dead = engine.signIn()
  await until(() => opened.length === 1)
  const pendingEntry = secrets.value
  await engine.signOut()
  await dead
  secrets.value = pendingEntry
  const link = site.signIn(opened[0] ?? '')
  const next = house({ site, clock, secrets })
  expect(await next.engine.receive(link.replace('state=', 'state=x'))).toEqual({
    kind: 'not_finished',
  })
  expect(await next.engine.receive(link)).toEqual({ kind: 'ok' })
  expect(await next.engine.receive(link)).toEqual({ kind: 'not_finished' })
  expect(next.engine.state.at).toBe('signed_in')
  clock.advance(2 * HOUR)
  expect(await next.engine.fetch(ORDERS)).toMatchObject({ kind: 'ok' })
})

/** A sign-in whose process ended while its person was in the browser. */
async function diedInTheBrowser() {
  const { browser, opened } = patientBrowser()
  const died = house({ ports: { browser } })
  const dead = died.engine.signIn()
  await until(() => opened.length === 1)
  const entry = died.secrets.value
  await died.engine.signOut()
  await dead
  died.secrets.value = entry
  const { site, clock, secrets } = died
  return { site, clock, secrets, url: opened[0] ?? '' }
}

test('a process dies while the person is in the browser: the next one waits at the same address', async () => {
  const { site, clock, secrets, url } = await diedInTheBrowser()
  const asked: string[] = []
  const browser: BrowserLauncher = {
    prepare: () => Promise.reject(new Error('a new sign-in was begun')),
    async again(redirectUri) {
      asked.push(redirectUri)
      return {
        redirectUri,
        async open(same, judge) {
          expect(same).toBe(url)
          const back = site.signIn(url)
          expect(judge(back.replace('state=', 'state=x'))).toEqual({ kind: 'foreign' })
          expect(judge(back)).toEqual({ kind: 'accepted' })
          return back
        },
        async close() {},
      }
    },
  }
  const next = house({ site, clock, secrets, ports: { browser } })
  expect(await next.engine.resumeSignIn()).toEqual({ kind: 'ok' })
  expect(asked).toEqual([REDIRECT_URI])
  expect(next.states.slice(0, 3)).toEqual(['signed_out', 'signing_in', 'signed_in'])
  expect(await next.engine.resumeSignIn()).toEqual({ kind: 'not_finished' })
})

test('its way back is somebody else’s now: given up, and nothing is left pending', async () => {
  const { site, clock, secrets } = await diedInTheBrowser()
  const browser: BrowserLauncher = {
    prepare: () => Promise.reject(new Error('a new sign-in was begun')),
    again: async () => undefined,
  }
  const next = house({ site, clock, secrets, ports: { browser } })
  expect(await next.engine.resumeSignIn()).toEqual({ kind: 'not_finished' })
  expect(next.engine.state.at).toBe('signed_out')
  expect(secrets.held.pendingSignIn).toBeUndefined()
})
