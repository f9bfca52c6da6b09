import type { Configuration } from 'openid-client'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MINUTE } from '../../clock/moment.ts'
import { alertOf, type Browser } from './browser.ts'
import { later, openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let profile: Configuration
let browser: Browser

const BOB = 'bob@example.test'

beforeAll(async () => {
  world = await openWorld()
  profile = await world.rpOf('B2C_1_profileedit')
})
beforeEach(() => {
  browser = world.browser()
})
afterAll(() => world.close())

const edit = (more: Record<string, string> = {}) => world.begin(browser, more, profile)

test('somebody who is signed in changes their name: the next tokens say it, and auth_time stays', async () => {
  const first = await world.signIn(browser, BOB)
  later(5 * MINUTE)
  const { page, redeem } = await edit()
  expect(page.html).toMatch(/id="displayName"[^>]*value="Bob Brook"/)
  const changed = await browser.submit(page, {
    action: 'continue',
    displayName: 'Robert Brook',
    givenName: 'Robert',
    surname: '',
  })
  const claims = (await redeem(changed)).claims()
  expect(claims).toMatchObject({
    tfp: 'B2C_1_profileedit',
    name: 'Robert Brook',
    given_name: 'Robert',
    emails: [BOB],
    sub: first.claims.sub,
    auth_time: first.claims.auth_time,
  })
  expect(claims).not.toHaveProperty('family_name')
  const again = await world.begin(browser)
  expect((await again.redeem(again.page)).claims()?.name).toBe('Robert Brook')
})

test('nobody is signed in: first the password, then the profile', async () => {
  const { page, redeem } = await edit()
  expect(page.html).toContain('id="password"')
  const asked = await browser.submit(page, { email: 'carol@example.test', password })
  const changed = await browser.submit(asked, { action: 'continue', displayName: 'Carol C' })
  expect((await redeem(changed)).claims()?.name).toBe('Carol C')
  expect(await world.probe(browser)).toBe('code')
})

test('prompt=login asks for the password even so, and never shows the profile before it', async () => {
  await world.signIn(browser, BOB)
  const { page } = await edit({ prompt: 'login' })
  expect(page.html).toContain('id="password"')
  const profilePage = page.url.href.replace(
    '/api/combinedsigninandsignup/unified',
    '/api/selfasserted/profileedit',
  )
  const shown = await browser.get(profilePage)
  expect(shown.html).toContain('id="password"')
  const posted = await browser.submit(
    { ...shown, url: new URL(profilePage) },
    {
      action: 'continue',
      displayName: 'Nobody',
    },
  )
  expect(posted.html).toContain('AADB2C90046')
})

test('prompt=none: AADB2C90077, for the journey is the point of it', async () => {
  await world.signIn(browser, BOB)
  const { page } = await edit({ prompt: 'none' })
  expect(page.url.searchParams.get('error_description')).toMatch(/^AADB2C90077: /)
})

test('cancel: AADB2C90091, and the name stays', async () => {
  await world.signIn(browser, 'dave@example.test')
  const { page } = await edit()
  const { searchParams } = (await browser.submit(page, { action: 'cancel' })).url
  expect(searchParams.get('error_description')).toMatch(/^AADB2C90091: /)
  const again = await world.begin(browser)
  expect((await again.redeem(again.page)).claims()?.name).toBe('Dave Dale')
})

test('an empty name is refused in words', async () => {
  await world.signIn(browser, BOB)
  const { page } = await edit()
  const refused = await browser.submit(page, { action: 'continue', displayName: '' })
  expect(alertOf(refused)).toMatch(/^A required field is missing/)
})
