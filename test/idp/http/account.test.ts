import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../../clock/moment.ts'
import { byAdmin } from '../../../idp/audit/by.ts'
import { disableLogins } from '../../../idp/people/logins.ts'
import { exactTime } from '../../../ui/time.tsx'
import { SignInSteps, TestBrowser, whereTo } from '../../support/browser.ts'
import { expectPage, expectProblemPage } from '../../support/refusal.ts'
import { ADA, type RunningSite } from '../../support/site.ts'
import {
  browserOf,
  eventsOf,
  reasonOf,
  sessionOf,
  signedIn,
  startHeardSite,
  toldOf,
} from '../people/person.ts'

const PAGES = [
  '/account',
  '/account/devices',
  '/account/logins',
  '/account/plan',
  '/account/members',
  '/account/activity',
] as const
const DEVICES = '/account/devices'
const LOGINS = '/account/logins'

let site: RunningSite
let browser: TestBrowser
let here: string
let phone: Awaited<ReturnType<typeof signedIn>>

beforeEach(async () => {
  ;({ site } = await startHeardSite())
  phone = await signedIn(site)
  const web = await browserOf(site)
  browser = web.browser
  here = web.session.id
})
afterEach(() => site.close())

const title = (body: string) => /<h1>([^<]+)</.exec(body)?.[1]

describe('each page', () => {
  test.each(PAGES)(
    '%s: for the signed-in person, by name; from the home page it is two links away',
    async (path) => {
      const page = await browser.get(path)
      expect(page.status).toBe(200)
      expectPage(page)
      expect(page.body).toContain(`href="${path}" aria-current="page"`)
      expect((await browser.get('/')).body).toContain('href="/account"')
    },
  )

  test.each(PAGES)('%s: has a way to sign out on it (ASVS 7.4.4)', async (path) => {
    const page = await browser.get(path)
    expect(page.body).toMatch(/(?:href|action)="\/signout"/)
  })

  test.each(PAGES)('%s: nobody is asked to sign in, and comes back to it', async (path) => {
    const stranger = new TestBrowser(site)
    const asked = await stranger.get(path)
    expect(asked.status).toBe(303)
    const signIn = new URL(asked.headers.location ?? '', site.url)
    expect([signIn.pathname, signIn.searchParams.get('return_to')]).toEqual(['/signin', path])
    const back = await new SignInSteps(stranger, Object.fromEntries(signIn.searchParams)).all()
    expect(whereTo(back).href).toBe(site.url + path)
    expect((await stranger.get(path)).status).toBe(200)
  })

  test.each([
    'https://evil.test/account',
    '//evil.test/account',
    '/account/../signout',
    '/account?x=1',
    '/\\evil.test',
    '/',
    'account',
    '/accounting',
  ])('a sign-in comes back to no other place: %s', async (to) => {
    const asked = await new TestBrowser(site).get(
      `/signin?${new URLSearchParams({ return_to: to })}`,
    )
    expectProblemPage(asked, { status: 400 })
  })

  test.each(PAGES)('%s: whose session ended reads why', async (path) => {
    await disableLogins(site.site, ADA.user.id, 'now', byAdmin(null))
    expect((await browser.get(path)).headers.location).toBe('/')
    expect(title((await browser.get('/')).body)).toBe('Signing in is switched off')
  })
})

describe('devices', () => {
  test.each([
    ['one', () => ({ session: phone.tokens.session_id }), 'signed_out_elsewhere', undefined],
    ['all others', () => ({ which: 'others' }), 'signed_out_elsewhere', undefined],
    ['all', () => ({ which: 'all' }), 'all_devices_signed_out', 'all_devices_signed_out'],
  ] as const)('end %s', async (_, form, ofPhone, ofHere) => {
    expect((await browser.post(DEVICES, form())).headers.location).toBe(DEVICES)
    expect(await reasonOf(site, phone.tokens.session_id)).toBe(ofPhone)
    expect(await reasonOf(site, here)).toBe(ofHere)
    expect(toldOf(eventsOf(site), phone.tokens.session_id)).toEqual([`${ofPhone} by user`])
    expect(toldOf(eventsOf(site), here)).toEqual(ofHere ? [`${ofHere} by user`] : [])
    expect((await browser.get('/')).body).toContain(
      ofHere ? 'All devices signed out' : 'Signed in as Ada',
    )
  })

  test('10 minutes and a second after the sign-in, nothing ends before another one', async () => {
    expect((await browser.get(DEVICES)).body).toContain(phone.tokens.session_id)
    site.clock.advance(10 * MINUTE + SECOND)
    const page = await browser.get(DEVICES)
    expect(page.body).toContain(`/signin?${new URLSearchParams({ return_to: DEVICES })}`)
    expect(page.body).not.toContain(phone.tokens.session_id)
    const form = { session: phone.tokens.session_id }
    expect((await browser.post(DEVICES, form)).headers.location).toBe(DEVICES)
    expect(await reasonOf(site, phone.tokens.session_id)).toBeUndefined()

    const back = await new SignInSteps(browser, { return_to: DEVICES }).all()
    expect(whereTo(back).pathname).toBe(DEVICES)
    await browser.post(DEVICES, form)
    expect(await reasonOf(site, phone.tokens.session_id)).toBe('signed_out_elsewhere')
  })
})

describe('logins', () => {
  test('off when tokens run out: the latest moment is said before and after, and nothing outlives it', async () => {
    const { refreshedAt } = await sessionOf(site, here)
    const latest = exactTime(refreshedAt + HOUR)
    expect((await browser.get(LOGINS)).body).toContain(`<strong>${latest}</strong>`)
    await browser.post(LOGINS, { do: 'expiry' })
    const after = (await browser.get(LOGINS)).body
    expect(after).toContain('Logins are switched off')
    expect(after).toContain(`<strong>${latest}</strong>`)
    site.clock.advance(HOUR + SECOND)
    expect(title((await browser.get('/')).body)).toBe('Signing in is switched off')
    expect(toldOf(eventsOf(site), here)).toEqual(['logins_disabled by user'])
  })

  test('on again, half an hour later, without a sign-in: there could be none', async () => {
    await browser.post(LOGINS, { do: 'expiry' })
    site.clock.advance(30 * MINUTE)
    await browser.post(LOGINS, { do: 'enable' })
    expect((await browser.get(LOGINS)).body).toContain('Logins are on.')
  })

  test('what an administrator switched off, the person can’t switch on', async () => {
    await disableLogins(site.site, ADA.user.id, 'expiry', byAdmin(null))
    const page = (await browser.get(LOGINS)).body
    expect(page).toContain('Only an administrator can switch them on again.')
    expect(page).not.toContain('value="enable"')
    expectProblemPage(await browser.post(LOGINS, { do: 'enable' }), { status: 403 })
  })

  test.each([
    ['now', 'logins_disabled', 'Signing in is switched off'],
    ['reset', 'password_reset', 'Your password was changed'],
  ])('%s ends everything here and elsewhere', async (act, reason, words) => {
    await browser.post(LOGINS, { do: act })
    expect(await reasonOf(site, phone.tokens.session_id)).toBe(reason)
    expect(await reasonOf(site, here)).toBe(reason)
    expect(title((await browser.get('/')).body)).toBe(words)
  })

  test.each(['now', 'expiry', 'reset'])('%s: not without a fresh sign-in', async (act) => {
    site.clock.advance(10 * MINUTE + SECOND)
    expect((await browser.get(LOGINS)).body).not.toContain(`value="${act}"`)
    await browser.post(LOGINS, { do: act })
    expect((await site.store.user(ADA.user.id))?.loginsDisabled).toBeNull()
    expect(eventsOf(site)).toEqual([])
  })
})

describe('a form that no page of ours sent changes nothing', () => {
  test.each([
    [DEVICES, { which: 'all' }],
    [LOGINS, { do: 'now' }],
    [LOGINS, { do: 'reset' }],
  ])('%s %j', async (path, form) => {
    for (const headers of [
      { origin: 'https://evil.test' },
      { 'sec-fetch-site': 'cross-site' },
      {},
    ]) {
      expectProblemPage(await browser.post(path, form, headers), { status: 403 })
    }
    expect(eventsOf(site)).toEqual([])
  })

  test.each([
    [DEVICES, {}],
    [DEVICES, { which: 'some' }],
    [LOGINS, {}],
    [LOGINS, { do: 'nothing' }],
  ])('one that asks for nothing we know: %s %j', async (path, form) => {
    expectProblemPage(await browser.post(path, form), { status: 400 })
  })

  test('one of nobody: home', async () => {
    const answer = await new TestBrowser(site).post(DEVICES, { which: 'all' })
    expect([answer.status, answer.headers.location]).toEqual([303, '/'])
    expect(eventsOf(site)).toEqual([])
  })
})
