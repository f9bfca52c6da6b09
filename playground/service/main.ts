import { createServer } from 'node:http'
import process from 'node:process'
import { createRemoteJWKSet } from 'jose'
import { SystemClock } from '../../clock/clock.ts'
import { followClock } from '../../clock/follow.ts'
import { shiftDate } from '../../clock/shifted-date.ts'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { createService } from './service.ts'
import { readSettings } from './settings.ts'
import { readEventsFrom } from './site-events.ts'

/** The sample service as a process: settings from the environment, one ready line, ends on SIGTERM. */
async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const ending = new AbortController()
  // The verifier of webhooks reads the global Date; in production there is no shared clock, and none of this.
  if (settings.clockUrl !== undefined) {
    await followClock({
      hub: settings.clockUrl,
      clock: shiftDate(),
      // It does nothing by itself; but a webhook must not come from the future.
      party: { name: 'service', run: async () => [], next: async () => undefined },
      signal: ending.signal,
    })
  }
  const service = createService({
    ...settings,
    clock: new SystemClock(),
    readEvents: readEventsFrom(settings.issuer, settings.webhookSecrets),
    keys: createRemoteJWKSet(new URL(ADDRESSES.jwks, settings.issuer)),
    report: (error) => say(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  })
  const server = createServer(service.callback())
  const end = () => {
    ending.abort()
    process.stdin.destroy()
    server.close()
    server.closeIdleConnections()
  }
  process.once('SIGTERM', end).once('SIGINT', end)
  if (process.env.LATCHKEY_END_WITH_STDIN === '1') process.stdin.once('end', end).resume()
  server.once('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'is in use' : `can't be listened on (${error.code})`
    say(`The service can't start: port ${settings.port} ${why}. Choose another by PORT.`)
    process.exit(1)
  })
  server.listen(settings.port, settings.host, () => {
    process.stdout.write(`${JSON.stringify({ ready: 'service', url: settings.url })}\n`)
  })
}

const say = (text: string) => process.stderr.write(`${text}\n`)

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
