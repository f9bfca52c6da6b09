import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { World } from '../../playground/world.ts'
import { type BrowserWorld, openBrowserWorld, press, prove } from '../support/browser-world.ts'
import { openPage } from '../support/chromium.ts'
import { look } from '../support/screens.ts'

let here: BrowserWorld
let world: World
let browser: Browser

beforeAll(async () => {
  here = await openBrowserWorld()
  world = here.world
  browser = here.browser
})

afterAll(() => here?.close())

const site = (to: string): string => world.addresses.site + to

/** Another browser, by its own jar, signed in on the site and on one of its pages. */
async function signIn(email: string, to: string) {
  const opened = await openPage(browser)
  await opened.page.goto(site(to))
  await prove(opened.page, email)
  await opened.page.waitForURL(site(to))
  return opened
}

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name, exact: true }).waitFor()

/** The link of the only invitation that was mailed to an address. */
function mailedLink(address: string): string {
  const outbox = path.join(here.folder, 'site', 'outbox')
  const mail = readdirSync(outbox)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(path.join(outbox, name), 'utf8'))
    .find((text) => text.includes(`To: <${address}>`))
  return /^(http\S+)\r$/m.exec(mail ?? '')?.[1] ?? ''
}

test('olivia invites alice, who accepts from another browser and goes on with Acme', async () => {
  const { page, errors } = await signIn('olivia@acme.example.test', '/account/members')
  await heading(page, 'Members of Acme')
  await page.getByLabel('Their e-mail address').fill('alice.private@example.test')
  await page.getByLabel('As').selectOption({ label: 'Administrator' })
  await press(page, 'Invite')
  await page.getByText('alice.private@example.test').first().waitFor()
  await look(page, 'members')

  const alice = await openPage(browser)
  await expect.poll(() => mailedLink('alice.private@example.test')).not.toBe('')
  await alice.page.goto(mailedLink('alice.private@example.test'))
  await heading(alice.page, 'You are invited to Acme')
  expect(alice.page.url()).toBe(site('/account/invitation'))
  await look(alice.page, 'invitation')
  await alice.page.getByRole('link', { name: 'Sign in to accept' }).click()
  await prove(alice.page, 'alice@example.test')
  await alice.page.getByRole('button', { name: 'Accept as Alice Adler' }).waitFor()
  await look(alice.page, 'invitation-signed-in')
  await press(alice.page, 'Accept as Alice Adler')
  await heading(alice.page, 'You belong to Acme')
  await look(alice.page, 'invitation-accepted')
  await press(alice.page, 'Go on with Acme')
  await alice.page.getByText('Acme (admin)').waitFor()
  await look(alice.page, 'account-two')

  // An administrator: may remove a member, and no owner.
  await alice.page.getByRole('link', { name: 'Members' }).click()
  await heading(alice.page, 'Members of Acme')
  await look(alice.page, 'members-as-admin')
  expect(await alice.page.getByRole('button', { name: /Remove Olivia/ }).count()).toBe(0)
  await press(alice.page, 'Remove Bob Brandt')
  await alice.page.getByRole('heading', { name: 'Bob Brandt' }).waitFor({ state: 'detached' })

  await page.goto(site('/account/activity?of=account'))
  await page.getByText('Alice Adler removed Bob Brandt from the account.').waitFor()
  await look(page, 'activity')
  expect([...errors, ...alice.errors]).toEqual([])
})

test('dave, whose only account is closed, is invited: he joins on his way in', async () => {
  const { page } = await signIn('olivia@acme.example.test', '/account/members')
  await page.getByLabel('Their e-mail address').fill('dave@example.test')
  await press(page, 'Invite')
  await page.getByText('dave@example.test').first().waitFor()
  const dave = await openPage(browser)
  await expect.poll(() => mailedLink('dave@example.test')).not.toBe('')
  await dave.page.goto(mailedLink('dave@example.test'))
  await dave.page.getByRole('link', { name: 'Sign in to accept' }).click()
  await prove(dave.page, 'dave@example.test')
  await heading(dave.page, 'Join Acme?')
  await look(dave.page, 'join')
  await press(dave.page, 'Join Acme')
  await heading(dave.page, 'You belong to Acme')
  await page.reload()
  await page.getByRole('heading', { name: 'Dave Dahl' }).waitFor()
  expect(dave.errors).toEqual([])
})

test('a link that was used, or is none of ours, says so calmly', async () => {
  const { page } = await openPage(browser)
  await page.goto(mailedLink('alice.private@example.test'))
  await page.getByText('each can be used once').waitFor()
  await look(page, 'invitation-used')
  await page.goto(site('/invitation/inv_none.1.x'))
  await page.getByText('This is no invitation of ours').waitFor()
})

test('alice deletes her user once her own account is all that goes with it', async () => {
  const { page, errors } = await openPage(browser)
  await page.goto(site('/account/delete'))
  await prove(page, 'alice@example.test')
  await heading(page, 'Choose an account')
  await press(page, 'Alice Adler')
  await heading(page, 'Delete your user')
  await look(page, 'delete')
  await page.getByLabel(/To be sure/).fill('alice@example.test')
  await press(page, 'Delete my user')
  await heading(page, 'This user no longer exists')
  await look(page, 'deleted')
  expect(errors).toEqual([])
})

test('olivia closes Acme with a reason, eleven minutes later only after a fresh sign-in', async () => {
  const { page, errors } = await signIn('olivia@acme.example.test', '/account')
  await fetch(`${world.addresses.console}/clock/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: '11min' }),
  })
  await page.getByRole('link', { name: 'Close Acme' }).click()
  await look(page, 'close-prove-first')
  await page.getByRole('link', { name: 'Sign in again' }).click()
  await prove(page, 'olivia@acme.example.test')
  await heading(page, 'Close Acme')
  await look(page, 'close')
  await page.getByLabel('We use something else now').focus()
  await page.keyboard.press('Space')
  await page.getByLabel(/What should we know/).fill('Paper is fine.')
  await press(page, 'Close Acme')
  await heading(page, 'This account is closed')
  await look(page, 'closed')
  const closings = await fetch(site('/admin/closings'), {
    headers: { authorization: `Bearer ${world.adminKey}` },
  })
  expect((await closings.json()).closings[0]).toMatchObject({
    account_id: 'acc_acme',
    actor: 'user',
    reason: 'switched',
    words: 'Paper is fine.',
  })
  expect(errors).toEqual([])
})

test('carol, whose logins are off, reads who can help; dave, all of whose accounts are closed, what he can do', async () => {
  for (const [email, title, picture] of [
    ['carol@example.test', 'Signing in is switched off', 'disabled'],
    ['dave@example.test', 'This account is closed', 'turned-away-closed'],
  ] as const) {
    const { page } = await openPage(browser)
    await page.goto(site('/account'))
    await prove(page, email)
    await heading(page, title)
    await look(page, picture)
  }
})
