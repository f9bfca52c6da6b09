import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Browser, Page } from 'playwright-core'
import { SystemClock } from '../clock/clock.ts'
import { ClockHub } from '../clock/hub.ts'
import { DAY, HOUR, type Moment } from '../clock/moment.ts'
import { consoleApp } from '../playground/console/console.tsx'
import type { Unnumbered } from '../playground/history/happening.ts'
import { takePortBlock } from '../playground/ports.ts'
import { launchChromium } from '../test/support/chromium.ts'
import { houseOf } from '../test/support/house.ts'

/**
 * `npm run bench:console`: the console with ten thousand things that happened, in real Chromium: how long
 * until the timeline stands there with all of them, and how many frames a second while it is panned.
 */
const ROUNDS = 5
const DEVICES = 50
const REFRESHES = 198
/** Of panning, in milliseconds. */
const PANNING = 3_000

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const server = createServer()
  const browser = await launchChromium()
  try {
    const { console: port } = await takePortBlock(server)
    const url = `http://127.0.0.1:${port}`
    const hub = new ClockHub({ base: new SystemClock() })
    const house = houseOf(hub, folder, async () => {})
    for (let device = 0; device < DEVICES; device++) house.history.add(lifeOf(device, hub.now()))
    // The page's bundle lies beside this program's own (run.mjs).
    const script = new URL('console-page.js', import.meta.url)
    const report = (error: unknown) => process.stderr.write(`${String(error)}\n`)
    server.on('request', consoleApp({ house, script, report }).callback())

    const events = house.history.after(0).length
    const painted: number[] = []
    const frames: number[] = []
    const slow: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const page = await open(browser, url)
      painted.push(await firstPaint(page))
      const panned = await panning(page)
      frames.push(panned.perSecond)
      slow.push(panned.p99)
      await page.context().close()
    }
    process.stdout.write(
      `${events} events on ${DEVICES} devices (median of ${ROUNDS}): painted after ${Math.round(median(painted))} ms, ${median(frames).toFixed(1)} frames a second while panning, 99 of 100 within ${median(slow).toFixed(1)} ms\n`,
    )
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A device that is used about daily for half a year, and then no more. */
function lifeOf(device: number, now: Moment): readonly Unnumbered[] {
  const session_id = `ses_${device}`
  const began = now - 170 * DAY + device * HOUR
  const step = (150 * DAY) / REFRESHES
  const beginning = {
    kind: 'signed_in',
    at: began,
    session_id,
    user_id: `usr_${device}`,
    person: `Person ${device}`,
    account_id: `acc_${device}`,
    device_id: `dev_${device}`,
    device: `Laptop ${device}`,
    platform: 'linux',
    client_id: 'latchkey-desktop',
    idle: 14 * DAY,
    absolute: 180 * DAY,
    access_ends_at: began + HOUR,
  } as const
  const refreshes = Array.from({ length: REFRESHES }, (_, index) => {
    const at = Math.round(began + (index + 1) * step)
    return {
      kind: 'refreshed',
      at,
      session_id,
      access_ends_at: at + HOUR,
      displaces: false,
    } as const
  })
  const at = began + 164 * DAY
  const ending = { kind: 'ended', at, session_id, reason: 'idle_expired', actor: 'system' } as const
  return [beginning, ...refreshes, ending]
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript((devices: number) => {
    const painted = new Promise<number>((resolve) => {
      const look = () => {
        const label = document.querySelector('[role=application]')?.getAttribute('aria-label')
        // The frame after the one that draws it: it is on the screen.
        if (label?.includes(`${devices} devices`)) {
          requestAnimationFrame(() => resolve(performance.now()))
        } else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    Object.assign(globalThis, { painted })
  }, DEVICES)
  await page.goto(url)
  return page
}

/** Milliseconds from the navigation's beginning until all of it is painted. */
const firstPaint = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { painted: Promise<number> }).painted)

async function panning(page: Page): Promise<{ perSecond: number; p99: number }> {
  await page.getByRole('button', { name: 'Half a year' }).click()
  const timeline = page.locator('.timeline')
  await timeline.scrollIntoViewIfNeeded()
  const box = await timeline.boundingBox()
  if (!box) throw new Error('The timeline is not there.')
  const measured = page.evaluate(
    (duration) =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = []
        let last = performance.now()
        const until = last + duration
        const frame = (now: number) => {
          gaps.push(now - last)
          last = now
          if (now < until) requestAnimationFrame(frame)
          else resolve(gaps.slice(1))
        }
        requestAnimationFrame(frame)
      }),
    PANNING,
  )
  let done = false
  void measured.then(() => {
    done = true
  })
  const middle = box.y + box.height / 2
  await page.mouse.move(box.x + box.width / 2, middle)
  await page.mouse.down()
  for (let step = 0; !done; step++) {
    await page.mouse.move(box.x + box.width / 2 + 300 * Math.sin(step / 20), middle)
  }
  await page.mouse.up()
  const gaps = (await measured).toSorted((a, b) => a - b)
  const whole = gaps.reduce((sum, gap) => sum + gap, 0)
  return {
    perSecond: (gaps.length / whole) * 1_000,
    p99: gaps[Math.floor(gaps.length * 0.99)] ?? 0,
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

await main()
