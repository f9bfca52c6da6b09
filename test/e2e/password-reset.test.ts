import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSWORD } from '../../playground/people.ts'
import type { World } from '../../playground/world.ts'
import { type BrowserWorld, openBrowserWorld, press } from '../support/browser-world.ts'
import { openPage } from '../support/chromium.ts'
import { look } from '../support/screens.ts'

const BOB = 'bob@example.test'
const NEW = 'Brand-new-1'

let here: BrowserWorld
let world: World
let browser: Browser

beforeAll(async () => {
  here = await openBrowserWorld()
  world = here.world
  browser = here.browser
})

afterAll(() => here?.close())

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Email address').fill(BOB)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

async function chooseAcme(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Acme' }).click()
  await page.getByRole('heading', { name: 'Signed in as Bob Brandt' }).waitFor()
}

async function mailedCode(): Promise<string> {
  const mails = await fetch(`${world.addresses.provider}/control/mails`)
  const all = (await mails.json()) as { to: string; code: string }[]
  return all.find(({ to }) => to === BOB)?.code ?? 'no mail'
}

test('bob forgets his password and resets it: every device is signed out and says why, and he is signed in by the new one', async () => {
  const elsewhere = (await openPage(browser)).page
  await elsewhere.goto(`${world.addresses.site}/signin`)
  await signIn(elsewhere, PASSWORD)
  await chooseAcme(elsewhere)

  const { page } = await openPage(browser)
  await page.goto(`${world.addresses.site}/signin`)
  await press(page, 'Forgot your password?')
  await page.getByRole('heading', { name: 'Reset your password' }).waitFor()
  await look(page, 'provider-reset-email')
  await page.getByLabel('Email address').fill(BOB)
  await page.keyboard.press('Enter')
  await page.getByRole('status').waitFor()
  await look(page, 'provider-reset-code')

  await page.getByLabel('Verification code').fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await look(page, 'provider-reset-wrong-code')
  await page.getByLabel('Verification code').fill(await mailedCode())
  await page.keyboard.press('Enter')
  await page.getByText('E-mail address verified').waitFor()
  await look(page, 'provider-reset-verified')
  await press(page, 'Continue')
  await page.getByLabel('New password', { exact: true }).waitFor()
  await look(page, 'provider-reset-password')
  await page.getByLabel('New password', { exact: true }).fill('short')
  await page.getByLabel('Confirm new password').fill('short')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await look(page, 'provider-reset-short-password')

  // Until the end of it, nothing has happened to anybody.
  await elsewhere.goto(world.addresses.site)
  await elsewhere.getByRole('heading', { name: 'Signed in as Bob Brandt' }).waitFor()

  await page.getByLabel('New password', { exact: true }).fill(NEW)
  await page.getByLabel('Confirm new password').fill(NEW)
  await page.keyboard.press('Enter')

  // Asked once more, with the name filled in; by then the other device is out.
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  expect(await page.getByLabel('Email address').inputValue()).toBe(BOB)
  await elsewhere.goto(world.addresses.site)
  await elsewhere.getByRole('heading', { name: 'Your password was changed' }).waitFor()
  await look(elsewhere, 'home-password-reset')

  await signIn(page, PASSWORD)
  await page.getByText('Your password is incorrect').waitFor()
  await signIn(page, NEW)
  await chooseAcme(page)
  await page.getByText('Your provider will ask for the password again').waitFor()
  expect((await page.context().cookies()).filter(({ name }) => name.includes('sso'))).toEqual([])
})

test('the stand-in says where its mails are read', async () => {
  const { page } = await openPage(browser)
  await page.goto(`${world.addresses.site}/signin`)
  await press(page, 'Forgot your password?')
  await page.getByLabel('Email address').fill(BOB)
  await press(page, 'Send verification code')
  const link = page.getByRole('link', { name: 'Read the mails here' })
  const opened = page.context().waitForEvent('page')
  await link.click()
  expect(await (await opened).content()).toContain(await mailedCode())
})

test('cancelled in the middle: nobody is signed out, and the person reads so', async () => {
  const { page } = await openPage(browser)
  await page.goto(`${world.addresses.site}/signin`)
  await press(page, 'Forgot your password?')
  await press(page, 'Cancel')
  await page.getByText('The password reset was cancelled').waitFor()
  await look(page, 'reset-cancelled')
})
