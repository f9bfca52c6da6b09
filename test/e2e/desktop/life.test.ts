import { afterAll, beforeAll, expect, test } from 'vitest'
import type { View } from '../../../desktop/ipc/view.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'

let world: DesktopWorld
let desk: Desk

beforeAll(async () => {
  world = await DesktopWorld.start()
  desk = await world.desk()
})

afterAll(async () => {
  await desk?.end()
  await world?.stop()
})

const heading = async (name: string | RegExp) => {
  const window = await desk.window
  await window.getByRole('heading', { level: 1, name }).waitFor()
}

const press = async (name: string) =>
  (await desk.window).getByRole('button', { name, exact: true }).click()

const look = async (): Promise<View> => (await desk.window).evaluate(() => window.latchkey.look())

const session = async () => {
  const { person } = await look()
  if (!('me' in person) || !person.me) throw new Error(`Nobody is signed in: ${person.at}`)
  return person.me
}

const signIn = async () => {
  await press('Sign in')
  const browser = await desk.signInInBrowser('alice@example.test')
  await browser.getByText('You can close this window').waitFor()
  await heading('Signed in as Alice Adler')
}

/** As those who run the site do. */
const admin = async (path: string, body: object = {}) => {
  const { user } = await session()
  const answer = await fetch(`${world.world.addresses.site}/admin/users/${user.id}/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${world.world.adminKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBeLessThan(300)
  return user.id
}

const enable = async (user: string) => {
  const answer = await fetch(`${world.world.addresses.site}/admin/users/${user}/logins/enable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.world.adminKey}` },
  })
  expect(answer.status).toBeLessThan(300)
}

test('day 1: signed in by the system browser, and the purge is proven', async () => {
  await desk.open()
  await heading('Sign in to Latchkey')
  await signIn()
  await (await desk.window).getByText('Your provider will ask for the password again').waitFor()
  expect((await session()).session.purge).toMatchObject({ outcome: 'proven' })
})

test('+61 min: used, and renewed in silence; restarted in between', async () => {
  const before = await session()
  await world.advance('61min')
  await desk.use()
  await expect
    .poll(async () => (await session()).session.refreshed_at)
    .toBeGreaterThan(before.session.refreshed_at)
  expect((await session()).session.id).toBe(before.session.id)
  await desk.close()
  await desk.open()
  await heading('Signed in as Alice Adler')
  expect((await session()).session.id).toBe(before.session.id)
})

test('the site is away: offline, still signed in; back again by itself when asked', async () => {
  await world.advance('61min')
  await world.world.party('site').stop()
  await desk.use()
  await (await desk.window).getByText('You are still signed in').waitFor()
  await heading('Signed in as Alice Adler')
  await desk.close()
  await desk.open()
  await (await desk.window).getByText('You are still signed in').waitFor()
  await world.world.party('site').start()
  await press('Try again')
  await (await desk.window).getByText('You are still signed in').waitFor({ state: 'detached' })
  await heading('Signed in as Alice Adler')
})

test('14 d without use: signed out with its sentence, and one notice', async () => {
  await world.advance('14d 1s')
  await desk.use()
  await heading('It has been a while')
  await (await desk.window).getByText('for 14 days').waitFor()
  await desk.use()
  expect((await desk.app.notices()).map(({ title }) => title)).toEqual(['It has been a while'])
})

test('logins are switched off by an administrator: out at the next use, and why', async () => {
  await signIn()
  const user = await admin('logins/disable', { mode: 'now' })
  await desk.use()
  await heading('Signing in is switched off')
  await enable(user)
})

test('the password is reset: out everywhere', async () => {
  await signIn()
  await admin('password-reset')
  await desk.use()
  await heading('Your password was changed')
})

test('ended from another device, by its button', async () => {
  await signIn()
  const { session: here } = await session()
  const first = desk
  const second = await world.desk()
  desk = second
  try {
    await desk.open()
    await signIn()
    await expect.poll(async () => (await look()).devices?.map(({ id }) => id)).toContain(here.id)
    await press('Sign out all others')
    await (await desk.window).getByText('You are signed in on this device alone').waitFor()
  } finally {
    desk = first
    await second.end()
  }
  await desk.use()
  await heading('Signed out from another device')
})

test('signed out by the person: nothing is left, in the app or in the keychain', async () => {
  await signIn()
  await press('Sign out')
  await heading('Signed out')
  await desk.close()
  await desk.open()
  await heading('Signed out')
})
