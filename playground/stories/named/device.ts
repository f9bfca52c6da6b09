import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Engine } from '../../../client/engine.ts'
import { FileSecretStore } from '../../../client/node/file-secrets.ts'
import { PASSWORD } from '../../people.ts'
import { ScriptedBrowser } from '../browser.ts'
import { deviceClock, deviceEngine, followAsDevice } from '../device-engine.ts'

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
  const clock = deviceClock()
  const following = new AbortController()
  const browser = new ScriptedBrowser()
  const engine = deviceEngine({
    site: addresses.idp,
    service: addresses.api,
    name,
    platform: 'linux',
    secrets: new FileSecretStore(file),
    clock,
    http: (request) => fetch(request),
    openBrowser: async (url) => {
      const page = await browser.open(url)
      if (page.asksForPassword) await page.submit('Sign in', { email, password: PASSWORD })
    },
  })
  await followAsDevice(addresses.console, name, clock, following.signal)
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
