import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../../clock/moment.ts'
import { ProviderClient } from '../../../mock-provider/client.ts'
import { CALLS } from '../../../mock-provider/control/calls.ts'
import { DEFAULT_CONFIG } from '../../../mock-provider/defaults.ts'
import { application, clock, later, openWorld, password } from '../world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let client: ProviderClient

beforeAll(async () => {
  world = await openWorld()
  client = new ProviderClient(world.url)
})
afterAll(() => world.close())

beforeEach(() => client.reset())

const ALICE = 'alice@example.test'
const BOB = 'bob@example.test'

/** What came of a sign-in by hand: the claims, or what the page or the application was told. */
async function signIn(email: string, more: Record<string, string> = {}) {
  const browser = world.browser()
  const { page, redeem } = await world.begin(browser, { prompt: 'login', ...more })
  const end = page.html === '' ? page : await browser.submit(page, { email, password })
  if (end.url.searchParams.has('code')) return { claims: (await redeem(end)).claims(), browser }
  return { told: end.url.searchParams.get('error_description') ?? end.html, browser }
}

const aliceOid = async () =>
  (await client.people.all()).find(({ email }) => email === ALICE)?.oid ?? ''

describe('people', () => {
  test('are listed without their passwords', async () => {
    const text = await (await fetch(`${world.url}/control/people`)).text()
    expect(JSON.parse(text)).toHaveLength(DEFAULT_CONFIG.people.length)
    expect(text).not.toContain(password)
  })

  test('one is added, signs in, gets another name, and is removed', async () => {
    const fred = await client.people.add({
      email: 'fred@example.test',
      password,
      name: 'Fred Fern',
    })
    expect((await signIn(fred.email)).claims).toMatchObject({ sub: fred.oid, name: 'Fred Fern' })
    await client.people.change(fred.oid, { name: 'Fred Fir' })
    expect((await signIn(fred.email)).claims).toMatchObject({ name: 'Fred Fir' })
    await client.people.remove(fred.oid)
    expect((await signIn(fred.email)).told).toMatch(/seem to find your account/)
  })

  test('who is disabled can’t sign in, and is signed in nowhere any more', async () => {
    const { browser } = await signIn(ALICE)
    expect(await world.probe(browser)).toBe('code')
    await client.people.disable(await aliceOid())
    expect((await signIn(ALICE)).told).toContain('Your account has been locked.')
    expect(await world.probe(browser)).toBe('interaction_required')
    await client.people.enable(await aliceOid())
    expect((await signIn(ALICE)).claims).toMatchObject({ name: 'Alice Arden' })
  })

  test.each([
    ['local', {}],
    ['mononymous', { name: 'Madonna' }],
    ['far-name', { name: 'Zoë "Łucja" O’Brien-<b> שלום 李' }],
  ] as const)('a persona, %s: a new one each time, who signs in', async (persona, claims) => {
    const one = await client.people.like(persona)
    expect((await client.people.like(persona)).oid).not.toBe(one.oid)
    expect((await signIn(one.email)).claims).toMatchObject({ sub: one.oid, ...claims })
  })

  test.each([
    ['another’s address', { email: BOB.toUpperCase(), password, name: 'B' }, /somebody else’s/],
    ['no password', { email: 'x@example.test', name: 'X' }, /password is missing or wrong/],
    ['an address that is none', { email: 'x', password, name: 'X' }, /Send JSON: /],
  ])('%s is refused, and nothing changes', async (_, person, words) => {
    await expect(client.people.add(person)).rejects.toThrow(words)
    expect(await client.people.all()).toHaveLength(DEFAULT_CONFIG.people.length)
  })
})

describe('the next sign-in, scripted', () => {
  test('is somebody’s without a page, once', async () => {
    await client.login.next({ person: BOB })
    expect((await signIn('')).claims).toMatchObject({ emails: [BOB] })
    expect((await signIn(ALICE)).claims).toMatchObject({ emails: [ALICE] })
  })

  test('comes from a social provider, for the first time', async () => {
    const google = await client.people.like('google')
    await client.login.next({ person: google.email })
    expect((await signIn('')).claims).toMatchObject({ idp: 'google.com', newUser: true })
  })

  test('ends with an error, each time until it is by hand again', async () => {
    await client.login.always({ code: 'AADB2C90091' })
    for (let time = 0; time < 2; time++) {
      expect((await signIn(ALICE)).told).toMatch(/^AADB2C90091: /)
    }
    await client.login.byHand()
    expect((await signIn(ALICE)).claims).toMatchObject({ emails: [ALICE] })
  })

  test.each([
    [{ person: 'nobody@example.test' }, /Say whose sign-in it is/],
    [{ code: 'AADB2C00000' }, /codes that the provider knows are AADB2C90006/],
  ])('%j: the answer says what can be said', async (script, words) => {
    await expect(client.login.next(script)).rejects.toThrow(words)
  })
})

describe('sessions', () => {
  test('are listed by fingerprints, and ended', async () => {
    const { browser } = await signIn(ALICE)
    const [session, ...others] = await client.sessions.all()
    expect(others).toEqual([])
    expect(session).toMatchObject({
      person: await aliceOid(),
      applications: [application.clientId],
    })
    const cookies = await browser.jar.getCookieString(world.url)
    expect(cookies).not.toContain(session?.id ?? '')
    later(HOUR)
    expect(await world.probe(browser)).toBe('code')
    await client.sessions.end(session?.id ?? '')
    expect(await world.probe(browser)).toBe('interaction_required')
    await expect(client.sessions.end(session?.id ?? '')).rejects.toThrow(/no such session/)
  })
})

describe('refresh tokens', () => {
  test('are listed by fingerprints; one that is revoked is worth nothing any more, and told so', async () => {
    const scope = `openid offline_access ${application.clientId}`
    const { tokens } = await world.signIn(world.browser(), ALICE, { scope })
    const refresh_token = tokens.refresh_token ?? ''
    const [one, ...others] = await client.refreshTokens.all()
    expect(others).toEqual([])
    expect(one).toMatchObject({
      person: await aliceOid(),
      application: application.clientId,
      policy: 'B2C_1_signupsignin',
    })
    expect((one?.until ?? 0) - (one?.issuedAt ?? 0)).toBe(14 * 24 * HOUR)
    expect(refresh_token).not.toContain(one?.id ?? '')
    await client.refreshTokens.revoke(one?.id ?? '')
    const refresh = await fetch(world.rp.serverMetadata().token_endpoint ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token,
        client_id: application.clientId,
        client_secret: application.clientSecret,
      }),
    })
    expect(await refresh.json()).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringMatching(/^AADB2C90129: /),
    })
    expect(await client.refreshTokens.all()).toEqual([])
    await expect(client.refreshTokens.revoke(one?.id ?? '')).rejects.toThrow(/There is none/)
  })
})

describe('the trail', () => {
  test('tells who signed in, at which policy, through which endpoints', async () => {
    await signIn(ALICE)
    const { entries } = await client.trail.after()
    expect(entries.map(({ number }) => number)).toEqual(
      [...entries.map(({ number }) => number)].sort((a, b) => a - b),
    )
    expect(entries).toContainEqual(
      expect.objectContaining({
        event: 'signed-in',
        person: await aliceOid(),
        policy: 'B2C_1_signupsignin',
      }),
    )
    const answered = entries.filter(({ event }) => event === 'answered')
    expect(new Set(answered.map(({ endpoint }) => endpoint))).toEqual(
      new Set(['authorize', 'signIn', 'token']),
    )
    expect(answered.at(-1)).toMatchObject({ application: application.clientId, status: 200 })
  })

  test('gives the reason of a refusal, and the correlation id that the application got', async () => {
    const browser = world.browser()
    const { page } = await world.begin(browser)
    const { searchParams } = (await browser.submit(page, { action: 'cancel' })).url
    const [refusal] = (await client.trail.after()).entries.filter(
      ({ event }) => event === 'refused',
    )
    expect(refusal).toMatchObject({
      code: 'AADB2C90091',
      error: 'access_denied',
      why: 'The person pressed Cancel.',
    })
    expect(searchParams.get('error_description')).toContain(
      `Correlation ID: ${refusal?.correlationId}`,
    )
  })

  test('says more of a refused code than the application hears', async () => {
    const { callback, tokens } = await world.signIn(world.browser(), ALICE)
    expect(tokens.id_token).toBeDefined()
    const answer = await fetch(world.rp.serverMetadata().token_endpoint ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: callback.url.searchParams.get('code') ?? '',
        redirect_uri: application.redirectUris[0] ?? '',
        client_id: application.clientId,
        client_secret: application.clientSecret,
      }),
    })
    expect(answer.status).toBe(400)
    const refusal = (await client.trail.after()).entries.findLast(
      ({ event }) => event === 'refused',
    )
    expect(refusal).toMatchObject({ endpoint: 'token', error: 'invalid_grant' })
    expect(refusal?.why).toMatch(/^grant request is invalid: code_verifier/)
  })

  test('waits for what is to happen, whatever the clock does', async () => {
    const { next } = await client.trail.after()
    const waiting = client.trail.waitFor('mail', next)
    const { page } = await world.beginReset(world.browser())
    later(5 * MINUTE)
    await world.browser().get(page.url)
    const browser = world.browser()
    const begun = await world.beginReset(browser)
    await browser.submit(begun.page, { action: 'send', email: BOB })
    expect(await waiting).toMatchObject({ event: 'mail', person: BOB })
    const [mail] = await client.mails.all()
    expect(mail).toMatchObject({ to: BOB, code: expect.stringMatching(/^\d{6}$/) })
  })

  test('an event of which there is none is not waited for longer than asked', async () => {
    const answer = await fetch(`${world.url}/control/trail?event=mail&wait=0.01`)
    expect(await answer.json()).toMatchObject({ entries: [] })
    const wrong = await fetch(`${world.url}/control/trail?event=male`)
    expect(await wrong.json()).toEqual({ error: expect.stringContaining('signed-in') })
  })

  test('holds no secret', async () => {
    const { callback } = await world.signIn(world.browser(), ALICE)
    const code = callback.url.searchParams.get('code') ?? ''
    const text = JSON.stringify(await client.trail.after())
    for (const secret of [password, application.clientSecret, 'eyJ', code]) {
      expect(text).not.toContain(secret)
    }
  })
})

test('the clock is the process’s: it is told, and it moves with it', async () => {
  const before = await client.clock()
  expect(Math.abs(before.now_ms - clock.now())).toBeLessThan(5_000)
  later(HOUR)
  expect((await client.clock()).now_ms - before.now_ms).toBeGreaterThanOrEqual(HOUR)
})

test('policies are told with what a client needs to know', async () => {
  expect(await client.policies()).toContainEqual({
    id: 'B2C_1_signupsignin',
    journey: 'sign-up-or-sign-in',
    issuer: world.issuer,
    authority: expect.stringContaining('/b2c_1_signupsignin'),
  })
})

test('keys rotate: tokens of before still verify, until the old keys are withdrawn', async () => {
  const kids = async () => {
    const answer = await fetch(world.rp.serverMetadata().jwks_uri ?? '')
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
  }
  const [old] = await kids()
  const { tokens, browser } = await world
    .signIn(world.browser(), ALICE)
    .then((signedIn) => ({ ...signedIn, browser: world.browser() }))
  const { kid } = await client.keys.rotate()
  expect(await kids()).toEqual([kid, old])
  const hinted = () =>
    browser
      .get(world.logoutUrl({ id_token_hint: tokens.id_token ?? '' }))
      .then(({ status }) => status)
  expect(await hinted()).toBe(200)
  await client.keys.rotate('withdrawn')
  expect(await kids()).not.toContain(old)
  expect(await hinted()).toBe(400)
})

test('what is exported is imported elsewhere: people, faults and the script, but no password', async () => {
  const other = await openWorld()
  try {
    const there = new ProviderClient(other.url)
    const fred = await client.people.add({ email: 'fred@example.test', password, name: 'Fred' })
    await client.people.disable(await aliceOid())
    await client.faults.set('slow', 'on', { at: 'keys', seconds: 0 })
    await client.login.always({ person: BOB })
    const state = await client.export()
    expect(JSON.stringify(state)).not.toContain(password)
    await expect(there.import(state)).rejects.toThrow(/fred@example\.test is new here/)
    const twice = [...state.people, ...state.people].map((one) => ({ ...one, password }))
    await expect(there.import({ ...state, people: twice })).rejects.toThrow(/has an oid twice/)
    expect(await there.people.all()).toHaveLength(DEFAULT_CONFIG.people.length)
    const nobody = { person: 'nobody@example.test', mode: 'on' as const }
    const login = there.import({ ...state, people: (await there.export()).people, login: nobody })
    await expect(login).rejects.toThrow(/Say whose sign-in it is/)
    expect((await there.export()).faults).toEqual([])
    const people = state.people.map((one) => (one.oid === fred.oid ? { ...one, password } : one))
    await there.import({ ...state, people })
    expect(await there.export()).toEqual(state)
    const browser = other.browser()
    const { page, redeem } = await other.begin(browser)
    expect((await redeem(page)).claims()).toMatchObject({ emails: [BOB] })
  } finally {
    await other.close()
  }
})

test('a reset makes it as at the start, but for the signing keys', async () => {
  const { browser } = await signIn(ALICE)
  await client.people.like('local')
  await client.faults.set('expired', 'on')
  await client.login.always({ code: 'AADB2C90091' })
  await client.reset()
  expect(await client.people.all()).toHaveLength(DEFAULT_CONFIG.people.length)
  expect((await client.faults.all()).filter(({ mode }) => mode !== 'off')).toEqual([])
  expect(await client.sessions.all()).toEqual([])
  expect(await world.probe(browser)).toBe('interaction_required')
  expect((await signIn(ALICE)).claims).toMatchObject({ emails: [ALICE] })
})

describe('calls', () => {
  test('are documented, each with what it takes and answers', async () => {
    const answer = await fetch(`${world.url}/control/openapi.json`)
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, object>> }
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
    expect(operations.map((one) => ({ ...one }))).toHaveLength(CALLS.length)
    expect(paths['/control/faults/{fault}']?.put).toMatchObject({
      operationId: 'setFault',
      requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
    })
  })

  test.each([
    ['GET', '/control/nothing', 404, /openapi\.json lists them/],
    ['POST', '/control/people', 400, /Send JSON: \{"email"/],
    ['PUT', '/control/faults/rain', 400, /It is one of "too-many-requests"/],
    ['DELETE', '/control/people/nobody', 404, /lists everyone/],
  ])('%s %s is refused with what to do', async (method, path, status, words) => {
    const answer = await fetch(world.url + path, { method })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ error: expect.stringMatching(words) })
  })

  test.each([
    ['POST', '/control/reset', { 'sec-fetch-site': 'cross-site' }],
    ['POST', '/control/reset', { origin: 'https://shop.example' }],
    ['DELETE', '/control/faults', { origin: 'null' }],
  ])('%s %s from a page on the web, %j, is refused', async (method, path, headers) => {
    const answer = await fetch(world.url + path, { method, headers })
    expect(answer.status).toBe(403)
    expect(answer.headers.has('access-control-allow-origin')).toBe(false)
  })

  const ODD = ['', 'null', '[]', '{}', '"on"', '{"mode":"on"}', '{"people":[{}],"faults":[]}', '{"']

  test.each(CALLS.map(({ method, url }) => [method, url] as const))(
    '%s %s takes no odd JSON amiss',
    async (method, url) => {
      for (const body of ODD) {
        const answer = await fetch(world.url + url.replace(/\{\w+\}/g, '%7B__proto__%7D'), {
          method: method.toUpperCase(),
          headers: { 'content-type': 'application/json' },
          ...(method === 'get' ? {} : { body }),
        })
        expect([200, 400, 404, 409]).toContain(answer.status)
        expect(JSON.parse(await answer.text())).toBeDefined()
      }
    },
  )
})
