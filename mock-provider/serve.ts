import { SystemClock } from '../clock/clock.ts'
import { followClock, type Shiftable } from '../clock/follow.ts'
import type { Moment } from '../clock/moment.ts'
import { issueCredentials } from './certificates/authority.ts'
import { openAuthority } from './certificates/folder.ts'
import { createLog } from './log.ts'
import { startProvider } from './server.ts'
import type { Settings } from './settings.ts'
import { StartError } from './start-error.ts'

/**
 * Serves until it is told to stop; prints the ready line.
 *
 * @param shifted - sets how far this process's `Date` is ahead.
 */
export async function serve(shifted: Shiftable, settings: Settings): Promise<void> {
  // Before any clock is followed, for clients judge certificates by the real time.
  const secure = settings.https ? openCredentials(settings, new SystemClock().now()) : undefined
  const stopping = new AbortController()
  if (settings.clockUrl !== undefined) {
    await follow(settings.clockUrl, shifted, stopping.signal)
  }
  // `Date` is shifted, and with it this clock: the engine and our own code tell the same time.
  const clock = new SystemClock()
  const log = createLog(clock)
  const running = await startProvider({
    ...settings,
    credentials: secure?.credentials,
    clock,
    log,
  }).catch((error: unknown) => {
    stopping.abort()
    throw error
  })
  const stop = () => {
    stopping.abort()
    running.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // In the playground the provider must not outlive its parent, not even one that was killed.
  if (process.env.LATCHKEY_END_WITH_STDIN === '1') {
    process.stdin.once('end', stop).once('error', stop).resume()
  }
  const { url, issuer, resetIssuer } = running
  const ready = { ready: 'provider', url, issuer, resetIssuer, ca: secure?.file }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

function openCredentials({ data, host }: Settings, now: Moment) {
  const { authority, file } = openAuthority(data, now)
  return { file, credentials: issueCredentials(authority, host, now) }
}

async function follow(hub: string, clock: Shiftable, signal: AbortSignal): Promise<void> {
  // A party without work of its own: whoever moves the clock waits until our time is set.
  const party = { name: 'provider', run: async () => [], next: async () => undefined }
  try {
    await followClock({ hub, clock, party, signal })
  } catch {
    throw new StartError(
      `The clock at CLOCK_URL (${hub}) doesn't answer: start it first, or leave CLOCK_URL out for real time.`,
    )
  }
}
