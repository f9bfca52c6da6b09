import type { Configuration } from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'
import type { Browser } from './browser.ts'
import { application, later, openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>

const ALICE = 'alice@example.test'
const OTHER = {
  ...application,
  clientId: '9c1f6a52-0b7e-4a0e-9d55-2f6b1c9d0a02',
  name: 'Other',
  redirectUris: ['http://127.0.0.1:3100/callback'],
  postLogoutRedirectUris: [],
}

/** The policies of this story, each by what is special about it. */
const policies = [
  { id: 'B2C_1_plain', journey: 'sign-in' },
  { id: 'B2C_1_keeps', journey: 'sign-in', keepMeSignedIn: '30d' },
  {
    id: 'B2C_1_keeps_absolutely',
    journey: 'sign-in',
    keepMeSignedIn: '7d',
    sessionExpiry: 'absolute',
  },
  { id: 'B2C_1_short', journey: 'sign-in', lifetimes: { session: '15min' } },
  {
    id: 'B2C_1_absolute',
    journey: 'sign-in',
    lifetimes: { session: '60min' },
    sessionExpiry: 'absolute',
  },
  { id: 'B2C_1_by_application', journey: 'sign-in', sso: 'application' },
  { id: 'B2C_1_by_application_too', journey: 'sign-in', sso: 'application' },
  { id: 'B2C_1_by_policy', journey: 'sign-in', sso: 'policy' },
  { id: 'B2C_1_by_policy_too', journey: 'sign-in', sso: 'policy' },
  { id: 'B2C_1_suppressed', journey: 'sign-in', sso: 'none' },
  { id: 'B2C_1_profileedit', journey: 'profile-edit', keepMeSignedIn: '30d' },
  { id: 'B2C_1_passwordreset', journey: 'reset' },
] as const

let world: World
let browser: Browser
const rps = new Map<string, Configuration>()

beforeAll(async () => {
  world = await openWorld({ policies: [...policies], applications: [application, OTHER] })
  for (const { id } of policies) rps.set(id, await world.rpOf(id))
})
beforeEach(() => {
  browser = world.browser()
})
afterAll(() => world.close())

/** A relying party of the policy, e.g. `plain`. */
const at = (name: string): Configuration => {
  const rp = rps.get(`B2C_1_${name}`)
  if (!rp) throw new Error(`There is no policy ${name}.`)
  return rp
}

const AS_OTHER = {
  client_id: OTHER.clientId,
  redirect_uri: OTHER.redirectUris[0] ?? '',
  scope: 'openid',
}

/** Signs alice in at a policy. */
const signIn = async (name: string, typed: Record<string, string> = {}, more = {}) => {
  const { page } = await world.begin(browser, { prompt: 'login', ...more }, at(name))
  const callback = await browser.submit(page, { email: ALICE, password, ...typed })
  expect(callback.url.searchParams.has('code')).toBe(true)
}

const keep = (name: string) => signIn(name, { rememberMe: 'true' })

/** Whether a policy knows who is there without asking. */
const knows = async (name: string, more = {}): Promise<boolean> => {
  const { page } = await world.begin(browser, { prompt: 'none', ...more }, at(name))
  return page.url.searchParams.has('code')
}

describe('keep me signed in', () => {
  test('is asked only where the policy keeps people', async () => {
    const page = async (name: string) => (await world.begin(browser, {}, at(name))).page.html
    expect(await page('keeps')).toContain('id="rememberMe"')
    expect(await page('plain')).not.toContain('id="rememberMe"')
  })

  test('unasked for, the session ends with the browser; asked for, it outlives it for 30 days', async () => {
    await signIn('keeps')
    expect(await knows('keeps')).toBe(true)
    await browser.reopen()
    expect(await knows('keeps')).toBe(false)
    await keep('keeps')
    await browser.reopen()
    expect(await knows('keeps')).toBe(true)
    later(30 * DAY - MINUTE)
    expect(await knows('keeps')).toBe(true)
    later(30 * DAY + SECOND)
    expect(await knows('keeps')).toBe(false)
  })

  test('absolute, day 7 is the end, however often it was used', async () => {
    await keep('keeps_absolutely')
    for (let day = 1; day < 7; day++) {
      later(DAY)
      expect(await knows('keeps_absolutely')).toBe(true)
    }
    later(DAY)
    expect(await knows('keeps_absolutely')).toBe(false)
  })

  test('can be asked for in a session that began without it', async () => {
    await signIn('keeps')
    await keep('keeps')
    await browser.reopen()
    later(25 * HOUR)
    expect(await knows('keeps')).toBe(true)
  })

  test('and taken back: signing in again without the tick', async () => {
    await keep('keeps')
    await signIn('keeps')
    await browser.reopen()
    expect(await knows('keeps')).toBe(false)
  })

  test.each([
    ['without prompt', {}],
    ['with prompt=none', { prompt: 'none' }],
  ])('a policy that keeps nobody, visited %s, ends it', async (_, more) => {
    await keep('keeps')
    const { page } = await world.begin(browser, more, at('plain'))
    expect(page.url.searchParams.has('code')).toBe(true)
    await browser.reopen()
    expect(await knows('keeps')).toBe(false)
  })

  test('a policy that keeps people too leaves it, even one that only changes a name', async () => {
    await keep('keeps')
    const { page } = await world.begin(browser, {}, at('profileedit'))
    await browser.submit(page, { action: 'continue', displayName: 'Alice Arden' })
    await browser.reopen()
    expect(await knows('keeps')).toBe(true)
  })

  test('a tick that the page did not offer keeps nobody', async () => {
    await keep('plain')
    await browser.reopen()
    expect(await knows('plain')).toBe(false)
  })

  test('ends at sign-out', async () => {
    await keep('keeps')
    const { end_session_endpoint = '' } = at('keeps').serverMetadata()
    await browser.get(end_session_endpoint)
    expect(await knows('keeps')).toBe(false)
    const cookies = await browser.jar.getCookies(world.url)
    expect(cookies.filter(({ key }) => key.startsWith('x-ms-cpim-sso'))).toEqual([])
  })
})

describe('how long a session lives', () => {
  test('15 min of silence end it; used every 14 min it goes on', async () => {
    await signIn('short')
    for (let times = 0; times < 5; times++) {
      later(14 * MINUTE)
      expect(await knows('short')).toBe(true)
    }
    later(15 * MINUTE + SECOND)
    expect(await knows('short')).toBe(false)
  })

  test('absolute, it ends an hour after the sign-in, however often it was used', async () => {
    await signIn('absolute')
    for (let times = 0; times < 3; times++) {
      later(19 * MINUTE)
      expect(await knows('absolute')).toBe(true)
    }
    later(3 * MINUTE)
    expect(await knows('absolute')).toBe(false)
  })
})

describe('who shares a session', () => {
  test('tenant: every application at every policy', async () => {
    await signIn('plain')
    expect(await knows('keeps')).toBe(true)
    expect(await knows('plain', AS_OTHER)).toBe(true)
  })

  test('application: at every policy of that scope, and no other application', async () => {
    await signIn('by_application')
    expect(await knows('by_application')).toBe(true)
    expect(await knows('by_application_too')).toBe(true)
    expect(await knows('by_application', AS_OTHER)).toBe(false)
    expect(await knows('plain')).toBe(false)
  })

  test('policy: every application, and no other policy', async () => {
    await signIn('by_policy')
    expect(await knows('by_policy')).toBe(true)
    expect(await knows('by_policy', AS_OTHER)).toBe(true)
    expect(await knows('by_policy_too')).toBe(false)
    expect(await knows('plain')).toBe(false)
  })

  test('none: asked each time, and nothing is left behind', async () => {
    await signIn('suppressed')
    expect(await knows('suppressed')).toBe(false)
    expect(await knows('plain')).toBe(false)
    const cookies = await browser.jar.getCookies(world.url)
    expect(cookies.filter(({ key }) => key.startsWith('x-ms-cpim-sso'))).toEqual([])
    await signIn('plain')
    const { page } = await world.begin(browser, {}, at('suppressed'))
    expect(page.html).toContain('id="password"')
    expect(await knows('plain')).toBe(true)
  })

  test('sessions of two applications are two people’s, if they like', async () => {
    await signIn('by_application')
    const { page } = await world.begin(browser, AS_OTHER, at('by_application'))
    await browser.submit(page, { email: 'bob@example.test', password })
    const silent = await world.begin(browser, { prompt: 'none' }, at('by_application'))
    expect((await silent.redeem(silent.page)).claims()?.emails).toEqual([ALICE])
  })
})
