import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../clock/moment.ts'
import { alertOf, type Browser, type Page, shown } from './browser.ts'
import { application, later, openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let browser: Browser

/** Resets his password in one test after the other. */
const BOB = 'bob@example.test'
/** Never gets to the end of it. */
const CAROL = 'carol@example.test'
const NEW = 'Brand-new-1'

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => {
  browser = world.browser()
})
afterAll(() => world.close())

/** From the first page to the one that asks for the code. */
const send = (page: Page, email = BOB) => browser.submit(page, { action: 'send', email })

const verify = (page: Page, verificationCode: string) =>
  browser.submit(page, { action: 'verify', verificationCode })

const goOn = (page: Page) => browser.submit(page, { action: 'continue' })

/** From the first page to the one that asks for the password. */
const prove = async (page: Page, email = BOB) =>
  goOn(await verify(await send(page, email), await world.mailedCode(email)))

const change = (page: Page, newPassword = NEW, reenterPassword = newPassword) =>
  browser.submit(page, { action: 'continue', newPassword, reenterPassword })

const signIn = async (email: string, given: string) => {
  const { page } = await world.begin(browser, { prompt: 'login' })
  return browser.submit(page, { email, password: given })
}

test('“Forgot your password?” sends the application away with access_denied and AADB2C90118', async () => {
  const { page, state } = await world.begin(browser)
  expect(page.html).toContain('id="forgotPassword"')
  const { searchParams } = (await browser.submit(page, { action: 'forgot' })).url
  expect(searchParams.get('error')).toBe('access_denied')
  expect(searchParams.get('error_description')).toMatch(
    /^AADB2C90118: The user has forgotten their password\.\r\nCorrelation ID: [0-9a-f-]{36}\r\nTimestamp: .*Z\r\n$/,
  )
  expect(searchParams.get('state')).toBe(state)
})

test('the reset policy: e-mail, code, new password; its ID token names it; from then on the new one is right', async () => {
  const { page, redeem } = await world.beginReset(browser)
  const asked = await send(page)
  expect(shown(asked, '[role=status]')).toMatch(/^Verification code has been sent to your inbox\./)
  const verified = await verify(asked, await world.mailedCode(BOB))
  expect(shown(verified, '[role=status]')).toMatch(/^E-mail address verified\./)
  const claims = (await redeem(await change(await goOn(verified)))).claims()
  expect(claims).toMatchObject({
    iss: world.resetIssuer,
    aud: application.clientId,
    sub: '0b0b0000-6f1d-4c1e-8a51-2f6b1c9d0002',
    tfp: 'B2C_1_passwordreset',
    emails: [BOB],
  })
  expect(world.resetIssuer).not.toBe(world.issuer)
  expect(claims).not.toHaveProperty('isForgotPassword')

  expect(alertOf(await signIn(BOB, password))).toBe('Your password is incorrect.')
  expect((await signIn(BOB, NEW)).url.searchParams.has('code')).toBe(true)
  expect((await world.signIn(world.browser(), 'alice@example.test')).claims.name).toBe(
    'Alice Arden',
  )
})

test('it asks whatever session there is; and answers prompt=none with AADB2C90077', async () => {
  await world.signIn(browser, CAROL)
  expect((await world.beginReset(browser)).page.html).toContain('id="email_ver_but_send"')
  const { page } = await world.beginReset(browser, { prompt: 'none' })
  expect(page.url.searchParams.get('error_description')).toMatch(/^AADB2C90077: /)
})

test.each(['email', 'code', 'password'])(
  'cancel at the %s page: AADB2C90091, nothing is changed',
  async (at) => {
    const { page } = await world.beginReset(browser)
    const reached =
      at === 'email' ? page : at === 'code' ? await send(page, CAROL) : await prove(page, CAROL)
    const { searchParams } = (await browser.submit(reached, { action: 'cancel' })).url
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('error_description')).toMatch(/^AADB2C90091: /)
    expect((await signIn(CAROL, password)).url.searchParams.has('code')).toBe(true)
  },
)

describe('what goes wrong is said on the page', () => {
  test('no e-mail address', async () => {
    const { page } = await world.beginReset(browser)
    const refused = await send(page, 'bob')
    expect(refused.status).toBe(400)
    expect(alertOf(refused)).toBe('Please enter a valid email address.')
    expect(refused.html).toContain('value="bob"')
  })

  test('a wrong code may be given again; after five of them a new one is needed', async () => {
    const { page } = await world.beginReset(browser)
    let asked = await send(page)
    const code = await world.mailedCode(BOB)
    const wrong = code === '000000' ? '000001' : '000000'
    for (let times = 1; times < 5; times++) {
      asked = await verify(asked, wrong)
      expect(asked.status).toBe(400)
      expect(alertOf(asked)).toBe('That code is incorrect. Please try again.')
    }
    for (const given of [wrong, code]) {
      asked = await verify(asked, given)
      expect(alertOf(asked)).toMatch(/too many incorrect attempts/)
    }
    const proven = await prove(asked)
    expect(proven.html).toContain('id="newPassword"')
  })

  test('at 10 min the code is expired; at 9 min 59 s it is good', async () => {
    const { page } = await world.beginReset(browser)
    const asked = await send(page)
    later(10 * MINUTE)
    const refused = await verify(asked, await world.mailedCode(BOB))
    expect(alertOf(refused)).toBe('That code is expired. Please request a new code.')
    const again = await send(refused)
    later(10 * MINUTE - SECOND)
    const verified = await verify(again, await world.mailedCode(BOB))
    expect((await goOn(verified)).html).toContain('id="newPassword"')
  })

  test('only the newest code is good, and a code of another journey is not', async () => {
    const one = await world.beginReset(browser)
    const first = await send(one.page)
    const old = await world.mailedCode(BOB)
    const second = await send(first)
    const fresh = await world.mailedCode(BOB)
    if (old !== fresh) expect(alertOf(await verify(second, old))).toMatch(/incorrect/)
    const other = await send((await world.beginReset(browser)).page)
    const others = await world.mailedCode(BOB)
    if (fresh !== others) expect(alertOf(await verify(other, fresh))).toMatch(/incorrect/)
    expect((await goOn(await verify(second, fresh))).html).toContain('id="newPassword"')
  })

  test.each([
    'nobody@example.test',
    // Google keeps erin's password.
    'erin@example.test',
  ])('%s has no password here: told only to whoever reads the mail', async (email) => {
    const { page } = await world.beginReset(browser)
    const asked = await send(page, email)
    const known = await send((await world.beginReset(browser)).page)
    const withoutSecrets = ({ html }: Page) =>
      html
        .replace(/(nonce|value)="[^"]*"/g, '')
        .replace(/var SETTINGS = .*;/, '')
        .replaceAll(BOB, '')
        .replaceAll(email, '')
    expect(withoutSecrets(asked)).toBe(withoutSecrets(known))
    const refused = await goOn(await verify(asked, await world.mailedCode(email)))
    expect(alertOf(refused)).toBe('An account could not be found for the provided user ID.')
    const again = await browser.submit(refused, { action: 'edit' })
    expect(shown(again, '#email_ver_but_send')).toBe('Send verification code')
  })

  test.each([
    ['too short', 'Ab1-xyz', 'Ab1-xyz', /between 8 and 64/],
    ['too long', `Ab1-${'x'.repeat(61)}`, `Ab1-${'x'.repeat(61)}`, /between 8 and 64/],
    ['too plain', 'onlyletters', 'onlyletters', /at least 3 of the following/],
    ['typed differently', NEW, `${NEW}2`, /do not match/],
    ['none', '', '', /between 8 and 64/],
  ])('a password that is %s', async (_, given, again, words) => {
    const { page } = await world.beginReset(browser)
    const refused = await change(await prove(page), given, again)
    expect(refused.status).toBe(400)
    expect(alertOf(refused)).toMatch(words)
    expect(refused.html).not.toContain(given === '' ? NEW : given)
    expect((await change(refused)).url.searchParams.has('code')).toBe(true)
  })
})

describe('wrong turns', () => {
  test('a password without a proven e-mail changes nothing, whatever page it is sent from', async () => {
    const { page } = await world.beginReset(browser)
    for (const reached of [page, await send(page, CAROL)]) {
      expect((await change(reached)).html).not.toContain('id="newPassword"')
    }
    expect((await signIn(CAROL, password)).url.searchParams.has('code')).toBe(true)
  })

  test('a press on an old page shows how far the person is', async () => {
    const { page } = await world.beginReset(browser)
    const asked = await send(page)
    const code = await world.mailedCode(BOB)
    await verify(asked, code)
    const verified = await verify(asked, code)
    expect(shown(verified, '#email_success')).toBeDefined()
    await goOn(verified)
    expect((await send(asked)).html).toContain('id="newPassword"')
  })

  test('once it is done, the page is worth nothing any more', async () => {
    const { page } = await world.beginReset(browser)
    const proven = await prove(page)
    await change(proven)
    const again = await change(proven, 'Another-1', 'Another-1')
    expect(again.status).toBe(400)
    expect((await signIn(BOB, NEW)).url.searchParams.has('code')).toBe(true)
  })

  test('a forged form, and one that lay open for more than an hour', async () => {
    const { page } = await world.beginReset(browser)
    const forged = await browser.submit(page, {
      action: 'send',
      email: 'dave@example.test',
      csrf_token: 'forged',
    })
    expect(forged.html).toContain('AADB2C90212')
    expect(await world.mailedCode('dave@example.test')).toBe('no mail')
    later(HOUR + SECOND)
    expect((await send(page)).html).toContain('AADB2C90046')
  })

  test('in another browser it can’t be finished', async () => {
    const { page } = await world.beginReset(browser)
    const proven = await prove(page)
    const other = world.browser()
    const seen = await other.get(proven.url)
    const end = await other.submit(seen, {
      action: 'continue',
      newPassword: NEW,
      reenterPassword: NEW,
    })
    expect(end.status).toBe(400)
    expect(end.url.searchParams.has('code')).toBe(false)
  })

  test('neither policy can be left by the other’s pages', async () => {
    const signInPath = '/api/combinedsigninandsignup/unified'
    const resetPath = '/api/selfasserted/passwordreset'
    const reset = await world.beginReset(browser)
    const asSignIn = await browser.get(reset.page.url.href.replace(resetPath, signInPath))
    expect(asSignIn.html).toContain('AADB2C90046')
    const signedIn = await world.begin(browser)
    const asReset = await browser.get(signedIn.page.url.href.replace(signInPath, resetPath))
    expect(asReset.html).toContain('AADB2C90046')
  })

  test('a code of one policy is refused by the other', async () => {
    const { page } = await world.beginReset(browser)
    const callback = await change(await prove(page))
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
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
  })
})

test('reset inside the sign-in: no error, and isForgotPassword once', async () => {
  const inside = await openWorld({ resetStyle: 'inside' })
  const browser = inside.browser()
  const { page, redeem } = await inside.begin(browser)
  const asked = await browser.submit(page, { action: 'forgot' })
  expect(asked.html).toContain('id="email_ver_but_send"')
  const mailed = await browser.submit(asked, { action: 'send', email: BOB })
  const verificationCode = await inside.mailedCode(BOB)
  const verified = await browser.submit(mailed, { action: 'verify', verificationCode })
  const proven = await browser.submit(verified, { action: 'continue' })
  const form = { action: 'continue', newPassword: NEW, reenterPassword: NEW }
  expect((await redeem(await browser.submit(proven, form))).claims()).toMatchObject({
    iss: inside.issuer,
    tfp: 'B2C_1_signupsignin',
    isForgotPassword: true,
  })
  const again = await inside.begin(browser, { prompt: 'login' })
  const tokens = await again.redeem(await browser.submit(again.page, { email: BOB, password: NEW }))
  expect(tokens.claims()).not.toHaveProperty('isForgotPassword')
  await inside.close()
})

test('nothing secret is logged', async () => {
  const { page } = await world.beginReset(browser)
  await change(await prove(page))
  const log = world.lines.join('\n')
  for (const secret of [NEW, await world.mailedCode(BOB), BOB]) expect(log).not.toContain(secret)
})
