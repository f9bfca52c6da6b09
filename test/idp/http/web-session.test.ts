import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from '../../../clock/moment.ts'
import { signOutHere } from '../../../idp/sessions/web.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import {
  cookieLines,
  SignInSteps,
  startScriptedSite,
  TestBrowser,
  whereTo,
} from '../../support/browser.ts'
import type { ScriptedProvider } from '../../support/provider.ts'
import { expectPage, expectProblemPage } from '../../support/refusal.ts'
import { send } from '../../support/request.ts'
import { ADA, type RunningSite } from '../../support/site.ts'

const SESSION = '__Host-latchkey-session'
/** What the browser got to bind its sign-ins. */
const bindings = () =>
  [...browser.jar].filter(([name]) => name.startsWith('__Host-latchkey-browser-'))

let site: RunningSite
let provider: ScriptedProvider
let browser: TestBrowser

beforeEach(async () => {
  ;({ site, provider } = await startScriptedSite())
  browser = new TestBrowser(site)
})
afterEach(() => site.close())

const signInHere = () => new SignInSteps(browser, {}).all()
const cookie = () => browser.jar.get(SESSION) ?? ''
const sessionOf = async (secret: string) => site.store.sessionByCookie(hashOf(secret))

test('a browser on the site gets one opaque cookie, for this host alone, out of reach of scripts', async () => {
  const answer = await signInHere()
  expect([answer.status, whereTo(answer).href]).toEqual([303, `${site.url}/`])
  const [line = '', ...others] = cookieLines(answer)
  expect(others).toEqual([])
  expect(line).toMatch(/^__Host-latchkey-session=lkw_[\w-]{43}; /)
  expect(line.split('; ').slice(1).sort()).toEqual(
    ['HttpOnly', `Max-Age=${400 * 86_400}`, 'Path=/', 'SameSite=Lax', 'Secure'].sort(),
  )
  const page = await browser.get('/')
  expectPage(page)
  expect(page.body).toContain('Signed in as Ada')
  expect(page.body).not.toContain('lkw_')
})

test('the cookie that binds a sign-in to its browser says nothing of anybody, and is given once', async () => {
  const answer = await browser.get('/signin')
  expect(cookieLines(answer)).toEqual([
    expect.stringMatching(
      /^__Host-latchkey-browser-[\w-]{8}=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    ),
  ])
  expect(cookieLines(await browser.get('/signin'))).toEqual([])
  expect(
    JSON.stringify([...(await site.store.dueRecords(Number.MAX_SAFE_INTEGER, 99))]),
  ).not.toContain(bindings()[0]?.[1])
})

test.each(
  ['', 'short', 'a'.repeat(44), `${'a'.repeat(42)}.`, 'a'.repeat(5_000)].map(
    (value) => [value.length, value] as const,
  ),
)(
  'a binding cookie that is not ours (%i characters) is replaced, not trusted',
  async (_, value) => {
    const name = '__Host-latchkey-browser-somebody'
    browser.jar.set(name, value)
    expect(cookieLines(await browser.get('/signin'))).toHaveLength(1)
    browser.jar.delete(name)
    const [[, given] = []] = bindings()
    expect(given).toMatch(/^[\w-]{43}$/)
    expect(given).not.toBe(value)
  },
)

test.each(
  ['', 'lkw_', `lkw_${'a'.repeat(43)}`, '__proto__', 'x'.repeat(5_000)].map(
    (value) => [value.length, value] as const,
  ),
)('a session cookie that nobody was given (%i characters) is nobody', async (_, value) => {
  browser.jar.set(SESSION, value)
  const page = await browser.get('/')
  expectPage(page)
  expect([page.status, page.body.includes('Nobody is signed in')]).toEqual([200, true])
})

describe('signing out', () => {
  test('by GET changes nothing: it asks', async () => {
    await signInHere()
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      await send(site.url, {
        method,
        path: '/signout',
        headers: { cookie: `${SESSION}=${cookie()}` },
      })
    }
    expect((await browser.get('/')).body).toContain('Signed in as Ada')
  })

  test('by POST from another site changes nothing', async () => {
    await signInHere()
    for (const headers of [
      { origin: 'https://evil.test' },
      { 'sec-fetch-site': 'cross-site' },
      {},
    ]) {
      expectProblemPage(await browser.post('/signout', {}, headers), { status: 403 })
    }
    expect((await browser.get('/')).body).toContain('Signed in as Ada')
  })

  test('by POST from here: the session ends, the cookie is wiped, the way leads to the setting', async () => {
    await signInHere()
    const secret = cookie()
    const answer = await browser.post('/signout', {})
    expect([answer.status, whereTo(answer).href]).toEqual([303, `${site.url}/`])
    expect(cookieLines(answer)[0]).toMatch(/^__Host-latchkey-session=; .*Max-Age=0/)
    expect(answer.headers['clear-site-data']).toContain('"cache"')
    expect((await sessionOf(secret))?.ended?.reason).toBe('signed_out')
  })

  test('ten times in the very same moment: all are told that it is done', async () => {
    await signInHere()
    const here = { session: cookie(), bindings: [], address: null }
    await Promise.all(Array.from({ length: 10 }, () => signOutHere(site.site, here)))
    expect((await sessionOf(cookie()))?.ended?.reason).toBe('signed_out')
  })

  test('twice, ten times at once, or as nobody: no failure', async () => {
    await signInHere()
    const secret = cookie()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        send(site.url, {
          method: 'POST',
          path: '/signout',
          headers: {
            accept: 'text/html',
            origin: site.url,
            cookie: `${SESSION}=${secret}`,
            'content-length': '0',
          },
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 303))
    expect((await browser.post('/signout', {})).status).toBe(303)
    expect((await new TestBrowser(site).post('/signout', {})).status).toBe(303)
  })
})

describe('an ended session says why', () => {
  test.each([
    ['14 d of silence', async () => site.clock.advance(14 * DAY + SECOND), 'It has been a while'],
    ['logins disabled', () => disable(), 'Signing in is switched off'],
    ['the account closed', () => close(), 'This account is closed'],
    ['a newer sign-in in this browser', () => signInHere(), 'Signed in again elsewhere'],
    ['signed out', () => browser.post('/signout', {}), 'Signed out'],
  ])('%s', async (_, end, title) => {
    await signInHere()
    const secret = cookie()
    await end()
    browser.jar.set(SESSION, secret)
    const page = await browser.get('/')
    expectPage(page)
    expect(page.body).toContain(title)
    expect(page.body).not.toContain('Signed in as')
    // And says it again.
    expect((await browser.get('/')).body).toContain(title)
  })

  test('180 d, however often it was used', async () => {
    await signInHere()
    for (let day = 0; day < 180; day += 10) {
      expect((await browser.get('/')).body).toContain('Signed in as Ada')
      site.clock.advance(10 * DAY)
    }
    expect((await browser.get('/')).body).toContain('Time to confirm it’s you')
  })

  const disable = () =>
    site.store.commit([
      {
        table: 'user',
        put: { ...ADA.user, loginsDisabled: { at: 1, actor: 'admin', mode: 'now' } },
      },
    ])
  const close = () =>
    site.store.commit([
      { table: 'account', put: { ...ADA.account, closed: { at: 1, actor: 'user' } } },
    ])
})

test('use keeps it alive: every 13 days for two months', async () => {
  await signInHere()
  for (let i = 0; i < 5; i++) {
    site.clock.advance(13 * DAY)
    expect((await browser.get('/')).body).toContain('Signed in as Ada')
  }
})

test('being signed in here never makes a later sign-in silent: the provider is asked again, always', async () => {
  await signInHere()
  site.clock.advance(HOUR)
  for (const query of [{}, { prompt: 'select_account' }, { login_hint: 'ada@example.test' }]) {
    const asked = provider.asked.length
    const answer = await new SignInSteps(browser, query).browser.get(
      `/signin?${new URLSearchParams(query)}`,
    )
    expect(whereTo(answer).hostname).toBe('localhost')
    expect(provider.asked.slice(asked)).toEqual(['sign-in'])
  }
  const silently = await browser.get('/signin?prompt=none')
  expect(expectProblemPage(silently, { status: 400 })).toContain('without being asked')
  const desktop = new SignInSteps(browser)
  const before = provider.codes.length
  expect(whereTo(await desktop.all()).searchParams.has('code')).toBe(true)
  expect(provider.codes).toHaveLength(before + 1)
})

test('errors of a sign-in here are a page: there is no client to tell', async () => {
  const signIn = new SignInSteps(browser, {})
  await signIn.start()
  for (const query of [
    'login_hint=a&login_hint=b',
    `login_hint=${'a'.repeat(300)}`,
    'state=a&state=b',
  ]) {
    expectProblemPage(await browser.get(`/signin?${query}`), { status: 400 })
  }
  provider.says = () => {
    throw new Error('no')
  }
  const state = await signIn.start()
  expectProblemPage(await browser.get(`/integrations/oauth2/callback?state=${state}&code=a`), {
    status: 403,
  })
})
