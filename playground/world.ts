import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SystemClock } from '../clock/clock.ts'
import { ClockHub } from '../clock/hub.ts'
import { REDIRECT_URIS } from '../extension/identity.ts'
import { type FileStore, openFileStore } from '../idp/store/file-store.ts'
import { readClockFile, writeClockFile } from './clock-file.ts'
import { consoleApp } from './console/console.tsx'
import { PlaygroundFailure } from './failure.ts'
import { FaultBoard } from './faults.ts'
import { History } from './history/history.ts'
import { House } from './house.ts'
import { Party, type ReadyLine } from './party.ts'
import { type Newcomer, providerConfig } from './people.ts'
import { type Ports, takeDefaultPorts, takePortBlock } from './ports.ts'
import type { PartyName } from './scene.ts'
import { seedWrites } from './seed.ts'
import { Feed } from './site/feed.ts'
import type { Order, Weight } from './site/orders.ts'

export interface WorldOptions {
  readonly ports: 'default' | 'free'
  /** The folder that everything is stored in; made when it isn't there. */
  readonly data: string
  /** The folder of the bundled programs (run.mjs). */
  readonly programs: URL
  /** Called with a sentence when a party ended by itself. */
  readonly died: (sentence: string) => void
  /** People whom the provider knows besides the seeded ones. */
  readonly newcomers?: readonly Newcomer[]
  /** Settings of the site that are to be others. */
  readonly siteSettings?: Readonly<Record<string, string>>
}

export interface Addresses {
  readonly console: string
  readonly site: string
  readonly provider: string
  readonly service: string
}

const PROGRAMS = {
  // Each as it is, and somebody who looks over its shoulder.
  provider: 'watched-provider.mjs',
  site: 'watched-site.mjs',
  service: 'watched-service.mjs',
} as const satisfies Record<PartyName, string>

/** Everything on one machine: the clock, the parties and the console. */
export class World {
  readonly #options: WorldOptions
  readonly #server: Server
  readonly #secrets = {
    provider: secret('hex'),
    webhook: `whsec_${secret('base64')}`,
    admin: secret('hex'),
  }
  readonly #parties = new Map<PartyName, Party>()
  #ports: Ports | undefined
  #hub: ClockHub | undefined
  #feed: Feed | undefined
  #house: House | undefined
  #stopping = false

  constructor(options: WorldOptions) {
    this.#options = options
    this.#server = createServer()
  }

  get addresses(): Addresses {
    if (!this.#ports) throw new Error('The world has not started.')
    const { console, site, provider, service } = this.#ports
    return {
      console: `http://127.0.0.1:${console}`,
      site: `http://127.0.0.1:${site}`,
      // Another host name keeps the browser's cookie jars apart: they ignore ports (DESIGN §3).
      provider: `http://localhost:${provider}`,
      service: `http://127.0.0.1:${service}`,
    }
  }

  /** What the site's admin API takes; fresh at each start. */
  get adminKey(): string {
    return this.#secrets.admin
  }

  /** What the site holds in memory; `undefined` when it is down. */
  async weighSite(): Promise<Weight | undefined> {
    return this.#feed?.weigh()
  }

  /**
   * Brings everything up; resolves when all of it serves.
   *
   * @throws PlaygroundFailure or a party's own sentence; what was started is still to be stopped
   */
  async start(): Promise<void> {
    const { ports, data } = this.#options
    this.#ports = await (ports === 'free' ? takePortBlock : takeDefaultPorts)(this.#server)
    makeFolder(data)
    // Whoever else uses this folder is found out before anything in it is written.
    await (await this.#openStore()).close()
    this.#openClock()
    await this.#startParties()
  }

  /** One of the parties, to be stopped, started and restarted on its port. */
  party(name: PartyName): Party {
    const party = this.#parties.get(name)
    if (!party) throw new PlaygroundFailure(`The ${name} has not been started yet.`)
    return party
  }

  /** Wipes everything and begins anew at real time. */
  async reset(): Promise<void> {
    await this.#hub?.reset(
      async () => {
        await this.#stopParties()
        rmSync(this.#folder('site'), { recursive: true, force: true })
        this.#feed?.mirror.clear()
        this.#house?.forget()
      },
      () => this.#startParties(),
    )
  }

  /** Ends the parties in order, and then the console. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#stopParties()
    await new Promise((resolve) => {
      this.#server.close(resolve)
      this.#server.closeAllConnections()
    })
  }

  #openClock(): void {
    const file = this.#folder('clock.json')
    const hub = new ClockHub({ base: new SystemClock(), ...readClockFile(file) })
    // Watchers hear of a new time first: it is written before any party can store something of it.
    hub.watch((tick) => writeClockFile(file, tick))
    this.#hub = hub
    const house = this.#openHouse(hub)
    const app = consoleApp({
      house,
      script: new URL('console-page.js', this.#options.programs),
      report: (error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
        appendFileSync(this.#folder('logs', 'console.log'), `${text}\n`)
      },
    })
    mkdirSync(this.#folder('logs'), { recursive: true })
    this.#server.on('request', app.callback())
  }

  #openHouse(hub: ClockHub): House {
    const history = new History(this.#folder('history.jsonl'))
    const faults = new FaultBoard()
    const say = (order: Order) => this.#parties.get('site')?.say(JSON.stringify(order)) ?? false
    const feed = new Feed({
      history,
      say,
      now: () => hub.now(),
      changed: () => this.#house?.changed(),
      met: (fault) => this.#house?.faultMet(fault),
      // A provider that goes down now says so by itself.
      providerAnswered: () => void this.#house?.providerAnswered().catch(() => {}),
    })
    this.#feed = feed
    this.#house = new House({
      hub,
      history,
      feed,
      faults,
      say,
      reset: () => this.reset(),
      party: (name) => this.#parties.get(name),
      addresses: () => this.addresses,
      console: () => this.addresses.console,
      adminKey: this.#secrets.admin,
    })
    return this.#house
  }

  async #startParties(): Promise<void> {
    const { issuer, resetIssuer } = await this.#startParty('provider', this.#providerEnvironment())
    if (issuer === undefined) {
      throw new PlaygroundFailure('The provider did not say its issuer in its ready line.')
    }
    await this.#seed(issuer)
    await Promise.all([
      this.#startParty('site', this.#siteEnvironment(issuer, resetIssuer)),
      this.#startParty('service', this.#serviceEnvironment()),
    ])
  }

  #startParty(name: PartyName, environment: Record<string, string>): Promise<ReadyLine> {
    if (this.#stopping) throw new PlaygroundFailure('The playground is being ended.')
    const party = new Party({
      name,
      program: fileURLToPath(new URL(PROGRAMS[name], this.#options.programs)),
      environment: { ...environment, CLOCK_URL: this.addresses.console },
      logFile: this.#folder('logs', `${name}.log`),
      hear: (line) => this.#feed?.hear(name, line) ?? false,
      changed: (state) => this.#stopping || this.#house?.partyChanged(name, state),
      died: this.#options.died,
    })
    this.#parties.set(name, party)
    return party.start()
  }

  async #stopParties(): Promise<void> {
    await Promise.all([...this.#parties.values()].map((party) => party.stop()))
  }

  /** People and accounts, before the site opens the store; what is there already is left alone. */
  async #seed(issuer: string): Promise<void> {
    const store = await this.#openStore()
    try {
      const now = this.#hub?.now()
      if (now !== undefined && store.isEmpty()) await store.commit(seedWrites(issuer, now))
    } finally {
      await store.close()
    }
  }

  #openStore(): Promise<FileStore> {
    return openFileStore(this.#folder('site'), { log: () => {}, onFailure: () => {} })
  }

  #providerEnvironment(): Record<string, string> {
    const { site, provider } = this.addresses
    const file = this.#folder('provider.json')
    const config = providerConfig(
      {
        clientId: CLIENT_ID,
        clientSecret: this.#secrets.provider,
        name: 'Latchkey',
        redirectUris: [`${site}/integrations/oauth2/callback`],
        postLogoutRedirectUris: [`${site}/signin/purged`],
      },
      this.#options.newcomers,
    )
    writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
    // The control API is for faults, and where people here read the mails that the provider would send.
    return { PROVIDER_CONFIG: file, PORT: portOf(provider), PROVIDER_CONTROL: '1' }
  }

  #siteEnvironment(issuer: string, resetIssuer: string | undefined): Record<string, string> {
    const { site, service } = this.addresses
    return {
      LATCHKEY_DEV: '1',
      SITE_URL: site,
      HOST: '127.0.0.1',
      PORT: portOf(site),
      DATA: this.#folder('site'),
      AUDIENCE: site,
      EXTENSION_REDIRECT_URIS: JSON.stringify(REDIRECT_URIS),
      ADMIN_KEY: this.#secrets.admin,
      PROVIDERS: JSON.stringify([
        {
          name: 'b2c',
          label: 'Contoso',
          issuer,
          reset_issuer: resetIssuer,
          client_id: CLIENT_ID,
          client_secret: this.#secrets.provider,
          // B2C answers with an access token only when its own application is asked for.
          scope: `openid ${CLIENT_ID}`,
          domains: [],
        },
      ]),
      SERVICES: JSON.stringify([
        { url: new URL('/webhooks', service).href, secret: this.#secrets.webhook },
      ]),
      // Our sample service is on this very machine.
      ALLOW_INTERNAL_SERVICES: JSON.stringify([service]),
      ...this.#options.siteSettings,
    }
  }

  #serviceEnvironment(): Record<string, string> {
    const { site, service } = this.addresses
    return {
      PORT: portOf(service),
      HOST: '127.0.0.1',
      SERVICE_URL: service,
      ISSUER: site,
      AUDIENCE: site,
      WEBHOOK_SECRET: this.#secrets.webhook,
    }
  }

  #folder(...names: readonly string[]): string {
    return join(this.#options.data, ...names)
  }
}

/** B2C names applications by UUIDs. */
const CLIENT_ID = '1a7c4ce7-0000-4000-8000-00000000c11e'

/** Fresh at each start: nothing that is stored depends on it. */
const secret = (encoding: 'hex' | 'base64') => randomBytes(32).toString(encoding)

const portOf = (address: string) => new URL(address).port

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Found out now, and not when something is lost.
    const probe = join(folder, `.writable-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new PlaygroundFailure(
      `The folder ${folder} can't be written (${code}): choose another by --data <folder>, or give yourself the right to write there.`,
    )
  }
}
