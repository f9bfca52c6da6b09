import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'
import { closeAccount } from '../../idp/accounts/closing.ts'
import { byPerson } from '../../idp/audit/by.ts'
import type { Account } from '../../idp/store/records.ts'
import {
  callback,
  cookieLines,
  SignInSteps,
  startScriptedSite,
  TestBrowser,
  whereTo,
} from '../support/browser.ts'
import { TestDevice } from '../support/device.ts'
import type { ScriptedProvider } from '../support/provider.ts'
import { Receiver } from '../support/receiver.ts'
import { expectProblemPage } from '../support/refusal.ts'
import { ADA, type RunningSite } from '../support/site.ts'
import { ENDPOINTS, PATHS } from './http/endpoints.ts'

/**
 * The experiment that Latchkey began with had fifteen defects. Each is played here once more, as its
 * users and its thieves would have met it.
 */
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const SESSION = '__Host-latchkey-session'

let receiver: Receiver
let site: RunningSite
let provider: ScriptedProvider
let browser: TestBrowser

beforeEach(async () => {
  receiver = await Receiver.start()
  ;({ site, provider } = await startScriptedSite({
    SERVICES: JSON.stringify([{ url: receiver.url, secret: SECRET }]),
    ALLOW_INTERNAL_SERVICES: JSON.stringify([receiver.origin]),
    SIGNIN_SUCCESS: '/account',
    SIGNOUT_SUCCESS: '/?bye',
  }))
  browser = new TestBrowser(site)
})
afterEach(async () => {
  await site.close()
  receiver.close()
})

const signInHere = (by = browser) => new SignInSteps(by, {}).all()
const isSignedIn = async (by = browser) => (await by.get('/')).body.includes('Signed in as Ada')

/** Everything that lies in the data folder, as whoever copies it reads it. */
function onDisk(): string {
  const { data } = site.site.settings
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(path.join(file.parentPath, file.name), 'utf8'))
    .join('\n')
}

const acme: Account = { ...ADA.account, id: 'acc_acme', name: 'Acme' }
const addAcme = (changes: Partial<Account> = {}) =>
  site.store.commit([
    { table: 'account', put: { ...acme, ...changes } },
    {
      table: 'membership',
      put: { ...ADA.membership, id: `usr_ada:${acme.id}`, accountId: acme.id },
    },
  ])
const closeAdas = () =>
  site.store.commit([
    { table: 'account', put: { ...ADA.account, closed: { at: 1, actor: 'admin' } } },
  ])

describe('S1: a cookie that says who one is, so that anyone is anyone', () => {
  test.each([
    'usr_ada,acc_ada',
    'usr_ada',
    'userId=usr_ada',
    Buffer.from('{"userId":"usr_ada"}').toString('base64url'),
  ])('%s lets nobody in', async (value) => {
    browser.jar.set(SESSION, value)
    expect(await isSignedIn()).toBe(false)
    expect((await browser.get('/account')).status).toBe(303)
  })

  test('nor does the session’s id, which services see; the cookie itself names nobody, and is not on the disk', async () => {
    await signInHere()
    const cookie = browser.jar.get(SESSION) ?? ''
    expect(await isSignedIn()).toBe(true)
    expect(cookie).toMatch(/^lkw_[\w-]{43}$/)
    expect(onDisk()).toContain('usr_ada')
    expect(onDisk()).not.toContain(cookie)
    const [session] = await site.store.liveSessionsOfUser(ADA.user.id)
    for (const id of [session?.id ?? '', `lkw_${session?.id}`]) {
      browser.jar.set(SESSION, id)
      expect(await isSignedIn()).toBe(false)
    }
  })
})

test('S2: a cookie that ends on a fixed date of last year: ours has no date, and 15 days of silence end it here', async () => {
  const [line = ''] = cookieLines(await signInHere())
  expect(line).not.toMatch(/expires/i)
  const cookie = browser.jar.get(SESSION) ?? ''
  site.clock.advance(13 * DAY)
  expect(await isSignedIn()).toBe(true)
  site.clock.advance(14 * DAY + SECOND)
  // A thief's copy has no end at all, and is none the better for it.
  browser.jar.set(SESSION, cookie)
  expect(await isSignedIn()).toBe(false)
})

describe('S3: a state that anyone can write, bound to no browser, with no PKCE and no nonce', () => {
  test('state says nothing, and each sign-in has its own secrets', async () => {
    await new SignInSteps(browser).start()
    await new SignInSteps(browser).start()
    const secrets = provider.requests.flatMap((request) => Object.values(request))
    expect(new Set(secrets).size).toBe(6)
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/)
  })

  test('a state made up from what the seed put into it is not known', async () => {
    await new SignInSteps(browser).start()
    for (const made of ['{"provider":"test"}', '{"provider":"test","redirect":"/"}']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const state = Buffer.from(made).toString(encoding)
        expectProblemPage(await browser.get(callback({ state, code: 'a' })), { status: 400 })
      }
    }
    expect(provider.asked).not.toContain('identity')
  })

  test('a link with the right state, sent to somebody else, signs them in to nothing', async () => {
    const thief = new SignInSteps(new TestBrowser(site), {})
    const link = callback({ state: await thief.start(), code: 'the-thief’s' })
    await new SignInSteps(browser, {}).start()
    expectProblemPage(await browser.get(link), { status: 400 })
    expect(await isSignedIn()).toBe(false)
    expect(provider.asked).not.toContain('identity')
  })
})

test('S4: a person found by e-mail: whoever has the address at another provider is somebody else', async () => {
  provider.says = (identity) => ({ ...identity, subject: 'mallory' })
  await signInHere()
  expect(await site.store.liveSessionsOfUser(ADA.user.id)).toHaveLength(0)
  // And whoever changes the address stays who they are.
  provider.says = (identity) => ({ ...identity, email: 'new@example.test' })
  await signInHere(new TestBrowser(site))
  expect(await site.store.liveSessionsOfUser(ADA.user.id)).toHaveLength(1)
})

test('S5: tokens in the redirect’s address: no address of a whole sign-in holds any', async () => {
  const steps = new SignInSteps(browser)
  const addresses: string[] = []
  const noting = async (answer: ReturnType<TestBrowser['get']>) => {
    const { headers } = await answer
    addresses.push(headers.location ?? '')
    return whereTo(await answer).searchParams.get('state') ?? ''
  }
  const state = await noting(browser.get(`/signin?${steps.request}`))
  const logout = await noting(browser.get(callback({ state, code: 'provider-code' })))
  const probe = await noting(browser.get(`/signin/purged?state=${logout}`))
  await noting(browser.get(callback({ state: probe, error: 'login_required' })))
  expect(addresses).toHaveLength(4)
  for (const address of addresses) {
    expect(address).not.toMatch(/lkr_|lkw_|access_token|refresh_token/)
    // The provider's own ID token goes back to the provider, as the hint of its logout, and nowhere else.
    if (new URL(address).pathname !== '/logout') expect(address).not.toContain('eyJ')
  }
  const back = new URL(addresses.at(-1) ?? '')
  expect([...back.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state'])
  expect(back.searchParams.get('code')).toMatch(/^lkc_/)
})

describe('S6: nobody asked for which account, and a crash for whoever is new', () => {
  test('somebody new gets a user, an account and a page', async () => {
    provider.says = (identity) => ({ ...identity, subject: 'new', name: 'Newt' })
    expect((await signInHere()).status).toBe(303)
    expect((await browser.get('/account')).body).toContain('Newt')
  })

  test('the first account is closed: the open one is taken, and nobody is asked', async () => {
    await addAcme()
    await closeAdas()
    await signInHere()
    expect((await browser.get('/account')).body).toContain('Acme')
  })

  test('all are closed: turned away, with the reason', async () => {
    await closeAdas()
    const back = whereTo(await new SignInSteps(browser).all()).searchParams
    expect([back.get('error'), back.get('reason')]).toEqual(['access_denied', 'account_closed'])
  })

  test('two are open: asked', async () => {
    await addAcme()
    expect(whereTo(await new SignInSteps(browser).all()).pathname).toBe('/signin/choose')
  })
})

test('S7: the second device signs the first one out: here each has a session of its own', async () => {
  const [laptop, phone] = await Promise.all([TestDevice.make(site), TestDevice.make(site)])
  const first = await laptop.signIn(site)
  const second = await phone.signIn(site)
  expect((await laptop.refresh(first.refresh_token)).status).toBe(200)
  expect((await phone.refresh(second.refresh_token)).status).toBe(200)
})

test('S8: refresh tokens in clear: whoever copies the disk finds none, of any generation', async () => {
  const device = await TestDevice.make(site)
  const first = await device.signIn(site)
  const next = String((await device.refresh(first.refresh_token, 'attempt')).body.refresh_token)
  const disk = onDisk()
  expect(disk).toContain(first.session_id)
  for (const token of [first.refresh_token, next]) {
    expect(disk).not.toContain(token)
    expect(disk).not.toContain(token.slice('lkr_'.length + 22, -6))
  }
})

describe('S9: a refresh that rotates nothing, notices no thief, and lets a closed account go on', () => {
  test('each answer (200, not 201) brings another token; the one before that ends it', async () => {
    const device = await TestDevice.make(site)
    const { refresh_token } = await device.signIn(site)
    const once = await device.refresh(refresh_token)
    expect([once.status, once.body.refresh_token === refresh_token]).toEqual([200, false])
    const twice = await device.refresh(String(once.body.refresh_token))
    const copied = await device.refresh(refresh_token)
    expect([copied.status, copied.body.reason]).toEqual([400, 'reuse_detected'])
    expect((await device.refresh(String(twice.body.refresh_token))).status).toBe(400)
  })

  test('what the sign-in refuses, the refresh refuses: the account is closed', async () => {
    const device = await TestDevice.make(site)
    const { refresh_token } = await device.signIn(site)
    await closeAdas()
    const refused = await device.refresh(refresh_token)
    expect([refused.status, refused.body.reason]).toEqual([400, 'account_closed'])
  })
})

test('S10: a token about a subscription, from “idp”, without an id or a key’s id, and frozen: ours is about a person', async () => {
  const device = await TestDevice.make(site)
  const tokens = await device.signIn(site)
  const claims = decodeJwt<{ subscription: unknown }>(tokens.access_token)
  expect(decodeProtectedHeader(tokens.access_token)).toEqual({
    alg: 'ES256',
    typ: 'at+jwt',
    kid: expect.any(String),
  })
  const keys = createRemoteJWKSet(new URL(`${site.url}/jwks`))
  await expect(jwtVerify(tokens.access_token, keys)).resolves.toMatchObject({ payload: claims })
  expect(claims).toMatchObject({ iss: site.url, sub: ADA.user.id, aud: site.url })
  expect(claims.jti).toMatch(/^at_[\w-]{22}$/)
  // No name and no address of the person: no service needs them (RFC 9068 §6).
  expect(JSON.stringify(claims)).not.toContain(ADA.user.email)
  expect(claims).not.toHaveProperty('name')
  expect(claims).not.toHaveProperty('email')

  const subscription = { ...ADA.account.subscription, plan: 'team' } as const
  await site.store.commit([{ table: 'account', put: { ...ADA.account, subscription } }])
  const refreshed = await device.refresh(tokens.refresh_token)
  expect(decodeJwt(String(refreshed.body.access_token))).toMatchObject({
    subscription: { id: ADA.account.subscription.id, plan: 'team' },
  })
})

describe('S11: a sign-out by link, which falls over without a cookie and leaves the provider’s session', () => {
  test('a link asks, and signs nobody out; a form without any cookie is answered like one with', async () => {
    await signInHere()
    expect((await browser.get('/signout')).status).toBe(200)
    expect(await isSignedIn()).toBe(true)
    const nobody = await new TestBrowser(site).post('/signout', {})
    expect(nobody.status).toBe(303)
    expect((await browser.post('/signout', {})).headers.location).toBe(nobody.headers.location)
    expect(await isSignedIn()).toBe(false)
  })

  test('the provider’s session is gone long before: ended and probed at each sign-in', async () => {
    await signInHere()
    expect(provider.asked).toEqual(['sign-in', 'identity', 'logout', 'probe'])
  })
})

test('S12: services told unsigned, without naming a session, in the middle of the request, once: ours hear when they are up again', async () => {
  const device = await TestDevice.make(site)
  const { refresh_token, session_id } = await device.signIn(site)
  receiver.otherwise = 503
  const form = { token: refresh_token, client_id: 'latchkey-desktop' }
  expect((await device.post('/revoke', form)).status).toBe(200)
  await site.due.run()
  receiver.otherwise = 204
  site.clock.advance(2 * MINUTE)
  await site.due.run()
  expect(receiver.received.length).toBeGreaterThanOrEqual(2)
  const last = receiver.received.at(-1)
  const headers = Object.fromEntries(
    Object.entries(last?.headers ?? {}).map(([name, value]) => [name, String(value)]),
  )
  expect(new Webhook(SECRET).verify(last?.body ?? '', headers)).toMatchObject({
    type: 'session.ended',
    data: { session_id, user_id: ADA.user.id, reason: 'signed_out' },
  })
})

test('S13: a cancelled sign-in that is told as a success: each way out has its own end', async () => {
  const to = async (answer: ReturnType<TestBrowser['get']>) => whereTo(await answer).href
  expect(await to(signInHere())).toBe(`${site.url}/account`)
  expect(await to(browser.post('/signout', {}))).toBe(`${site.url}/?bye`)

  const here = new SignInSteps(browser, {})
  const cancelled = callback({ state: await here.start(), error: 'access_denied' })
  expectProblemPage(await browser.get(cancelled), { status: 403 })
  expect(await isSignedIn()).toBe(false)

  const app = new SignInSteps(browser)
  const toApp = callback({ state: await app.start(), error: 'access_denied' })
  const back = whereTo(await browser.get(toApp)).searchParams
  expect([back.get('error'), back.has('code')]).toEqual(['access_denied', false])
})

describe('S14: a change by link', () => {
  test('no address changes anything when a signed-in person opens it', async () => {
    await signInHere()
    let writes = 0
    const commit = site.store.commit.bind(site.store)
    site.store.commit = (...all) => {
      writes++
      return commit(...all)
    }
    // What begins a sign-in is the exception: it has to be remembered, and changes nothing of anybody.
    const opened = PATHS.filter((path) => !/^\/signin(?:\/test)?$/.test(path))
    for (const path of opened) {
      for (const query of ['', '?which=all', '?do=now', '?session=x&account=acc_ada']) {
        await browser.get(path + query)
      }
    }
    expect(opened.length).toBeGreaterThan(20)
    expect(Object.values(ENDPOINTS).flat()).toContain('POST')
    expect(writes).toBe(0)
    expect(await isSignedIn()).toBe(true)
  })

  test('and what is sensitive takes more than a session: eleven minutes later, a sign-in', async () => {
    await signInHere()
    site.clock.advance(11 * MINUTE)
    await browser.post('/account/logins', { do: 'now' })
    expect((await site.store.user(ADA.user.id))?.loginsDisabled).toBeNull()
    expect(await isSignedIn()).toBe(true)
  })
})

test('S15: an account closed and nobody knows why: the reason and the words are kept, and its people hear of the end', async () => {
  const device = await TestDevice.make(site)
  const { refresh_token } = await device.signIn(site)
  const told = { reason: 'too_expensive', words: 'Twice the price of last year.' } as const
  const by = byPerson({ id: 'ses_none', userId: ADA.user.id }, null)
  await closeAccount(site.site, ADA.account.id, told, by)
  site.clock.advance(HOUR)
  expect((await site.store.account(ADA.account.id))?.closed).toMatchObject({ actor: 'user', told })
  const refused = await device.refresh(refresh_token)
  expect([refused.status, refused.body.reason]).toEqual([400, 'account_closed'])
})
