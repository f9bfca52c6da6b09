import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { PASSWORD } from '../../playground/people.ts'
import { World } from '../../playground/world.ts'
import { launchChromium } from './chromium.ts'
import { bundlePrograms } from './programs.ts'
import { PICTURES } from './screens.ts'

/** The real parties in a folder of their own, and a real browser that has not met them. */
export interface BrowserWorld {
  readonly world: World
  readonly browser: Browser
  /** Where the parties keep their data. */
  readonly folder: string
  /** Moves everyone's clock, e.g. by `14d`. */
  advance(by: string): Promise<Response>
  close(): Promise<void>
}

export async function openBrowserWorld(): Promise<BrowserWorld> {
  mkdirSync(PICTURES, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'))
  const programs = await bundlePrograms()
  const world = new World({
    ports: 'free',
    data: folder,
    programs: programs.folder,
    died: () => {},
  })
  await world.start()
  const browser = await launchChromium()
  return {
    world,
    browser,
    folder,
    advance: (by) =>
      fetch(`${world.addresses.console}/clock/advance`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ by }),
      }),
    close: async () => {
      await browser.close()
      await world.stop()
      programs.remove()
      rmSync(folder, { recursive: true, force: true })
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
