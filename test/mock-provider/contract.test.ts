import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Browser } from './browser.ts'
import { openWorld, password } from './world.ts'

/** What people wrote against real B2C's pages: no form and no button, only the wire. */

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let browser: Browser

const ALICE = 'alice@example.test'
const BOB = 'bob@example.test'

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => {
  browser = world.browser()
})
afterAll(() => world.close())

interface Settings {
  readonly csrf: string
  readonly transId: string
  readonly api: string
  readonly hosts: { readonly tenant: string; readonly policy: string }
}

const settingsIn = (html: string): Settings =>
  JSON.parse(/var SETTINGS = (\{.*?\});/.exec(html)?.[1] ?? '') as Settings

async function selfAsserted(
  { hosts, transId, csrf }: Settings,
  body: Record<string, string>,
  headers: Record<string, string> = { 'x-csrf-token': csrf },
) {
  const url = `${world.url}${hosts.tenant}/SelfAsserted?tx=${transId}&p=${hosts.policy}`
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      cookie: await browser.jar.getCookieString(url),
      'x-requested-with': 'XMLHttpRequest',
      ...headers,
    },
    body: new URLSearchParams(body),
  })
  const said = (await answer.json()) as { status: string; errorCode?: string; message?: string }
  return { http: answer.status, ...said }
}

const confirmedUrl = ({ hosts, api, transId, csrf }: Settings): string =>
  `${world.url}${hosts.tenant}/api/${api}/confirmed?rememberMe=false&csrf_token=${encodeURIComponent(csrf)}&tx=${transId}&p=${hosts.policy}`

test('SelfAsserted, then confirmed: a code, and not a byte of HTML was understood', async () => {
  const { page, redeem } = await world.begin(browser)
  const settings = settingsIn(page.html)
  expect(settings).toMatchObject({
    api: 'CombinedSigninAndSignup',
    transId: expect.stringMatching(/^StateProperties=/),
    hosts: { policy: 'B2C_1_signupsignin' },
  })
  const asked = await selfAsserted(settings, { request_type: 'RESPONSE', email: ALICE, password })
  expect(asked).toEqual({ http: 200, status: '200' })
  const tokens = await redeem(await browser.get(confirmedUrl(settings)))
  expect(tokens.claims()?.emails).toEqual([ALICE])
})

test('confirmed answers 302, as B2C does', async () => {
  const { page } = await world.begin(browser)
  const settings = settingsIn(page.html)
  await selfAsserted(settings, { request_type: 'RESPONSE', email: ALICE, password })
  const url = confirmedUrl(settings)
  const answer = await fetch(url, {
    redirect: 'manual',
    headers: { cookie: await browser.jar.getCookieString(url) },
  })
  expect(answer.status).toBe(302)
})

test.each(['email', 'signInName', 'logonIdentifier'])('the name may come as %s', async (field) => {
  const settings = settingsIn((await world.begin(browser)).page.html)
  const asked = await selfAsserted(settings, {
    request_type: 'RESPONSE',
    [field]: ALICE,
    password,
  })
  expect(asked.status).toBe('200')
})

test.each([
  ['a wrong password', ALICE, 'AADB2C90054', 'Your password is incorrect.'],
  ['an unknown person', 'nobody@x.test', 'AADB2C90053', "We can't seem to find your account."],
])(
  '%s is HTTP 200 with status 400, and nothing to confirm',
  async (_, email, errorCode, message) => {
    const settings = settingsIn((await world.begin(browser)).page.html)
    const request = { request_type: 'RESPONSE', email, password: 'Wrong-1' }
    expect(await selfAsserted(settings, request)).toEqual({
      http: 200,
      status: '400',
      errorCode,
      message,
    })
    expect((await browser.get(confirmedUrl(settings))).html).toContain('AADB2C90046')
  },
)

test.each([
  ['no token', {}],
  ['another token', { 'x-csrf-token': 'forged' }],
  ['a page of elsewhere', { 'sec-fetch-site': 'cross-site' }],
])('with %s nothing is accepted', async (_, headers) => {
  const settings = settingsIn((await world.begin(browser)).page.html)
  const request = { request_type: 'RESPONSE', email: ALICE, password }
  expect(await selfAsserted(settings, request, headers)).toMatchObject({
    http: 400,
    status: '400',
    errorCode: 'AADB2C90212',
  })
  expect((await browser.get(confirmedUrl(settings))).html).toContain('AADB2C90046')
})

test('confirmed wants the token too, and goes on once', async () => {
  const settings = settingsIn((await world.begin(browser)).page.html)
  await selfAsserted(settings, { request_type: 'RESPONSE', email: ALICE, password })
  const forged = await browser.get(confirmedUrl({ ...settings, csrf: 'forged' }))
  expect(forged.html).toContain('AADB2C90212')
  const url = confirmedUrl(settings)
  expect((await browser.get(url)).url.searchParams.has('code')).toBe(true)
  expect((await browser.get(url)).html).toContain('AADB2C90046')
})

test('a reset by the wire: send, verify, go on, change', async () => {
  const { page, redeem } = await world.beginReset(browser)
  const settings = settingsIn(page.html)
  expect(settings.api).toBe('SelfAsserted')
  const claim = { claim_id: 'email', claim_value: BOB }
  const early = { request_type: 'RESPONSE', email: BOB }
  expect(await selfAsserted(settings, early)).toMatchObject({ errorCode: 'EmailNotVerified' })

  const send = { request_type: 'VERIFICATION_REQUEST', ...claim }
  expect(await selfAsserted(settings, send)).toEqual({ http: 200, status: '200' })
  const verify = (user_input: string) =>
    selfAsserted(settings, { request_type: 'VALIDATION_REQUEST', ...claim, user_input })
  expect(await verify('no code')).toMatchObject({
    http: 200,
    status: '400',
    message: 'That code is incorrect. Please try again.',
  })
  expect(await verify(await world.mailedCode(BOB))).toEqual({ http: 200, status: '200' })

  const another = { request_type: 'RESPONSE', email: ALICE }
  expect(await selfAsserted(settings, another)).toMatchObject({ errorCode: 'EmailNotVerified' })
  await selfAsserted(settings, { request_type: 'RESPONSE', email: BOB })
  const second = settingsIn((await browser.get(confirmedUrl(settings))).html)
  expect((await browser.get(confirmedUrl(settings))).html).toContain('AADB2C90046')
  const change = (reenterPassword: string) =>
    selfAsserted(second, { request_type: 'RESPONSE', newPassword: 'Brand-new-1', reenterPassword })
  expect(await change('Brand-new-2')).toMatchObject({ errorCode: 'PasswordEntryMismatch' })
  await change('Brand-new-1')
  const tokens = await redeem(await browser.get(confirmedUrl(second)))
  expect(tokens.claims()).toMatchObject({ tfp: 'B2C_1_passwordreset', emails: [BOB] })
})

test('markup in tx never reaches the page', async () => {
  const { page } = await world.begin(browser)
  const tampered = await browser.get(`${page.url.href}%3C/script%3E`)
  expect(tampered.status).toBe(200)
  expect(tampered.html.match(/<\/script>/g)).toHaveLength(2)
})
