import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { seriousFindings } from './chromium.ts'

/** Pictures of every screen, for people to look at. */
export const PICTURES = path.join('test-results', 'screens')

/** Looks at a screen: a picture in both colour schemes and two widths, and axe. */
export async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(page), `${name}, ${colorScheme}`).toEqual([])
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 720 })
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        `${name} fits ${width} px`,
      ).toBe(true)
      const picture = path.join(PICTURES, `${name}-${colorScheme}-${width}.png`)
      await page.screenshot({ path: picture, fullPage: true })
    }
  }
}
