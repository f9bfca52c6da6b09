import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine } from '../../client/engine.ts'
import type { FileSecretStore } from '../../client/node/file-secrets.ts'
import { loopback } from '../../client/node/loopback.ts'
import type { Http } from '../../client/ports.ts'
import { SystemClock, VirtualClock } from '../../clock/clock.ts'
import { followClock } from '../../clock/follow.ts'

export interface DeviceEngineOptions {
  readonly site: string
  readonly service: string
  readonly name: string
  readonly platform: string
  /** In a file, for there is no keychain in a script. */
  readonly secrets: FileSecretStore
  readonly clock: VirtualClock
  readonly http: Http
  /** What the person does in the browser that the device opens. */
  readonly openBrowser: (url: string) => Promise<void>
}

/** The real engine, as a device has it that a story is played on. */
export const deviceEngine = (options: DeviceEngineOptions): Engine =>
  new Engine(
    {
      issuer: options.site,
      clientId: 'latchkey-desktop',
      device: { name: options.name, platform: options.platform },
      services: [options.service],
    },
    {
      secrets: options.secrets,
      deviceKeys: keptDeviceKeys,
      browser: loopback({ openBrowser: options.openBrowser }),
      http: options.http,
      clock: options.clock,
      log: () => {},
    },
  )

/** A device's clock; moving everyone's waits until this device knows of it. */
export const deviceClock = (): VirtualClock => new VirtualClock(new SystemClock())

export const followAsDevice = (
  hub: string,
  name: string,
  clock: VirtualClock,
  signal: AbortSignal,
): Promise<void> =>
  followClock({
    hub,
    clock,
    party: { name: `device ${name}`, run: async () => [], next: async () => undefined },
    signal,
  })
