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

const advance = (by: string) => here.advance(by)

/** Bob, in a browser of his own, on the plan of one of his accounts. */
async function bobOn(account: string) {
  const opened = await openPage(browser)
  const { page } = opened
  await page.goto(`${world.addresses.site}/account/plan`)
  await prove(page, 'bob@example.test')
  await press(page, account)
  await page.waitForURL(`${world.addresses.site}/account/plan`)
  return opened
}

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { name, exact: true }).waitFor()

const says = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor()

/** The links of one kind that were mailed to Bob. */
const linksTo = (plan: string): readonly string[] => {
  const outbox = path.join(here.folder, 'site', 'outbox')
  return readdirSync(outbox)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(path.join(outbox, name), 'utf8'))
    .filter((text) => text.includes('To: <bob@example.test>'))
    .flatMap((text) => text.match(new RegExp(`http\\S+/plan/${plan}-\\S+`, 'g')) ?? [])
}

test('bob, on trial, chooses, cancels and keeps it; as a member of Acme he only sees', async () => {
  const { page, errors } = await bobOn('Bob Brandt')
  await heading(page, 'Bob Brandt: Trial')
  await look(page, 'plan-trial')
  await press(page, 'Choose Pro')
  await heading(page, 'Bob Brandt: Pro')
  await press(page, 'Cancel at the end of the trial')
  await says(page, /It is canceled then, and nothing is to be paid/)
  await look(page, 'plan-to-be-canceled')
  await press(page, 'Keep the plan after all')
  await says(page, /From then on Pro is to be paid/)

  const acme = await bobOn('Acme')
  await heading(acme.page, 'Acme: Team')
  expect(await acme.page.getByRole('button').count()).toBe(0)
  await look(acme.page, 'plan-as-member')
  expect([...errors, ...acme.errors]).toEqual([])
})

test('day 17: a mail reminds him; its link chooses another plan without a sign-in, once', async () => {
  await advance('17d')
  const [link = ''] = linksTo('team')
  const { page, errors } = await openPage(browser)
  await page.goto(link)
  await heading(page, 'Team for Bob Brandt?')
  await look(page, 'plan-link')
  await press(page, 'Choose Team')
  await heading(page, 'Team is chosen for Bob Brandt')
  await look(page, 'plan-link-taken')
  await page.goto(linksTo('pro')[0] ?? '')
  await heading(page, 'Something was chosen since this link was mailed')
  await look(page, 'plan-link-overtaken')
  expect(errors).toEqual([])
})

test('day 20: the trial is over, a payment is due; day 27: canceled; chosen again, it waits for the payment', async () => {
  await advance('3d')
  const { page, errors } = await bobOn('Bob Brandt')
  await says(page, 'A payment is due')
  await look(page, 'plan-past-due')
  await page.getByRole('link', { name: 'Account', exact: true }).click()
  await says(page, /Team, a payment is due, canceled/)
  await look(page, 'account-past-due')

  await advance('7d')
  await page.goto(`${world.addresses.site}/account/plan`)
  await says(page, /The plan has ended/)
  await look(page, 'plan-canceled')
  await press(page, 'Choose Pro')
  await says(page, 'Waiting for the payment')
  await look(page, 'plan-awaits-payment')

  const paid = await fetch(`${world.addresses.site}/admin/accounts/acc_bob/subscription/paid`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminKey}`, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(paid.status).toBe(200)
  await page.reload()
  await says(page, /The next payment is due then/)
  await look(page, 'plan-paid')
  expect(errors).toEqual([])
})
