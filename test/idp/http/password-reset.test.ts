import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../clock/moment.ts'
import { resetPassword } from '../../../idp/people/sessions.ts'
import type { User } from '../../../idp/store/records.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import { LatchkeyError } from '../../../protocol/errors.ts'
import {
  callback,
  REDIRECT_URI,
  SignInSteps,
  stateIn,
  TestBrowser,
  whereTo,
} from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import type { ScriptedProvider } from '../../support/provider.ts'
import type { RawAnswer } from '../../support/raw.ts'
import { expectProblemPage } from '../../support/refusal.ts'
import { ADA, PROVIDER, type RunningSite } from '../../support/site.ts'
import {
  browserOf,
  byAda,
  eventsOf,
  reasonOf,
  signedIn,
  startHeardSite,
  toldOf,
} from '../people/person.ts'

let site: RunningSite
let provider: ScriptedProvider
let browser: TestBrowser
let signIn: SignInSteps
let laptop: string

beforeEach(async () => {
  ;({ site, provider } = await startHeardSite())
  provider.hasReset = true
  laptop = (await signedIn(site)).tokens.session_id
  browser = new TestBrowser(site)
  signIn = new SignInSteps(browser)
})
afterEach(() => site.close())

/** B2C's whole description (notes/b2c.md §1.5). */
const b2c = (code: string) =>
  `${code}: The user has forgotten their password.\r\nCorrelation ID: 5ac43c47-3aba-44d5-b28d-0d2a2f2ab2c1\r\nTimestamp: 2026-11-13 11:37:56Z\r\n`

const FORGOT = { error: 'access_denied', error_description: b2c('AADB2C90118') }
const CANCELLED = { error: 'access_denied', error_description: b2c('AADB2C90091') }

const forget = (state: string) => browser.get(callback({ state, ...FORGOT }))

/** From the sign-in page to the reset; answers with the `state` of the reset. */
const toReset = async () => stateIn(await forget(await signIn.start()))

/** Back from the reset, purged and probed; answers with the `state` of the sign-in that follows. */
const toSignInAgain = async (state: string) =>
  stateIn(await signIn.probed(await signIn.purged(await signIn.return(state))))

const toTheEnd = async (state: string) =>
  signIn.probed(await signIn.purged(await signIn.return(state)))

function backAtClient(answer: RawAnswer): URLSearchParams {
  expect(answer.status, answer.body).toBe(303)
  const to = whereTo(answer)
  expect(to.origin + to.pathname).toBe(REDIRECT_URI)
  expect(to.searchParams.get('state')).toBe(signIn.state)
  return to.searchParams
}

const changeAda = (change: Partial<User>) =>
  site.store.commit([{ table: 'user', put: { ...ADA.user, ...change } }])

test('forgotten, reset, signed in again: every session ended in between, and the app gets its code in the end', async () => {
  const phone = (await signedIn(site)).tokens.session_id
  const web = (await browserOf(site)).session.id
  provider.asked.length = 0

  const reset = await toReset()
  expect(await reasonOf(site, laptop)).toBeUndefined()
  const logout = await signIn.return(reset)
  for (const session of [laptop, phone, web]) {
    expect(await reasonOf(site, session)).toBe('password_reset')
    expect(toldOf(eventsOf(site), session)).toEqual(['password_reset by user'])
  }
  const answer = await signIn.probed(await signIn.purged(logout))
  expect(whereTo(answer).searchParams.get('login_hint')).toBe('ada@example.test')
  const back = backAtClient(await toTheEnd(stateIn(answer)))
  expect(provider.asked).toEqual([
    ...['sign-in', 'reset', 'reset-identity', 'reset-logout', 'probe'],
    ...['sign-in', 'identity', 'logout', 'probe'],
  ])

  const device = await TestDevice.make(site)
  const redeemed = await device.post('/token', {
    grant_type: 'authorization_code',
    client_id: 'latchkey-desktop',
    redirect_uri: REDIRECT_URI,
    code_verifier: signIn.codeVerifier,
    code: back.get('code') ?? '',
  })
  expect(redeemed.status).toBe(200)
  expect((await site.store.code(hashOf(back.get('code') ?? '')))?.purge.outcome).toBe('proven')
  const credential = eventsOf(site).filter(({ payload }) => payload.type === 'credential.changed')
  expect(credential).toHaveLength(1)
})

test('the audit log says who, and from where', async () => {
  await signIn.return(await toReset())
  const entries = await site.store.audit({ userId: ADA.user.id, limit: 10 })
  expect(entries.filter(({ act }) => act === 'password_reset')).toMatchObject([
    { actor: 'user', byUserId: ADA.user.id, bySessionId: null, address: '127.0.0.1' },
  ])
  expect(entries.find(({ sessionId }) => sessionId === laptop && sessionId)).toMatchObject({
    act: 'session_ended',
    reason: 'password_reset',
    actor: 'user',
  })
})

test('on the site itself: the person ends up signed in there', async () => {
  signIn = new SignInSteps(browser, {})
  const answer = await toTheEnd(await toSignInAgain(await toReset()))
  expect(answer.status).toBe(303)
  expect(browser.jar.has('__Host-latchkey-session')).toBe(true)
})

describe('what is no forgotten password ends the sign-in, as ever', () => {
  test.each([
    ['cancelled', CANCELLED],
    ['another error', { ...FORGOT, error: 'server_error' }],
    ['the code later in the text', { ...FORGOT, error_description: 'See AADB2C90118: x' }],
    ['a longer code', { ...FORGOT, error_description: b2c('AADB2C901180') }],
    ['no description', { error: 'access_denied' }],
    ['an endless description', { error: 'access_denied', error_description: 'A'.repeat(5_000) }],
  ])('%s', async (_, query) => {
    const state = await signIn.start()
    const back = backAtClient(await browser.get(callback({ state, ...query })))
    expect(back.get('error')).toBe('access_denied')
    expect(provider.asked).toEqual(['sign-in'])
  })

  test('forgotten, at a provider without a journey of its own', async () => {
    provider.hasReset = false
    const back = backAtClient(await forget(await signIn.start()))
    expect(back.get('error')).toBe('access_denied')
  })
})

describe('a reset that comes to nothing leaves everybody signed in, and says so', () => {
  afterEach(async () => expect(await reasonOf(site, laptop)).toBeUndefined())

  test.each([
    ['cancelled', CANCELLED],
    ['refused', { error: 'server_error' }],
    ['forgotten once more: nobody is led in circles', FORGOT],
  ])('%s', async (_, query) => {
    const state = await toReset()
    const back = backAtClient(await browser.get(callback({ state, ...query })))
    expect(back.get('error_description')).toContain('reset was cancelled')
    expectProblemPage(await browser.get(callback({ state, code: 'a' })), { status: 400 })
  })

  test.each([
    ['an answer that fails the checks', new Error('unexpected iss'), 'did not pass our checks'],
    [
      'a provider that is away',
      new LatchkeyError('temporarily_unavailable', 'It is away just now.'),
      'reached just now',
    ],
  ])('%s: the person learns what may be left to do', async (_, failure, words) => {
    const state = await toReset()
    provider.says = () => {
      throw failure
    }
    const back = backAtClient(await browser.get(callback({ state, code: 'a' })))
    expect(back.get('error_description')).toContain(words)
    expect(back.get('error_description')).toContain('your devices are still signed in')
  })

  test.each([
    ['missing', () => undefined],
    ['from before the reset was asked for', (now: number) => now - MINUTE],
  ])('auth_time %s: the session there is ended all the same', async (_, authTime) => {
    provider.says = (identity) => ({ ...identity, authTime: authTime(site.clock.now()) })
    const first = await signIn.start()
    site.clock.advance(2 * MINUTE)
    const back = backAtClient(await toTheEnd(stateIn(await forget(first))))
    expect(back.get('error')).toBe('access_denied')
    expect(provider.asked.slice(-3)).toEqual(['reset-identity', 'reset-logout', 'probe'])
  })

  test('10 min after it began; the sign-in before it doesn’t count', async () => {
    const first = await signIn.start()
    site.clock.advance(9 * MINUTE)
    const reset = stateIn(await forget(first))
    site.clock.advance(10 * MINUTE)
    const late = expectProblemPage(await browser.get(callback({ state: reset, code: 'a' })), {
      status: 400,
    })
    expect(late).toContain('too long')
    expect(late).toContain('your devices are still signed in')
  })
})

test('9 min 59 s after it began, 18 min 59 s after the sign-in did, it counts; then there are ten minutes again', async () => {
  const first = await signIn.start()
  site.clock.advance(9 * MINUTE)
  const reset = stateIn(await forget(first))
  site.clock.advance(10 * MINUTE - SECOND)
  await site.due.run()
  const again = await toSignInAgain(reset)
  expect(await reasonOf(site, laptop)).toBe('password_reset')
  site.clock.advance(10 * MINUTE - SECOND)
  await site.due.run()
  expect(backAtClient(await toTheEnd(again)).has('code')).toBe(true)
})

describe('each step once', () => {
  test('in another browser: nothing is redeemed, and the right one can still go on', async () => {
    const state = await toReset()
    const other = new TestBrowser(site)
    await new SignInSteps(other).start()
    const answer = await other.get(callback({ state, code: 'a' }))
    expect(expectProblemPage(answer, { status: 400 })).toContain('another browser')
    expect(provider.asked).not.toContain('reset-identity')
    expect(await reasonOf(site, laptop)).toBeUndefined()
    await signIn.return(state)
    expect(await reasonOf(site, laptop)).toBe('password_reset')
  })

  test('back to the sign-in page after the reset was chosen: that answer is worth nothing', async () => {
    const state = await signIn.start()
    const reset = stateIn(await forget(state))
    expectProblemPage(await browser.get(callback({ state, code: 'a' })), { status: 400 })
    expectProblemPage(await forget(state), { status: 400 })
    expect(provider.codes).toEqual([])
    expect(backAtClient(await toTheEnd(await toSignInAgain(reset))).has('code')).toBe(true)
  })

  test('the reset’s answer twenty times at once: one goes on, one code is redeemed, one reset', async () => {
    const state = await toReset()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser.get(callback({ state, code: 'a' }))),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19)
    expect(provider.codes).toHaveLength(1)
    expect((await site.store.user(ADA.user.id))?.allEnded?.times).toBe(1)
  })

  test('the way to the reset twenty times at once: one goes on', async () => {
    const state = await signIn.start()
    const answers = await Promise.all(Array.from({ length: 20 }, () => forget(state)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19)
  })

  test('the provider is away when the reset is to begin: said on a page, and reloading it helps', async () => {
    const state = await signIn.start()
    provider.away = true
    const away = await forget(state)
    expect([away.status, away.headers.location]).toEqual([503, undefined])
    provider.away = false
    expect(
      backAtClient(await toTheEnd(await toSignInAgain(stateIn(await forget(state))))).has('code'),
    ).toBe(true)
  })

  test('the provider is away after the reset: everything has ended by then', async () => {
    const state = await toReset()
    provider.says = (identity) => {
      provider.away = true
      return identity
    }
    expect((await browser.get(callback({ state, code: 'a' }))).status).toBe(503)
    expect(await reasonOf(site, laptop)).toBe('password_reset')
  })

  test('two tabs: each its own reset, one after the other', async () => {
    const other = new SignInSteps(browser)
    const here = await toReset()
    const there = stateIn(await forget(await other.start()))
    await signIn.return(here)
    const between = (await signedIn(site)).tokens.session_id
    await other.return(there)
    expect(await reasonOf(site, between)).toBe('password_reset')
  })
})

test('what was proved before the reset gets nobody in after it', async () => {
  const thief = new SignInSteps(new TestBrowser(site))
  const probe = await thief.purged(await thief.return(await thief.start()))
  await signIn.return(await toReset())
  const turned = whereTo(await thief.probed(probe)).searchParams
  expect([turned.get('error'), turned.get('reason')]).toEqual(['access_denied', 'password_reset'])
})

test('the reset itself is no sign-in: a minute later the provider must have asked again', async () => {
  const logout = await signIn.return(await toReset())
  const resetAt = site.clock.now()
  site.clock.advance(MINUTE)
  const again = stateIn(await signIn.probed(await signIn.purged(logout)))
  provider.says = (identity) => ({ ...identity, authTime: resetAt })
  const back = backAtClient(await toTheEnd(again))
  expect(back.get('error_description')).toContain('without asking for the password')
})

describe('whose password it was', () => {
  test('nobody whom we know yet: they go on, and are made by the sign-in', async () => {
    provider.says = (identity) => ({ ...identity, subject: 'grace' })
    const again = await toSignInAgain(await toReset())
    expect(await site.store.userByIdentity(PROVIDER.issuer, 'grace')).toBeUndefined()
    expect(backAtClient(await toTheEnd(again)).has('code')).toBe(true)
    expect(await site.store.userByIdentity(PROVIDER.issuer, 'grace')).toBeDefined()
    expect(await reasonOf(site, laptop)).toBeUndefined()
  })

  test.each([
    ['another subject', { subject: 'ADA' }],
    ['another issuer', { issuer: 'http://localhost:10/' }],
  ])('%s with the same e-mail is somebody else', async (_, other) => {
    provider.says = (identity) => ({ ...identity, ...other })
    await toSignInAgain(await toReset())
    expect(await reasonOf(site, laptop)).toBeUndefined()
  })

  test('somebody deleted has nothing to end, and is told at the sign-in', async () => {
    await changeAda({ deleted: { at: site.clock.now(), actor: 'admin' } })
    const back = backAtClient(await toTheEnd(await toSignInAgain(await toReset())))
    expect(back.get('reason')).toBe('user_deleted')
    expect(eventsOf(site)).toEqual([])
  })

  test('somebody whose logins are off loses what still works, and is told at the sign-in', async () => {
    await changeAda({
      signIns: 1,
      loginsDisabled: { at: site.clock.now(), actor: 'user', mode: 'expiry' },
    })
    const back = backAtClient(await toTheEnd(await toSignInAgain(await toReset())))
    expect(back.get('reason')).toBe('logins_disabled')
    expect(await reasonOf(site, laptop)).toBe('password_reset')
  })
})

describe('a reset inside the sign-in (reset_claim)', () => {
  beforeEach(() => {
    provider.says = (identity) => ({ ...identity, passwordReset: true })
  })

  test('ends everything before, and is the sign-in itself', async () => {
    const back = backAtClient(await signIn.all())
    expect(await reasonOf(site, laptop)).toBe('password_reset')
    expect(back.has('code')).toBe(true)
    expect(provider.asked).toEqual(['sign-in', 'identity', 'logout', 'probe'])
  })

  test('of an answer that nobody was asked for, it means nothing', async () => {
    provider.says = (identity) => ({
      ...identity,
      passwordReset: true,
      authTime: site.clock.now() - MINUTE,
    })
    expect(backAtClient(await signIn.all()).get('error')).toBe('access_denied')
    expect(await reasonOf(site, laptop)).toBeUndefined()
  })

  test('overtaken by another reset, it gets nobody in', async () => {
    const probe = await signIn.purged(await signIn.return(await signIn.start()))
    await resetPassword(site.site, ADA.user.id, byAda)
    expect(backAtClient(await signIn.probed(probe)).get('reason')).toBe('password_reset')
  })

  test('of somebody new, there is nothing to end', async () => {
    provider.says = (identity) => ({ ...identity, passwordReset: true, subject: 'grace' })
    expect(backAtClient(await signIn.all()).has('code')).toBe(true)
    expect(await reasonOf(site, laptop)).toBeUndefined()
  })
})

test('nothing secret is logged on the way', async () => {
  const reset = await toReset()
  await toTheEnd(await toSignInAgain(reset))
  for (const secret of [reset, 'provider-code', provider.idToken, 'ada@example.test']) {
    expect(site.log()).not.toContain(secret)
  }
})
