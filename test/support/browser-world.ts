import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { PASSWORD } from '../../playground/people.ts'
import { launchChromium } from './chromium.ts'
import { type OpenWorld, openWorld } from './open-world.ts'
import { PICTURES } from './screens.ts'

/** The real parties, and a real browser that has not met them. */
export interface BrowserWorld extends OpenWorld {
  readonly browser: Browser
}

export async function openBrowserWorld(): Promise<BrowserWorld> {
  mkdirSync(PICTURES, { recursive: true })
  const world = await openWorld()
  const browser = await launchChromium()
  return {
    ...world,
    browser,
    close: async () => {
      await browser.close()
      await world.close()
    },
  }
}

/** Types like a person: into the fields that the labels name. */
export async function prove(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel(/e-?mail/i).fill(email)
  await page.getByLabel(/^password/i).fill(password)
  await page.keyboard.press('Enter')
}

/** By keyboard alone. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().focus()
  await page.keyboard.press('Enter')
}
