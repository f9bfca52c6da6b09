import type { DeviceRegistration } from '../../protocol/devices.ts'
import { browser } from '../platform.ts'

const OPERATING_SYSTEMS: Readonly<Record<string, string>> = {
  linux: 'Linux',
  mac: 'macOS',
  win: 'Windows',
  android: 'Android',
  cros: 'ChromeOS',
  openbsd: 'OpenBSD',
}

/** How the person will recognise this installation among their devices. */
export async function thisBrowser(): Promise<DeviceRegistration> {
  const { os } = await browser.runtime.getPlatformInfo()
  // Only Firefox says its own name.
  const firefox = 'getBrowserInfo' in browser.runtime && (await browser.runtime.getBrowserInfo())
  const name = firefox ? firefox.name : 'Chromium'
  return { name: `${name} on ${OPERATING_SYSTEMS[os] ?? os}`, platform: name.toLowerCase() }
}
