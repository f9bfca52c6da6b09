import type { Moment } from '../clock/moment.ts'
import type { DeviceRegistration, RegisteredDevice } from '../protocol/devices.ts'
import type { CheckedProof } from '../protocol/dpop/check.ts'
import type { Site } from './site.ts'
import type { Device } from './store/records.ts'
import { deviceIdOf } from './tokens/secret.ts'

/** A device that nobody has signed in on yet. */
export const newDevice = (key: CheckedProof, told: DeviceRegistration, now: Moment): Device => ({
  id: deviceIdOf(key.jkt),
  jkt: key.jkt,
  jwk: key.jwk,
  name: told.name,
  platform: told.platform,
  createdAt: now,
  used: false,
})

/**
 * Registers an installation by the key it proved (DESIGN §4 no. 1). The same key again is the same
 * device, with the name and platform that it tells now.
 */
export async function registerDevice(
  site: Site,
  key: CheckedProof,
  told: DeviceRegistration,
): Promise<RegisteredDevice> {
  for (;;) {
    const id = deviceIdOf(key.jkt)
    const known = await site.store.device(id)
    const device = known
      ? { ...known, name: told.name, platform: told.platform }
      : newDevice(key, told, site.clock.now())
    if (
      await site.store.commit(
        [{ table: 'device', put: device }],
        [{ table: 'device', id, was: known }],
      )
    ) {
      site.log.info({ device: id, platform: told.platform }, 'device registered')
      return { device_id: id }
    }
  }
}
