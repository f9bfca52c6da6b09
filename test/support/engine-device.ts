import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine } from '../../client/engine.ts'
import { FileSecretStore } from '../../client/node/file-secrets.ts'
import { loopback } from '../../client/node/loopback.ts'
import { SystemClock, VirtualClock } from '../../clock/clock.ts'
import { followClock } from '../../clock/follow.ts'
import { PASSWORD } from '../../playground/people.ts'
import { ScriptedBrowser } from '../../playground/story/browser.ts'

/** The real engine on a device of a playground, whose person signs in by a scripted browser. */
export interface EngineDevice {
  readonly engine: Engine
  /** Calls the sample service: refreshes first when it is due. */
  hello(): ReturnType<Engine['fetch']>
  end(): void
}

export async function engineDevice(
  playground: { readonly idp: string; readonly api: string; readonly console: string },
  name: string,
  email: string,
): Promise<EngineDevice> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const clock = new VirtualClock(new SystemClock())
  const following = new AbortController()
  const browser = new ScriptedBrowser()
  const engine = new Engine(
    {
      issuer: playground.idp,
      clientId: 'latchkey-desktop',
      device: { name, platform: 'linux' },
      services: [playground.api],
    },
    {
      secrets: new FileSecretStore(join(folder, 'secret.json')),
      deviceKeys: keptDeviceKeys,
      browser: loopback({
        openBrowser: async (url) => {
          const page = await browser.open(url)
          if (page.asksForPassword) await page.submit('Sign in', { email, password: PASSWORD })
        },
      }),
      http: (request) => fetch(request),
      clock,
      log: () => {},
    },
  )
  await followClock({ hub: playground.console, clock, signal: following.signal })
  await engine.start()
  return {
    engine,
    hello: () => engine.fetch(`${playground.api}/hello`),
    end: () => {
      following.abort()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
