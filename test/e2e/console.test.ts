import { mkdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import type { Browser, Page } from 'playwright-core'
import { afterAll, test as base, beforeAll, expect } from 'vitest'
import { type Playground, playgroundFixture } from '../../playground/fixture.ts'
import { type EngineDevice, engineDevice } from '../../playground/stories/named/device.ts'
import { launchChromium, openPage } from '../support/chromium.ts'
import { runRecorded } from '../support/recorded-test.ts'
import { look, PICTURES } from '../support/screens.ts'

const test = base.extend<{ playground: Playground }>({
  playground: [playgroundFixture, { scope: 'file' }],
})

let browser: Browser
const devices: EngineDevice[] = []

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  browser = await launchChromium()
})

afterAll(async () => {
  for (const device of devices) device.end()
  await browser?.close()
})

async function signedIn(playground: Playground, name: string) {
  const device = await engineDevice(playground, name, 'alice@example.test')
  devices.push(device)
  expect((await device.engine.signIn()).kind).toBe('ok')
  return device
}

async function consoleOf(playground: Playground) {
  const opened = await openPage(browser)
  await opened.page.goto(playground.console)
  await opened.page.getByRole('heading', { name: 'The timeline' }).waitFor()
  return opened
}

/** By keyboard alone. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  // While one thing is done, nothing else is.
  await page.locator('main[aria-busy=false]').waitFor()
  await page.getByRole('button', { name }).first().focus()
  await page.keyboard.press('Enter')
}

test('+14 d is pressed: the device is signed out, both consoles say why, and agree', async ({
  playground,
}) => {
  const laptop = await signedIn(playground, 'Laptop')
  const [one, other] = [await consoleOf(playground), await consoleOf(playground)]
  await look(one.page, 'console-signed-in')
  await press(one.page, '+14 d')
  const timeline = one.page.getByRole('application', { name: /Laptop, ended: idle_expired/ })
  await timeline.waitFor()
  await other.page.getByRole('application', { name: /Laptop, ended: idle_expired/ }).waitFor()
  expect(await laptop.hello()).toMatchObject({ kind: 'ended', ended: { reason: 'idle_expired' } })

  await timeline.focus()
  await one.page.keyboard.press('ArrowLeft')
  await one.page
    .getByText(/Ended: idle_expired/)
    .first()
    .waitFor()
  await one.page
    .getByText(/redeems its code, with the verifier.*key \(RFC/)
    .first()
    .click()
  await look(one.page, 'console-ended')
  await other.page.getByText('The timeline as a table').click()
  await other.page.getByRole('cell', { name: /Ended: idle_expired/ }).waitFor()
  await other.page
    .getByRole('status')
    .getByText(/session .* ended: idle_expired/)
    .waitFor()
  expect([...one.errors, ...other.errors]).toEqual([])
})

test('the picture of the README: used, fourteen quiet days, forced to sign in again', async ({
  playground,
}) => {
  const { client } = playground
  await client.clock.reset()
  const laptop = await signedIn(playground, 'Laptop')
  for (const days of ['1d', '2d', '1d', '3d']) {
    await client.clock.advance(days)
    expect((await laptop.hello()).kind).toBe('ok')
  }
  await client.clock.advance('14d')
  expect((await laptop.hello()).kind).toBe('ended')
  await client.clock.advance('2d')
  expect((await laptop.engine.signIn()).kind).toBe('ok')
  const { page, errors } = await consoleOf(playground)
  await page.setViewportSize({ width: 840, height: 900 })
  await page.getByRole('application', { name: /Laptop, signed in/ }).waitFor()
  const timeline = page.locator('.timeline')
  const folder = process.env.LATCHKEY_PICTURES ?? PICTURES
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // Two frames: the one under way may have been begun in the other colours.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    )
    await timeline.screenshot({ path: path.join(folder, `timeline-${colorScheme}.png`) })
  }
  expect(errors).toEqual([])
})

test('a party is down: every console says which; it is up again, and they recover by themselves', async ({
  playground,
}) => {
  const [one, other] = [await consoleOf(playground), await consoleOf(playground)]
  await press(one.page, 'Take down (service)')
  const alert = (page: Page) => page.getByRole('alert').getByText('The service is down.')
  await alert(one.page).waitFor()
  await alert(other.page).waitFor()
  await one.page.getByText('What can be done to Alice Adler').click()
  await press(one.page, 'Reset password (Alice Adler)')
  await other.page
    .getByText(/waiting/)
    .first()
    .waitFor()
  await look(other.page, 'console-service-down')
  await press(other.page, 'Bring up (service)')
  await alert(one.page).waitFor({ state: 'detached' })
  await press(one.page, '+1 h')
  await one.page
    .getByText(/delivered/)
    .first()
    .waitFor()
  const told = one.page
    .getByRole('listitem')
    .filter({ hasText: /^session\.ended ✓ delivered/ })
    .first()
  await told.getByText('Attempts and what is told').click()
  await told.getByText('Signature ✓ valid: HMAC-SHA256').waitFor()
  expect([...one.errors, ...other.errors]).toEqual([])
})

test('a story is played from the page, and its end stands on the timeline', async ({
  playground,
}) => {
  const { page, errors } = await consoleOf(playground)
  await press(page, 'Play (theft)')
  await page.getByRole('application', { name: /Story theft, ended: device_mismatch/ }).waitFor()
  await page
    .getByLabel('Flow', { exact: true })
    .selectOption({ label: await newest(page, 'Sign-in') })
  const diagram = page.getByRole('figure', { name: /^Sign-in, / })
  for (const message of [
    /^client to site:POST \/devices An installation registers/,
    /^browser to site:GET \/signin .*RFC 7636 §4.3/,
    /^browser to provider:GET …\/oauth2\/v2.0\/logout The purge.*OIDC RP-Initiated Logout §2/,
    /^site to provider:POST …\/oauth2\/v2.0\/token .*OIDC Core §3.1.3.1/,
    /^client to site:POST \/token .*RFC 7636 §4.5/,
  ]) {
    await expect
      .poll(() => diagram.getByRole('listitem').filter({ hasText: message }).count())
      .toBeGreaterThan(0)
  }
  expect(errors).toEqual([])
})

/** What the newest flow of a kind is called. */
async function newest(page: Page, kind: string): Promise<string> {
  const option = page.getByRole('option', { name: new RegExp(`^${kind}, `) }).first()
  await option.waitFor({ state: 'attached' })
  return (await option.textContent()) ?? ''
}

test('what one does by hand is recorded, and the test that comes of it holds by itself, in both runners', async ({
  playground,
}) => {
  const { page, errors } = await consoleOf(playground)
  await press(page, 'Record')
  await page.getByText('What can be done to Carol Castro').click()
  await press(page, 'Logins on (Carol Castro)')
  await press(page, '+1 d')
  await press(page, 'Play (disable)')
  await page.getByRole('application', { name: /Story disable, ended: logins_disabled/ }).waitFor()
  await press(page, 'Take down (service)')
  await press(page, 'Bring up (service)')
  await page.getByText("await parties.up('service')").waitFor()
  await press(page, 'Stop recording')
  const written = page.getByRole('region', { name: 'The recorded test' })
  const vitest = (await written.textContent()) ?? ''
  for (const line of [
    "await people.enable((await people.named('carol@example.test')).id)",
    "expect((await people.named('carol@example.test')).state).toBe('active')",
    "{ device: 'Story disable', reason: 'logins_disabled' },",
  ]) {
    expect(vitest).toContain(line)
  }
  const signIn = { label: await newest(page, 'Sign-in') }
  await page.getByLabel('Flow', { exact: true }).selectOption(signIn)
  await look(page, 'console-recorded')
  await page.getByLabel('Run by').selectOption('Playwright Test')
  const playwright = (await written.textContent()) ?? ''
  const said = await Promise.all([
    runRecorded(vitest, 'vitest'),
    runRecorded(playwright, 'playwright'),
  ])
  expect(said).toEqual([expect.stringMatching(/1 passed/), expect.stringMatching(/1 passed/)])
  expect(errors).toEqual([])
})

test('what can’t be undone is asked about; faults are switched by keyboard; a reset forgets all', async ({
  playground,
}) => {
  const { page, errors } = await consoleOf(playground)
  await page.getByRole('group', { name: 'Drop' }).getByLabel('Next request').focus()
  await page.keyboard.press('Space')
  await expect
    .poll(async () =>
      (await playground.client.scene()).faults.find(({ fault }) => fault === 'drop'),
    )
    .toMatchObject({ mode: 'next' })
  await press(page, 'Reset…')
  await page.getByRole('dialog').getByText('Wipe everything').waitFor()
  await look(page, 'console-asks-first')
  await page.getByRole('button', { name: 'Leave it' }).press('Enter')
  await page.getByRole('application', { name: /Laptop/ }).waitFor()
  await press(page, 'Reset…')
  await page.getByRole('button', { name: 'Yes, do it' }).press('Enter')
  await page.getByRole('application', { name: /nobody has signed in/ }).waitFor()
  await look(page, 'console-empty')
  expect(errors).toEqual([])
})
