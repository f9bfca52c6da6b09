import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSWORD } from '../../playground/people.ts'
import { World } from '../../playground/world.ts'
import { launchChromium, openPage, seriousFindings } from '../support/chromium.ts'
import { bundlePrograms, type Programs } from '../support/programs.ts'

const PICTURES = path.join('test-results', 'screens')

const BOB = 'bob@example.test'
const NEW = 'Brand-new-1'

let programs: Programs
let world: World
let browser: Browser
const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-e2e-reset-'))

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  programs = await bundlePrograms()
  world = new World({ ports: 'free', data: folder, programs: programs.folder, died: () => {} })
  await world.start()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await world.stop()
  programs.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Looks at a screen: a picture in both colour schemes and two widths, and axe. */
async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(page), `${name}, ${colorScheme}`).toEqual([])
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 720 })
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        `${name} fits ${width} px`,
      ).toBe(true)
      await page.screenshot({ path: path.join(PICTURES, `${name}-${colorScheme}-${width}.png`) })
    }
  }
}

/** By keyboard alone. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).focus()
  await page.keyboard.press('Enter')
}

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
