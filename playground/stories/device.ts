import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine } from '../../client/engine.ts'
import { FileSecretStore } from '../../client/node/file-secrets.ts'
import { loopback } from '../../client/node/loopback.ts'
import { SystemClock, VirtualClock } from '../../clock/clock.ts'
import { followClock } from '../../clock/follow.ts'
import { PASSWORD } from '../people.ts'
import { ScriptedBrowser } from '../story/browser.ts'

/** Where a device finds everyone. */
export interface DeviceAddresses {
  readonly idp: string
  readonly api: string
  readonly console: string
}

/** The real engine on a device of a playground, whose person signs in by a scripted browser. */
export interface EngineDevice {
  readonly engine: Engine
  /** Calls the sample service: refreshes first when it is due. */
  hello(): ReturnType<Engine['fetch']>
  /** What a thief gets who copies its secrets. */
  copiedToken(): string
  end(): void
}

const Held = v.object({ session: v.object({ refreshToken: v.string() }) })

export async function engineDevice(
  addresses: DeviceAddresses,
  name: string,
  email: string,
): Promise<EngineDevice> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-device-'))
  const file = join(folder, 'secret.json')
  const clock = new VirtualClock(new SystemClock())
  const following = new AbortController()
  const browser = new ScriptedBrowser()
  const engine = new Engine(
    {
      issuer: addresses.idp,
      clientId: 'latchkey-desktop',
      device: { name, platform: 'linux' },
      services: [addresses.api],
    },
    {
      secrets: new FileSecretStore(file),
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
  await followClock({
    hub: addresses.console,
    clock,
    // As a party, so that moving the clock waits until this device knows of it.
    party: { name: `device ${name}`, run: async () => [], next: async () => undefined },
    signal: following.signal,
  })
  await engine.start()
  return {
    engine,
    hello: () => engine.fetch(`${addresses.api}/hello`),
    copiedToken: () => v.parse(Held, JSON.parse(readFileSync(file, 'utf8'))).session.refreshToken,
    end: () => {
      following.abort()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
