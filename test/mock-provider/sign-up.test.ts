import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../clock/moment.ts'
import { alertOf, type Browser, type Page, shown } from './browser.ts'
import { later, openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let browser: Browser

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => {
  browser = world.browser()
})
afterAll(() => world.close())

const NEW = 'Brand-new-1'
const GRACE = { newPassword: NEW, reenterPassword: NEW, displayName: 'Grace Green' }

/** "Sign up now", from the sign-in page. */
const open = async (page: Page) => browser.get(new URL(hrefOf(page, 'createAccount'), page.url))

const hrefOf = ({ html }: Page, id: string): string =>
  new RegExp(`id="${id}" href="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''

const send = (page: Page, email: string) => browser.submit(page, { action: 'send', email })

const verify = async (page: Page, email: string) =>
  browser.submit(page, { action: 'verify', verificationCode: await world.mailedCode(email) })

const create = (page: Page, typed: Record<string, string> = {}) =>
  browser.submit(page, { action: 'continue', ...GRACE, ...typed })

const begin = async (email: string) => {
  const { page, redeem } = await world.begin(browser)
  return { page: await verify(await send(await open(page), email), email), redeem }
}

test('sign up now: e-mail, code, password, name; newUser is said once, and the password is right from then on', async () => {
  const email = 'grace@example.test'
  const { page, redeem } = await begin(email)
  expect(shown(page, '#email_success')).toMatch(/^E-mail address verified/)
  const tokens = await redeem(await create(page, { givenName: 'Grace', surname: 'Green' }))
  expect(tokens.claims()).toMatchObject({
    tfp: 'B2C_1_signupsignin',
    newUser: true,
    emails: [email],
    name: 'Grace Green',
    given_name: 'Grace',
    family_name: 'Green',
    sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(await world.probe(browser)).toBe('code')

  const again = await world.begin(world.browser(), { prompt: 'login' })
  expect(again.page.html).toContain('id="createAccount"')
  const there = world.browser()
  const { page: signInPage, redeem: redeemAgain } = await world.begin(there)
  const claims = (
    await redeemAgain(await there.submit(signInPage, { email, password: NEW }))
  ).claims()
  expect(claims).toMatchObject({ emails: [email], sub: tokens.claims()?.sub })
  expect(claims).not.toHaveProperty('newUser')
})

test('somebody has that address already: told only to whoever reads its mail, and another one may be given', async () => {
  const { page } = await begin('ALICE@example.test')
  const refused = await create(page)
  expect(refused.status).toBe(400)
  expect(alertOf(refused)).toMatch(/^A user with the specified ID already exists\./)
  const anew = await browser.submit(refused, { action: 'edit' })
  expect(shown(anew, '#email_ver_but_send')).toBeDefined()
  const done = await create(
    await verify(await send(anew, 'heidi@example.test'), 'heidi@example.test'),
  )
  expect(done.url.searchParams.has('code')).toBe(true)
})

test('erin comes through Google, and may have an account of her own beside it', async () => {
  const { page, redeem } = await begin('erin@example.test')
  const claims = (await redeem(await create(page))).claims()
  expect(claims).toMatchObject({ emails: ['erin@example.test'], name: 'Grace Green' })
  expect(claims).not.toHaveProperty('idp')
})

describe('what goes wrong is said on the page', () => {
  test.each([
    ['no name', { displayName: ' ' }, /A required field is missing/],
    [
      'a plain password',
      { newPassword: 'onlyletters', reenterPassword: 'onlyletters' },
      /at least 3/,
    ],
    ['two passwords', { reenterPassword: `${NEW}2` }, /do not match/],
  ])('%s', async (_, typed, words) => {
    const { page } = await begin('ivan@example.test')
    const refused = await create(page, typed)
    expect(alertOf(refused)).toMatch(words)
    expect(refused.html).not.toContain('onlyletters')
  })

  test('without a verified address nothing is made, whatever is posted', async () => {
    const { page } = await world.begin(browser)
    const asked = await send(await open(page), 'judy@example.test')
    for (const reached of [asked, await create(asked, { email: 'judy@example.test' })]) {
      expect(alertOf(await create(reached))).toBe(
        'Verification is necessary. Please click Send button.',
      )
    }
    const verified = await verify(asked, 'judy@example.test')
    const other = await create(verified, { email: 'alice2@example.test' })
    expect(alertOf(other)).toMatch(/^Verification is necessary/)
  })

  test('at 10 min the code is expired; what was typed besides is kept, but for the password', async () => {
    const { page } = await world.begin(browser)
    const asked = await browser.submit(await open(page), {
      action: 'send',
      email: 'kim@example.test',
      displayName: 'Kim Klein',
      newPassword: NEW,
    })
    expect(asked.html).toContain('value="Kim Klein"')
    expect(asked.html).not.toContain(NEW)
    later(10 * MINUTE)
    expect(alertOf(await verify(asked, 'kim@example.test'))).toMatch(/^That code is expired/)
  })

  test('five wrong codes', async () => {
    const { page } = await world.begin(browser)
    let asked = await send(await open(page), 'lee@example.test')
    for (let times = 0; times < 5; times++) {
      asked = await browser.submit(asked, { action: 'verify', verificationCode: 'wrong' })
    }
    expect(alertOf(await verify(asked, 'lee@example.test'))).toMatch(/too many incorrect attempts/)
  })
})

test('cancel: AADB2C90091, and nobody was made', async () => {
  const { page } = await begin('mallory@example.test')
  const { searchParams } = (await browser.submit(page, { action: 'cancel' })).url
  expect(searchParams.get('error_description')).toMatch(/^AADB2C90091: /)
  const people = await fetch(`${world.url}/control/people`)
  expect(await people.text()).not.toContain('mallory')
})

test('a policy that only signs in makes no account; one that only signs up begins there', async () => {
  const other = await openWorld({
    policies: [
      { id: 'B2C_1_signin', journey: 'sign-in' },
      { id: 'B2C_1_signup', journey: 'sign-up' },
      { id: 'B2C_1_passwordreset', journey: 'reset' },
    ],
  })
  const there = other.browser()
  const { page } = await other.begin(there)
  expect(page.html).not.toContain('createAccount')
  expect((await there.get(`${page.url.href}&local=signup`)).html).toContain('AADB2C90046')
  await other.signIn(there, 'alice@example.test')
  const signUp = await other.begin(there, {}, await other.rpOf('B2C_1_signup'))
  expect(signUp.page.html).toContain('id="newPassword"')
  await other.close()
})

test('nothing secret is logged', async () => {
  const log = world.lines.join('\n')
  for (const secret of [NEW, password, 'grace@', await world.mailedCode('grace@example.test')]) {
    expect(log).not.toContain(secret)
  }
})
