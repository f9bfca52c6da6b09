import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, test as base, beforeAll, expect } from 'vitest'
import { type Playground, playgroundFixture } from '../../playground/fixture.ts'
import { launchChromium, openPage } from '../support/chromium.ts'
import { type EngineDevice, engineDevice } from '../support/engine-device.ts'
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
  await look(one.page, 'console-ended')
  await other.page.getByText('The timeline as a table').click()
  await other.page.getByRole('cell', { name: /Ended: idle_expired/ }).waitFor()
  await other.page
    .getByRole('status')
    .getByText(/session .* ended: idle_expired/)
    .waitFor()
  expect([...one.errors, ...other.errors]).toEqual([])
})
