import type { Server } from 'node:http'
import path from 'node:path'
import pino from 'pino'
import { SystemClock, VirtualClock } from '../clock/clock.ts'
import { followClock } from '../clock/follow.ts'
import { SECOND } from '../clock/moment.ts'
import { ProofNonces } from '../protocol/dpop/nonce.ts'
import { SeenProofs } from '../protocol/dpop/seen.ts'
import { RateLimits } from './http/rate-limits.ts'
import { serve, siteServer } from './http/serve.ts'
import { openLinkKey } from './links/link-key.ts'
import { outboxMailer } from './mail/outbox.ts'
import { openEventKeys } from './services/event-keys.ts'
import { Turns } from './sessions/turns.ts'
import { readSettings, type Settings } from './settings.ts'
import { Providers } from './sign-in/provider.ts'
import type { Site } from './site.ts'
import { StartError } from './start-error.ts'
import { type FileStore, type FileStoreOptions, openFileStore } from './store/file-store.ts'
import { openSigningKeys } from './tokens/signing-keys.ts'
import { SiteWork } from './work.ts'

/** How long requests under way may take once the site was asked to stop. */
const LAST_REQUESTS = 5 * SECOND

/** How often connections that fell idle meanwhile are let go. */
const IDLE_SWEEP = SECOND / 20

/** What a site in development is started with besides; nothing of it exists in production. */
export interface Onlookers {
  /** Hears each commit (`playground/site/`). */
  readonly committed?: FileStoreOptions['committed']
  /** Stands before everything that the site answers, and may make it fail. */
  readonly before?: (server: Server) => void
}

/**
 * Starts the site with settings from the environment; it ends by a signal.
 *
 * @returns its store, for those who watch it
 * @throws StartError or StoreError with a sentence for whoever starts it
 */
export async function start(
  environment: NodeJS.ProcessEnv,
  onlookers: Onlookers = {},
): Promise<FileStore> {
  const settings = readSettings(environment)
  const log = pino({ level: settings.logLevel, base: { party: 'site' } }, pino.destination(2))
  const clock = new VirtualClock(new SystemClock())
  const store = await openFileStore(settings.data, {
    log: (message: string) => log.warn(message),
    onFailure: (error: unknown) => {
      // Memory may be ahead of the disk now: nothing this process says can be trusted (DESIGN §8).
      log.fatal({ code: codeOf(error) }, 'the store stopped')
      process.stderr.write(`The site stops: ${messageOf(error)}\n`)
      process.exit(1)
    },
    committed: onlookers.committed,
  })
  const site: Site = {
    settings,
    clock,
    store,
    keys: await openSigningKeys(settings.data, settings.lifetimes),
    eventKeys: await openEventKeys(settings),
    links: await openLinkKey(settings.data),
    mailer: outboxMailer(path.join(settings.data, 'outbox')),
    providers: new Providers(settings.providers, { url: settings.url, clock }),
    nonces: new ProofNonces(),
    seen: new SeenProofs(),
    turns: new Turns(),
    limits: new RateLimits(settings.rateLimits),
    log,
    ahead: () => (settings.clockUrl === undefined ? undefined : clock.offset),
    hurry: () => work.poke(),
  }
  const work = new SiteWork(site, {
    failed: (error) => log.error({ err: messageOf(error) }, 'due work failed; it is tried again'),
    // Where the clock is moved by hand, people watch the schedule as it is published.
    jitter: settings.clockUrl === undefined ? Math.random : () => 0,
  })
  const ending = new AbortController()
  const server = siteServer()
  serve(server, site)
  onlookers.before?.(server)
  if (settings.clockUrl !== undefined) {
    // Before anything is served: no request shall meet a site that lives in the past.
    await followClock({
      hub: settings.clockUrl,
      clock,
      party: { name: 'site', run: () => work.run(), next: () => work.next() },
      signal: ending.signal,
    }).catch(() => {
      throw new StartError(
        `The clock at CLOCK_URL (${settings.clockUrl}) does not answer: start it first (npm start does), or remove CLOCK_URL.`,
      )
    })
  }
  await listen(server, settings)
  // What rotated while the site was off. Not before the port is ours: a start that fails writes nothing.
  await site.keys.run(clock.now())
  work.poke()

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    ending.abort()
    await close(server)
    await work.stop()
    await store.close()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  endWithStdin(stop)
  process.stdout.write(`${JSON.stringify({ ready: 'site', url: settings.url })}\n`)
  log.info({ url: settings.url }, 'ready')
  return store
}

function listen(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new StartError(
              `Port ${port} on ${host} is in use: stop what listens there, or choose another one with PORT and SITE_URL.`,
            )
          : new StartError(
              `The site can't listen on ${host}, port ${port} (${error.code}). Choose others with HOST, PORT and SITE_URL.`,
            ),
      )
    })
    server.listen(port, host, resolve)
  })
}

/** Requests under way finish; idle connections are let go. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS)
    server.close(() => {
      clearTimeout(patience)
      clearInterval(sweep)
      resolve()
    })
    // A connection whose last answer was under way falls idle later.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP)
  })
}

/** In the playground the site must not outlive its parent, not even one that was killed. */
function endWithStdin(stop: () => Promise<void>): void {
  if (process.env.LATCHKEY_END_WITH_STDIN !== '1') return
  process.stdin.once('end', stop)
  process.stdin.once('error', stop)
  process.stdin.resume()
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'unknown failure'
