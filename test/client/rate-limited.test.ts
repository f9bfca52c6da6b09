import { afterEach, expect, test } from 'vitest'
import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine } from '../../client/engine.ts'
import type { BrowserLauncher } from '../../client/ports.ts'
import { HOUR } from '../../clock/moment.ts'
import { makeCode, type RunningSite, startSite } from '../support/site.ts'
import { MemorySecrets, REDIRECT_URI } from './house.ts'

let site: RunningSite
afterEach(() => site.close())

/** Opens no browser: the site finds that the person has just been there. */
const browserAt = (at: RunningSite): BrowserLauncher => ({
  async prepare() {
    return {
      redirectUri: REDIRECT_URI,
      async open(url, judge) {
        const asked = new URL(url).searchParams
        const { code } = await makeCode(at, {
          redirectUri: REDIRECT_URI,
          codeChallenge: asked.get('code_challenge') ?? '',
          jkt: asked.get('dpop_jkt'),
          deviceId: asked.get('device_id'),
        })
        const back = new URL(REDIRECT_URI)
        back.search = String(
          new URLSearchParams({ code, state: asked.get('state') ?? '', iss: at.url }),
        )
        expect(judge(back.href)).toEqual({ kind: 'accepted' })
        return back.href
      },
      async close() {},
    }
  },
})

const engineAt = (at: RunningSite, secrets = new MemorySecrets()) =>
  new Engine(
    {
      issuer: at.url,
      clientId: 'latchkey-desktop',
      device: { name: 'Ada’s laptop', platform: 'linux' },
      services: [at.url],
    },
    {
      secrets,
      deviceKeys: keptDeviceKeys,
      browser: browserAt(at),
      http: fetch,
      clock: at.clock,
      log: () => {},
      pause: async () => {},
    },
  )

test('our engine against our site: too often is "later", as late as the site says, and nobody is signed out', async () => {
  site = await startSite({ RATE_LIMITS: '{"token":8}' })
  const engine = engineAt(site)
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  const outcomes: string[] = []
  for (let hour = 0; hour < 12; hour++) {
    site.clock.advance(HOUR)
    const outcome = await engine.refresh()
    outcomes.push(outcome.kind)
    if (outcome.kind !== 'retry_later') continue
    expect(outcome.after).toBeGreaterThan(0)
    expect(outcome.after).toBeLessThanOrEqual(60_000)
    expect(engine.state.at).toBe('offline')
  }
  expect(new Set(outcomes)).toEqual(new Set(['ok', 'retry_later']))
  expect(await site.store.liveSessionsOfUser('usr_ada')).toHaveLength(1)
})

test('a sign-in whose code could not be redeemed in time is not refused for that', async () => {
  site = await startSite({ RATE_LIMITS: '{"token":1}' })
  await fetch(`${site.url}/token`, { method: 'POST' })
  const engine = engineAt(site)
  expect((await engine.signIn()).kind).toBe('retry_later')
})
