import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildExtension } from '../../extension/build.mjs'
import type { PurgeReport, View } from '../../extension/view.ts'
import { ProviderClient } from '../../mock-provider/client.ts'
import { PASSWORD } from '../../playground/people.ts'
import type { World } from '../../playground/world.ts'
import type { AuditPage } from '../../protocol/audit.ts'
import { BROWSERS, type BrowserName, ExtensionBrowser } from '../extension/browsers.ts'
import { freePort } from '../support/free-port.ts'
import { type Held, HoldingProxy } from '../support/holding-proxy.ts'
import { type OpenWorld, openWorld } from '../support/open-world.ts'

const extension = mkdtempSync(path.join(os.tmpdir(), 'latchkey-extension-'))
let parties: OpenWorld
let world: World
let proxy: HoldingProxy

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  await buildExtension(extension)
  const sitePort = await freePort()
  proxy = new HoldingProxy(sitePort)
  // The site is reached through the proxy, and knows only the address that everybody sees.
  parties = await openWorld({ LOG_LEVEL: 'debug', PORT: String(sitePort) })
  world = parties.world
  await proxy.listen(Number(new URL(world.addresses.site).port))
})

afterAll(async () => {
  await proxy.close()
  await parties.close()
  rmSync(extension, { recursive: true, force: true })
})

/** Where screenshots go, to be looked at. */
const PICTURES = path.join('test-results', 'e2e')

/** Runs axe in the page, under the extension's own policy: as source, not as a script element. */
const AXE = `(async () => {
  const module = { exports: {} }
  ;((module, exports) => { ${readFileSync('node_modules/axe-core/axe.min.js', 'utf8')} })(module, module.exports)
  const axe = module.exports.run ? module.exports : window.axe
  const { violations } = await axe.run(document)
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)
})()`

/** What a page of the extension can look at. */
interface Toolbar {
  readonly notifications: { getAll(): Promise<object> }
  readonly action: { getBadgeText(of: object): Promise<string> }
  readonly storage: { readonly local: { get(key: string): Promise<{ told?: string }> } }
}

const post = async (url: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  })
  expect(answer.ok, `${url}: ${answer.status}`).toBe(true)
}

const advance = async (by: string) => expect((await parties.advance(by)).ok).toBe(true)
const asAdmin = (to: string, body?: unknown) =>
  post(world.addresses.site + to, body, { authorization: `Bearer ${world.adminKey}` })

/** How often the site refreshed since somebody looked last: what its own log says. */
const refreshes = async () => {
  const log = await readFile(path.join(parties.folder, 'logs', 'site.log'), 'utf8')
  return log.split('\n').filter((line) => /"route":"\/refresh","status":200/.test(line)).length
}

/** The popup draws who was signed in before the refresh that it began is answered, and the log comes later still. */
const refreshed = (times: number) => expect.poll(refreshes, { timeout: 20_000 }).toBe(times)

const opened: ExtensionBrowser[] = []

async function openExtension(name: BrowserName): Promise<ExtensionBrowser> {
  const browser = await ExtensionBrowser.open(name, extension)
  opened.push(browser)
  const { site, service } = world.addresses
  await browser.ask('configure', { site, services: [service], providerHosts: ['localhost'] })
  await browser.goTo(browser.popup, 'popup.html')
  return browser
}

/** Ends the background when a request stands where it was stopped, or so many milliseconds after. */
async function killAt(browser: ExtensionBrowser, held: Held, later = 0): Promise<void> {
  await held.reached
  if (later > 0) {
    held.release()
    await new Promise((resolve) => setTimeout(resolve, later))
  }
  await browser.killBackground()
  held.release()
}

/** What the person does in the sign-in window. */
async function signIn(browser: ExtensionBrowser, email: string, account?: string): Promise<void> {
  const window = await browser.window('localhost')
  await window.waitForSelector('input[type=password]')
  await window.locator('input[type=email]').fill(email)
  await window.locator('input[type=password]').fill(PASSWORD)
  await window.locator('button[type=submit]').click()
  if (account === undefined) return
  const chooser = await browser.window('/signin/choose')
  await chooser.locator(`button[value=${account}]`).click()
}

const sessionOf = async (browser: ExtensionBrowser) => {
  const { state } = await browser.view()
  return 'me' in state ? state.me?.session.id : undefined
}

const devicesOf = async (browser: ExtensionBrowser) =>
  (await browser.view()).devices?.map(({ id }) => id)

const signedIn = async (
  browser: ExtensionBrowser,
  email = 'alice@example.test',
  account?: string,
) => {
  await browser.press('Sign in')
  await signIn(browser, email, account)
  await browser.waitForText('Sign out')
  await browser.waitForText('cookies? of it')
}

describe.each(BROWSERS)('%s', (name) => {
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((browser) => browser.close()))
  })

  test('the whole life: signed in with a choice; +61 min one refresh on use; restarted; two weeks later asked again, and told why; another account', async () => {
    const browser = await openExtension(name)
    await browser.waitForText('Sign in to Latchkey')
    await signedIn(browser, 'bob@example.test', 'acc_acme')
    await browser.waitForText('Bob Brandt')
    expect(await browser.text()).toContain('Your provider will ask for the password again')

    await browser.press('Call the service')
    await browser.waitForText('Hello from Acme')
    const before = await refreshes()
    await advance('59min')
    await browser.press('Call the service')
    await browser.waitForText('Hello from Acme')
    expect(await refreshes()).toBe(before)
    await advance('2min')
    await browser.press('Call the service')
    await browser.waitForText('Hello from Acme')
    await refreshed(before + 1)

    await browser.restart()
    await browser.waitForText('Bob Brandt')
    // A browser that starts is one that is used.
    await refreshed(before + 2)
    // All has been asked for: whatever is asked later, once the clock has moved, is use as well.
    await browser.waitForText('Switch signing in off')

    await advance('14d')
    await browser.goTo(browser.popup, 'popup.html')
    await browser.waitForText('It has been a while')
    expect(await browser.text()).toContain('on this device for 14 days, so we signed you out')
    // Deadlines are the site's, and measured by its clock.
    expect(await browser.text()).toMatch(/clock \+\d+ days/)
    await signedIn(browser, 'bob@example.test', 'acc_acme')
    await browser.press('Use Bob Brandt')
    await browser.waitForText('Bob Brandt \\(owner\\)')
    await browser.press('Call the service')
    await browser.waitForText('Hello from Bob Brandt')
    await browser.press('Sign out')
    await browser.waitForText('This device no longer holds anything of your account')
  })

  test('the background is killed at any moment: the next event goes on, with one refresh at the most', async () => {
    const browser = await openExtension(name)
    await signedIn(browser)
    const before = await refreshes()
    for (let kill = 0; kill < 3; kill++) {
      await browser.killBackground()
      await browser.press('Call the service')
      await browser.waitForText('Hello from Alice')
    }
    expect(await refreshes()).toBe(before)
    await advance('61min')
    await browser.killBackground()
    const windows = await Promise.all([browser.page('popup.html'), browser.page('popup.html')])
    await Promise.all(
      [browser.popup, ...windows].map((page) =>
        browser.ask('call_service', { path: '/hello' }, page),
      ),
    )
    await refreshed(before + 1)
    // Killed while a refresh is under way: the same attempt is made again.
    await advance('61min')
    const asked = browser.ask('call_service', { path: '/hello' }).catch(() => undefined)
    await browser.killBackground()
    await asked
    const { state } = (await browser.view()) as View
    expect(state.at).toBe('signed_in')
  })

  test.each([
    ['/devices', 'request'],
    ['/devices', 'answer'],
    ['/token', 'request'],
    ['/token', 'answer'],
    ['/signin?', 'request'],
    ['/signin?', 'answer'],
  ] as const)('killed in the sign-in, at the %s %s: the next event recovers', async (at, where) => {
    const browser = await openExtension(name)
    if (at === '/devices') {
      const held = proxy.hold(at, where)
      await browser.press('Sign in')
      await killAt(browser, held)
      await browser.goTo(browser.popup, 'popup.html')
      await browser.waitForText('Sign in to Latchkey')
      await signedIn(browser)
      return
    }
    await browser.press('Sign in')
    const window = await browser.window('localhost')
    await window.waitForSelector('input[type=password]')
    // Only now: the probe of the purge begins like the sign-in itself.
    const held = proxy.hold(at, where)
    await signIn(browser, 'alice@example.test')
    await killAt(browser, held)
    await browser.goTo(browser.popup, 'popup.html')
    // The code was held before it was redeemed: the same attempt is made again.
    await browser.waitForText('Alice Adler')
    await browser.waitForText('cookies? of it')
    expect(await browser.text()).toContain('Your provider will ask for the password again')
    await browser.press('Call the service')
    await browser.waitForText('Hello from Alice')
  })

  test.each([
    ['request', 0],
    ['answer', 0],
    // What comes after the answer is storing: a little later each time.
    ['answer', 2],
    ['answer', 10],
  ] as const)(
    'killed in a refresh, at the %s and %i ms: one rotation, nobody is signed out',
    async (where, later) => {
      const browser = await openExtension(name)
      await signedIn(browser)
      await advance('61min')
      const before = await refreshes()
      const held = proxy.hold('/refresh', where)
      const asked = browser.ask('call_service', { path: '/hello' }).catch(() => undefined)
      await killAt(browser, held, later)
      await asked
      await browser.goTo(browser.popup, 'popup.html')
      await browser.press('Call the service')
      await browser.waitForText('Hello from Alice')
      // The site answered once or twice; the second time, with the first answer again.
      expect((await refreshes()) - before).toBeLessThanOrEqual(2)
      expect((await browser.view()).state.at).toBe('signed_in')
    },
  )

  test('killed while the sign-in window is open: nothing is left at the provider, and the next sign-in works', async () => {
    const browser = await openExtension(name)
    await browser.press('Sign in')
    const window = await browser.window('localhost')
    await window.waitForSelector('input[type=password]')
    await browser.killBackground()
    await window.close().catch(() => {})
    await browser.goTo(browser.popup, 'popup.html')
    await browser.waitForText('Sign in to Latchkey')
    await signedIn(browser)
  })

  test('the person closes the window: said in words, and nothing has changed', async () => {
    const browser = await openExtension(name)
    await browser.press('Sign in')
    const window = await browser.window('localhost')
    await window.waitForSelector('input[type=password]')
    await window.close()
    await browser.waitForText('The sign-in was not finished')
    expect(await browser.text()).toContain('Sign in to Latchkey')
  })

  test('a reset; logins switched off from the popup, after a fresh sign-in, until tokens run out: each told in its own words', async () => {
    const browser = await openExtension(name)
    const userId = async () => {
      const { state } = await browser.view()
      return state.at === 'signed_in' ? (state.me?.user.id ?? '') : ''
    }
    await signedIn(browser)
    const alice = await userId()
    await asAdmin(`/admin/users/${alice}/password-reset`)
    // The site is asked, and knows; the service may not have heard yet.
    await browser.goTo(browser.popup, 'popup.html')
    await browser.waitForText('Your password was changed')
    await signedIn(browser)
    const disable = async () => {
      await browser.unfold('Switch signing in off')
      expect(await browser.text()).toMatch(
        /anything still works is then .+ UTC, in (49 minutes|1 hour)/,
      )
      await browser.press('When what is signed in runs out')
    }
    await advance('11min')
    await disable()
    // Whoever finds a browser open shall not be able to lock its owner out (RFC 9470).
    await browser.waitForText('sign in again first')
    await browser.press('Sign in again')
    await signIn(browser, 'alice@example.test')
    await browser.waitForText('cookies? of it')
    await disable()
    try {
      await browser.waitForText('Nobody can sign in as you')
      await browser.press('Call the service')
      await browser.waitForText('Hello from Alice')
      await advance('61min')
      await browser.press('Call the service')
      await browser.waitForText('You switched them off')
    } finally {
      // Other tests are Alice's too.
      await asAdmin(`/admin/users/${alice}/logins/enable`)
    }
    await browser.goTo(browser.popup, 'popup.html')
    await signedIn(browser)
  })

  test('the site is away: offline and still signed in; it is back: all as before', async () => {
    const browser = await openExtension(name)
    await signedIn(browser)
    await world.party('site').stop()
    await browser.goTo(browser.popup, 'popup.html')
    await advance('61min')
    await browser.press('Call the service')
    await browser.waitForText('Our site can’t be reached')
    expect(await browser.text()).toContain('You are still signed in')
    await world.party('site').start()
    await browser.press('Try again')
    await browser.waitForNoText('Our site can’t be reached')
    await browser.waitForText('This device:')
    await browser.press('Call the service')
    await browser.waitForText('Hello from')
  })

  test('pages ask through the extension when the person allows them, and never see a token; others and frames are not heard', async () => {
    const browser = await openExtension(name)
    await signedIn(browser)
    const page = await browser.browser.newPage()
    const demo = `${world.addresses.console}/demo`
    const call = async () => {
      await page.goto(demo)
      await page.evaluate(() => {
        const heard: string[] = []
        Object.assign(window, { heard })
        window.addEventListener('message', ({ data }) => heard.push(JSON.stringify(data)))
      })
      await page.bringToFront()
      await page.locator('button').click()
    }
    await call()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await browser.text(page)).toContain('not allowed yet')

    const options = await browser.page('options.html')
    await options.waitForSelector('#page')
    await options.locator('#page').fill(demo)
    await browser.press('Allow', options)
    await browser.waitForText('may call the service now', options)
    await call()
    await browser.waitForText('Hello from Alice', page)
    const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard.join())
    expect(heard).toContain('Hello from Alice')
    expect(heard).not.toMatch(/eyJ|lkr_|access_token|dpop/i)
    // A hostile page: other services' addresses, the site's own, and our own messages by the same way.
    const answers = await page.evaluate(async () => {
      const ask = (message: unknown) =>
        new Promise((resolve) => {
          const listen = ({ data }: MessageEvent) => {
            if (data?.latchkey !== 'answer') return
            window.removeEventListener('message', listen)
            resolve(data.answer)
          }
          window.addEventListener('message', listen)
          window.postMessage(message, location.origin)
          setTimeout(() => resolve('nothing'), 300)
        })
      return [
        await ask({ latchkey: 'request', number: 2, path: '//evil.example.test/' }),
        await ask({ latchkey: 'request', number: 3, path: 'https://evil.example.test/' }),
        await ask({ latchkey: 'sign_out', with: {} }),
        await ask({ latchkey: 'request', number: 'x', path: '/hello' }),
      ]
    })
    expect(answers).toEqual(['nothing', 'nothing', 'nothing', 'nothing'])
    // The same page within a frame of another one.
    const framed = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<iframe src="/inner"></iframe>`)
    })
    await new Promise<void>((resolve) => framed.listen(0, '127.0.0.1', resolve))
    const { port } = framed.address() as AddressInfo
    await page.goto(`http://127.0.0.1:${port}/`)
    const outer = await page.evaluate(
      () =>
        new Promise((resolve) => {
          window.addEventListener('message', ({ data }) => {
            if (data?.latchkey === 'answer') resolve(data.answer)
          })
          window.postMessage({ latchkey: 'request', number: 1, path: '/hello' }, location.origin)
          setTimeout(() => resolve('nothing'), 800)
        }),
    )
    // The same host on another port: the script is there, and the background refuses its origin.
    expect(JSON.stringify(outer)).toMatch(/refused|nothing/)
    framed.close()

    await browser.press(`Remove ${world.addresses.console}`, options)
    await browser.waitForText('may not call the service any more', options)
    await call()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await browser.text(page)).not.toContain('Hello from')
    expect((await browser.view()).state.at).toBe('signed_in')
  })

  test('a provider that keeps its session is found out: the popup says so', async () => {
    const browser = await openExtension(name)
    const { site, service } = world.addresses
    const { faults } = new ProviderClient(world.addresses.provider)
    // Somebody forgot to say where the provider's cookies are.
    await browser.ask('configure', { site, services: [service], providerHosts: [] })
    await browser.goTo(browser.popup, 'popup.html')
    await faults.set('sticky-session', 'on')
    try {
      await signedIn(browser)
    } finally {
      await faults.set('sticky-session', 'off')
    }
    expect(await browser.text()).toContain('Your provider may sign someone in without asking')
  })

  test('a forced sign-out is said once, by a notification and a mark on the toolbar', async () => {
    const browser = await openExtension(name)
    await signedIn(browser)
    const { state } = await browser.view()
    if (state.at !== 'signed_in' || !state.me) throw new Error('Nobody is signed in.')
    await asAdmin(`/admin/users/${state.me.user.id}/password-reset`)
    // The site is asked, and knows; the service may not have heard yet.
    await browser.goTo(browser.popup, 'popup.html')
    await browser.waitForText('Your password was changed')
    await browser.view()
    const { notifications, badge, told } = await browser.popup.evaluate(async () => {
      const api = (globalThis as unknown as { browser?: Toolbar; chrome: Toolbar }).browser
      const { notifications, action, storage } =
        api ?? (globalThis as unknown as { chrome: Toolbar }).chrome
      return {
        notifications: Object.keys(await notifications.getAll()).length,
        badge: await action.getBadgeText({}),
        told: (await storage.local.get('told')).told,
      }
    })
    // Firefox without a display has nowhere to show one, and lists none.
    if (name === 'chromium') expect(notifications).toBe(1)
    expect(told).toMatch(/^password_reset \d+$/)
    expect(badge).toBe('!')
  })

  test('each screen, light and dark: axe finds nothing serious, no console error, nothing wider than 360 px', async () => {
    const browser = await openExtension(name)
    const errors: string[] = []
    browser.popup.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    const looked = async (what: string, page = browser.popup) => {
      for (const scheme of ['light', 'dark'] as const) {
        // Firefox's driver can't pretend a scheme: there, one picture.
        if (name === 'firefox' && scheme === 'dark') continue
        if (name === 'chromium') {
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
        }
        await page.screenshot({
          path: path.join(PICTURES, `extension-${name}-${what}-${scheme}.png`),
          fullPage: true,
        })
        const serious = await page.evaluate(AXE)
        expect(serious, `${what}, ${scheme}`).toEqual([])
      }
      const overflow = () => document.documentElement.scrollWidth - window.innerWidth
      expect(await page.evaluate(overflow), what).toBeLessThanOrEqual(0)
    }
    await browser.popup.bringToFront()
    await browser.popup.setViewport({ width: 360, height: 600 })
    await looked('signed-out')
    await signedIn(browser, 'bob@example.test', 'acc_acme')
    await browser.popup.bringToFront()
    await looked('signed-in')
    const lifetimes = await browser.page('options.html')
    await lifetimes.setViewport({ width: 360, height: 900 })
    await browser.waitForText('However often you use it, it ends in \\d+ days', lifetimes)
    await looked('options-signed-in', lifetimes)
    await lifetimes.close()
    await browser.popup.bringToFront()
    await world.party('site').stop()
    await browser.ask('try_again')
    await browser.waitForText('Our site can’t be reached')
    await looked('offline')
    await world.party('site').start()
    await browser.press('Try again')
    await browser.waitForNoText('can’t be reached')
    // The clock must not move while something is asked for: its nonce would be a fortnight old.
    await browser.view()
    await advance('15d')
    await browser.press('Call the service')
    await browser.waitForText('It has been a while')
    await looked('forced-sign-out')
    const options = await browser.page('options.html')
    await options.setViewport({ width: 360, height: 900 })
    await options.waitForSelector('#site')
    await looked('options', options)
    // By keyboard alone: the one thing to do is reached, and does it.
    await browser.goTo(browser.popup, 'popup.html')
    await browser.waitForText('Sign in')
    await browser.popup.bringToFront()
    await browser.popup.keyboard.press('Tab')
    expect(await browser.popup.evaluate(() => document.activeElement?.textContent)).toBe('Sign in')
    await browser.popup.keyboard.press('Enter')
    await browser.window('localhost')
    // The site was away for a moment: the browser says so by itself.
    expect(errors.filter((text) => !/ERR_CONNECTION_REFUSED|NetworkError/.test(text))).toEqual([])
  })

  test('options: another site is another world; the device is forgotten with its session', async () => {
    const browser = await openExtension(name)
    await signedIn(browser)
    const options = await browser.page('options.html')
    await options.waitForSelector('#site')
    await browser.press('Forget this device', options)
    await browser.waitForText('This device is forgotten', options)
    await browser.goTo(browser.popup, 'popup.html')
    await browser.waitForText('Sign in to Latchkey')
    await options.locator('#site').fill('not an address')
    await signedIn(browser)
  })

  test('a second profile is a second device: ended from the popup, which closes at once, it is told so; the other goes on', async () => {
    const [first, second] = await Promise.all([openExtension(name), openExtension(name)])
    await signedIn(second)
    await signedIn(first)
    const there = `${name === 'chromium' ? 'Chromium' : 'Firefox'} on Linux`
    await first.waitForText(`Other devices\\s+${there}`)
    const ended = await sessionOf(second)
    expect(await devicesOf(first)).toContain(ended)
    // The one that was used last stands first; earlier tests left others.
    await first.press(`Sign out ${there}`)
    await first.popup.goto('about:blank')
    await first.goTo(first.popup, 'popup.html')
    await expect.poll(() => devicesOf(first)).not.toContain(ended)
    await second.goTo(second.popup, 'popup.html')
    await second.waitForText('Signed out from another device')
    await first.press('Call the service')
    await first.waitForText('Hello from Alice')
  })

  test('nine kinds of cookies of the provider are gone after the sign-in; those of others are not', async () => {
    const server = await cookieServer()
    const { port } = server.address() as AddressInfo
    const browser = await openExtension(name)
    const page = await browser.browser.newPage()
    await page.goto(`http://localhost:${port}/set`)
    await page.goto(`http://127.0.0.1:${port}/embed`)
    await page.goto(`http://127.0.0.1:${port}/other`)
    await page.close()
    await signedIn(browser)
    const report = (await browser.ask('purge')) as PurgeReport
    expect(report).toMatchObject({ left: 0, outcome: 'proven' })
    const seen = await seenBy(browser, port)
    expect(seen.provider).toBe('')
    expect(seen.other).toContain('other=1')
    server.close()
  })
})

const KINDS = [
  'lax=1; HttpOnly; SameSite=Lax; Path=/',
  'none=1; HttpOnly; Secure; SameSite=None; Path=/',
  'strict=1; HttpOnly; SameSite=Strict; Path=/',
  'scoped=1; HttpOnly; SameSite=Lax; Path=/tenant/policy',
  'part=1; HttpOnly; Secure; SameSite=None; Partitioned; Path=/',
  '__Host-one=1; HttpOnly; Secure; SameSite=None; Path=/',
  'kept=1; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400',
  'script=1; Path=/',
]

let lastCookies = ''

/** Cookies know no ports: whatever this sets on localhost, the provider's host has. */
async function cookieServer(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    // Browsers ask for an icon by themselves.
    if (request.url !== '/favicon.ico') lastCookies = request.headers.cookie ?? ''
    if (request.url === '/set') response.setHeader('set-cookie', KINDS)
    if (request.url === '/framed') {
      response.setHeader(
        'set-cookie',
        'framed=1; HttpOnly; Secure; SameSite=None; Partitioned; Path=/',
      )
    }
    if (request.url === '/other')
      response.setHeader('set-cookie', 'other=1; HttpOnly; Path=/; Max-Age=86400')
    const { port } = server.address() as AddressInfo
    response.end(
      request.url === '/embed'
        ? `<iframe src="http://localhost:${port}/framed"></iframe>`
        : '<p>here</p>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return server
}

async function seenBy(browser: ExtensionBrowser, port: number) {
  const page = await browser.browser.newPage()
  await page.goto(`http://localhost:${port}/tenant/policy`)
  const provider = lastCookies
  await page.goto(`http://127.0.0.1:${port}/`)
  const other = lastCookies
  await page.close()
  return { provider, other }
}

test('the audit log has each ending once', async () => {
  const answer = await fetch(`${world.addresses.site}/admin/audit`, {
    headers: { authorization: `Bearer ${world.adminKey}` },
  })
  const { entries } = (await answer.json()) as AuditPage
  const ended = entries.flatMap(({ act, session_id }) =>
    act === 'session_ended' ? session_id : [],
  )
  expect(new Set(ended).size).toBe(ended.length)
})
