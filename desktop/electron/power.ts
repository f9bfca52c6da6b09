import { powerMonitor } from 'electron'

/** The computer woke up. Once the app is ready. */
export function onWake(listener: () => void): void {
  powerMonitor.on('resume', listener)
}
