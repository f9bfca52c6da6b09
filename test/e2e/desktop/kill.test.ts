import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { View } from '../../../desktop/ipc/view.ts'
import { type Desk, DesktopWorld } from '../../support/desktop-house.ts'
import { freePort } from '../../support/free-port.ts'
import { HoldingKeychain } from '../../support/holding-keychain.ts'
import { HoldingProxy, type Where } from '../../support/holding-proxy.ts'

/**
 * SIGKILL for the app at each step of signing in and of renewing. The next start takes up what was
 * left; who has signed in is not asked to do it again.
 */
let world: DesktopWorld
let desk: Desk
let site: HoldingProxy
let keychain: HoldingKeychain

beforeAll(async () => {
  const port = await freePort()
  site = new HoldingProxy(port)
  // The site is reached through the proxy, and knows only the address that everybody sees.
  world = await DesktopWorld.start({ PORT: String(port) })
  await site.listen(Number(new URL(world.world.addresses.site).port))
  keychain = new HoldingKeychain(world.app.folder)
  desk = await world.desk()
  desk.appFolder = keychain.folder
  await desk.open()
})

afterAll(async () => {
  await desk?.end()
  keychain?.remove()
  await site?.close()
  await world?.stop()
})

const heading = async (name: string | RegExp) => {
  const window = await desk.window
  await window.getByRole('heading', { level: 1, name }).waitFor()
}

const press = async (name: string) =>
  (await desk.window).getByRole('button', { name, exact: true }).click()

const session = async () => {
  const { person } = await (await desk.window).evaluate((): Promise<View> => window.latchkey.look())
  if (!('me' in person) || !person.me) throw new Error(`Nobody is signed in: ${person.at}`)
  return person.me.session
}

interface Standing {
  /** Resolves once the app stands there. */
  readonly reached: Promise<void>
  /** What was held goes on, without the app, and to its end. */
  release(): Promise<void>
}

/** Makes the app stand still at its next step of that kind. */
type Step = () => Standing

const request =
  (path: string, where: Where): Step =>
  () =>
    site.hold(path, where)

const write =
  (where: Where): Step =>
  () => ({ reached: keychain.holdWrite(where), release: async () => {} })

/** The write that follows an answer of the site. */
const writeAfter =
  (path: string, where: Where): Step =>
  () => {
    const answer = site.hold(path, 'answer')
    const written = async () => {
      await answer.reached
      const stands = keychain.holdWrite(where)
      answer.release()
      await stands
    }
    return { reached: written(), release: async () => {} }
  }

const killedAt = async ({ reached }: Standing) => {
  await reached
  await desk.kill()
  await desk.open()
}

/** The app hears of the new time a moment after everybody else: what is used once may be used too early. */
const useUntil = async ({ reached }: Standing) => {
  const there = reached.then(() => true)
  const soon = () => new Promise<false>((resolve) => setTimeout(resolve, 100, false))
  const limit = performance.now() + 15_000
  do {
    if (performance.now() > limit) throw new Error(`It did not get there: ${desk.app.said()}`)
    await desk.use()
  } while (!(await Promise.race([there, soon()])))
}

/** Until the person is at the provider, and may type. */
const begin = async () => {
  await press('Sign in')
  await desk.os.page(world.world.addresses.provider)
}

const signOut = async () => {
  await press('Sign out')
  await heading('Signed out')
}

describe('signing in', () => {
  test.each<[string, Step]>([
    ['the site has not heard of the new device', request('/devices', 'request')],
    ['the site has answered it, and the answer is lost', request('/devices', 'answer')],
  ])('%s: nobody has signed in yet, and nothing is in the way', async (_, step) => {
    const standing = step()
    await press('Sign in')
    await killedAt(standing)
    await heading('Sign in to Latchkey')
    await standing.release()
  })

  test('the person is in the browser: started again, it takes the answer', async () => {
    await begin()
    await desk.kill()
    await desk.open()
    await heading('You were signing in')
    const browser = await desk.signInInBrowser('alice@example.test')
    await browser.getByText('You can close this window').waitFor()
    await heading('Signed in as Alice Adler')
    await signOut()
  })

  test('the person is in the browser, and comes back by an app link: the link starts it', async () => {
    await begin()
    await press('Come back by an app link')
    await expect.poll(() => desk.os.opened.at(-1)).toContain('dev.latchkey.app')
    await desk.os.page(world.world.addresses.provider)
    await desk.kill()
    await desk.signInInBrowser('alice@example.test')
    await expect.poll(() => desk.isRunning).toBe(true)
    await heading('Signed in as Alice Adler')
    await signOut()
  })

  test('the purge is under way in the browser: started again, it takes the answer', async () => {
    await begin()
    const standing = site.hold('/signin/purged', 'request')
    await desk.signInInBrowser('alice@example.test')
    await killedAt(standing)
    await heading('You were signing in')
    await standing.release()
    await heading('Signed in as Alice Adler')
    expect((await session()).purge).toMatchObject({ outcome: 'proven' })
    await signOut()
  })

  test('the answer has come and is not written down: the one step after which the person has to do it again', async () => {
    await begin()
    const standing = write('request')()
    await desk.signInInBrowser('alice@example.test')
    await killedAt(standing)
    await heading('You were signing in')
    await press('Open the browser again')
    await desk.signInInBrowser('alice@example.test')
    await heading('Signed in as Alice Adler')
    await signOut()
  })

  test.each<[string, Step]>([
    ['the code is written down, and not sent', write('answer')],
    ['the site has not seen the code', request('/token', 'request')],
    ['the site has taken the code, and its answer is lost', request('/token', 'answer')],
    ['the session is about to be written down', writeAfter('/token', 'request')],
    ['the session is written down, unheard', writeAfter('/token', 'answer')],
  ])('%s: the next start is signed in', async (_, step) => {
    await begin()
    const standing = step()
    await desk.signInInBrowser('alice@example.test')
    await killedAt(standing)
    await heading('Signed in as Alice Adler')
    await standing.release()
    await signOut()
  })
})

describe('renewing', () => {
  beforeAll(async () => {
    await begin()
    await desk.signInInBrowser('alice@example.test')
    await heading('Signed in as Alice Adler')
  })

  /** How often the site gave the identical answer again, for it was asked by the same attempt. */
  const replays = () => world.siteSaid().split('"refresh replayed"').length - 1

  test.each<[string, Step, 'once' | 'twice']>([
    ['the attempt is about to be written down', write('request'), 'once'],
    ['the attempt is written down, and not sent', write('answer'), 'once'],
    ['the site has not seen it', request('/refresh', 'request'), 'once'],
    ['the site has renewed it, and its answer is lost', request('/refresh', 'answer'), 'twice'],
    ['the new token is about to be written down', writeAfter('/refresh', 'request'), 'twice'],
    ['the new token is written down, unheard', writeAfter('/refresh', 'answer'), 'once'],
  ])('%s: the next start has renewed the same session', async (_, step, answered) => {
    const before = await session()
    const replayed = replays()
    await world.advance('61min')
    const standing = step()
    await useUntil(standing)
    await killedAt(standing)
    await heading('Signed in as Alice Adler')
    await expect
      .poll(async () => (await session()).refreshed_at)
      .toBeGreaterThan(before.refreshed_at)
    expect((await session()).id).toBe(before.id)
    expect(replays() - replayed).toBe(answered === 'twice' ? 1 : 0)
    // The site may hear of it only now, when the app has long asked again: that does no harm. To its
    // end, for the clock must not move while a request is under way.
    await standing.release()
  })
})
