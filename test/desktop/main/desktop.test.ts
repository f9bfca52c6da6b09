import { expect, test } from 'vitest'
import { StoppedClock, VirtualClock } from '../../../clock/clock.ts'
import { DAY, HOUR, SECOND } from '../../../clock/moment.ts'
import type { View } from '../../../desktop/ipc/view.ts'
import { Desktop } from '../../../desktop/main/desktop.ts'
import type { Notice } from '../../../desktop/main/ports.ts'
import { VaultSecrets } from '../../../desktop/main/storage/kept-secrets.ts'
import type { Vault } from '../../../desktop/main/storage/vault.ts'
import { FakeSite, ISSUER, SERVICE } from '../../client/fake-site.ts'
import { START } from '../../client/house.ts'

/** A vault that outlives the app. */
function memoryVault() {
  let entry: string | undefined
  const vault: Vault = {
    probe: async () => {},
    read: async () => entry,
    write: async (value) => {
      entry = value
    },
    clear: async () => {
      entry = undefined
    },
  }
  return vault
}

interface Start {
  readonly site: FakeSite
  readonly clock: VirtualClock
  readonly vault: Vault
  readonly args?: readonly string[]
}

const world = (): Start => {
  const clock = new VirtualClock(new StoppedClock(START))
  return { clock, site: new FakeSite(clock), vault: memoryVault() }
}

/** The app with no runtime around it. */
async function start({ site, clock, vault, args = [] }: Start) {
  const opened: string[] = []
  const copied: string[] = []
  const notices: Notice[] = []
  const views: View[] = []
  let reveals = 0
  const log: string[] = []
  const desktop = new Desktop({
    settings: {
      site: ISSUER,
      services: [SERVICE],
      clockUrl: undefined,
      keepIn: 'keychain',
      embedded: undefined,
    },
    device: { name: 'Ada’s laptop', platform: 'linux' },
    about: { version: '1', runtime: 'test' },
    secrets: new VaultSecrets(vault, 'keychain', () => {}),
    http: site.http,
    clock,
    ahead: () => undefined,
    log: (_level, event, details) => log.push(`${event} ${JSON.stringify(details ?? {})}`),
    system: {
      openInBrowser: async (url) => void opened.push(url),
      copyText: async (text) => void copied.push(text),
      copiedText: async () => copied.at(-1) ?? '',
    },
    window: { show: (view) => views.push(view), reveal: () => void reveals++ },
    notify: (notice) => notices.push(notice),
    embedded: {
      visit: async () => ({ answer: undefined, asked: false }),
      purge: async () => ({ removed: 0, left: 0 }),
    },
  })
  const starting = desktop.start(args)
  const until = async (at: View['person']['at']) => {
    while (desktop.view.person.at !== at) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const untilOpened = async (count = 1) => {
    while (opened.length < count) await new Promise((resolve) => setTimeout(resolve, 1))
    return opened[count - 1] ?? ''
  }
  /** Signs in by an app link. */
  const signIn = async () => {
    await desktop.commands.signIn('link')
    await desktop.startedAgain(['latchkey', site.signIn(await untilOpened())])
    await until('signed_in')
    // What the window then asks the site is over as well.
    await desktop.used()
    await desktop.used()
  }
  return {
    desktop,
    opened,
    copied,
    notices,
    views,
    log,
    starting,
    until,
    untilOpened,
    signIn,
    reveals: () => reveals,
  }
}

test('nobody, then somebody, by an app link; the window comes to the front', async () => {
  const app = await start(world())
  await app.starting
  expect(app.desktop.view).toMatchObject({ person: { at: 'signed_out' }, kept: { in: 'keychain' } })
  await app.signIn()
  expect(app.reveals()).toBeGreaterThan(0)
  expect(app.notices).toEqual([])
})

test('no view and no line of the log ever holds a token, a code, a verifier or the sign-in address', async () => {
  const all = world()
  const app = await start(all)
  await app.starting
  await app.signIn()
  all.clock.advance(2 * HOUR)
  await app.desktop.used()
  const told = JSON.stringify([app.views, app.log])
  expect(told).not.toMatch(/lkr_|code_challenge|"code"|eyJ/)
  expect(told).not.toContain(app.opened[0])
})

const refreshes = ({ calls }: FakeSite) => calls.filter(({ path }) => path === '/refresh').length

test('used after an hour: refreshed; asleep for weeks and woken: nothing, for that is not use', async () => {
  const all = world()
  const app = await start(all)
  await app.starting
  await app.signIn()
  const before = refreshes(all.site)
  all.clock.advance(61 * 60_000)
  app.desktop.woke()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(refreshes(all.site)).toBe(before)
  await app.desktop.used()
  expect(refreshes(all.site)).toBe(before + 1)
})

test('day 15: one notice, with the sentence, and the window says the same', async () => {
  const all = world()
  const app = await start(all)
  await app.starting
  await app.signIn()
  all.clock.advance(15 * DAY)
  await app.desktop.used()
  await app.desktop.used()
  expect(app.desktop.view.person).toMatchObject({
    at: 'signed_out',
    ended: { reason: 'idle_expired' },
  })
  expect(app.notices.map(({ title }) => title)).toEqual(['It has been a while'])
})

test('time passes, and nobody is at it: day 13 is no use, day 15 says at once that it is over', async () => {
  const all = world()
  const app = await start(all)
  await app.starting
  await app.signIn()
  const asked = all.site.calls.length
  all.clock.advance(13 * DAY)
  app.desktop.timePassed()
  expect(all.site.calls).toHaveLength(asked)
  all.clock.advance(DAY + SECOND)
  app.desktop.timePassed()
  await app.until('signed_out')
  expect(app.notices.map(({ title }) => title)).toEqual(['It has been a while'])
})

test('forged links, while one waits and while none does, change nothing', async () => {
  const all = world()
  const app = await start(all)
  await app.starting
  await app.desktop.startedAgain(['x', 'dev.latchkey.app:/callback?code=c&state=s'])
  expect(app.desktop.view.person.at).toBe('signed_out')
  await app.desktop.commands.signIn('link')
  const url = await app.untilOpened()
  const answer = all.site.signIn(url)
  for (const forged of [
    answer.replace('state=', 'state=x'),
    answer.replace(/iss=[^&]*/, 'iss=http%3A%2F%2Fevil.test'),
    answer.replace('/callback', '/elsewhere'),
    'dev.latchkey.app:/callback?code=c&state=s',
  ]) {
    await app.desktop.startedAgain(['x', forged])
    expect(app.desktop.view.person).toMatchObject({ at: 'signing_in', step: 'in_browser' })
  }
  await app.desktop.startedAgain(['x', answer])
  await app.until('signed_in')
})

test('cancelled: nobody is signed in, and the late answer is nobody’s', async () => {
  const all = world()
  const app = await start(all)
  await app.starting
  await app.desktop.commands.signIn('link')
  const answer = all.site.signIn(await app.untilOpened())
  await app.desktop.commands.cancelSignIn()
  await app.until('signed_out')
  await app.desktop.startedAgain(['x', answer])
  expect(app.desktop.view.person.at).toBe('signed_out')
})

test('the app ends while it waits: the next start waits on, and a link that starts it is taken at once', async () => {
  const all = world()
  const died = await start(all)
  await died.starting
  await died.desktop.commands.signIn('link')
  const answer = all.site.signIn(await died.untilOpened())
  const waiting = await start(all)
  await expect.poll(() => waiting.desktop.view.person).toMatchObject({ step: 'in_browser' })
  expect(waiting.desktop.view.person).toMatchObject({ browser: 'earlier', way: 'link' })
  expect(waiting.opened).toEqual([])
  const started = await start({ ...all, args: ['latchkey', answer] })
  await started.starting
  expect(started.desktop.view.person.at).toBe('signed_in')
})

test('opened again and copied: the same address, which leaves the clipboard with the sign-in', async () => {
  const app = await start(world())
  await app.starting
  await app.desktop.commands.signIn('loopback')
  const url = await app.untilOpened()
  await app.desktop.commands.openAgain()
  await app.desktop.commands.copyLink()
  expect([app.opened, app.copied]).toEqual([[url, url], [url]])
  await app.desktop.commands.cancelSignIn()
  await app.until('signed_out')
  expect(app.copied.at(-1)).toBe('')
})
