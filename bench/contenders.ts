import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { SystemClock } from '../clock/clock.ts'
import { MINUTE } from '../clock/moment.ts'
import { formatRefreshToken, newRefreshSecret, newSessionId } from '../idp/tokens/refresh-token.ts'
import { Party } from '../playground/party.ts'
import { ADDRESSES } from '../protocol/addresses.ts'
import type { BenchDevice } from './devices.ts'
import type { HeldSession, Target } from './load.ts'
import { readCost } from './process-cost.ts'
import { seed } from './seed.ts'

/** Where the contenders find what they need. */
export interface Ground {
  /** A folder that is removed afterwards. */
  readonly folder: string
  /** The folder of the bundled programs. */
  readonly programs: URL
  readonly devices: readonly BenchDevice[]
}

/** A server in a process of its own, and the signed-in devices that it knows. */
export interface Contender {
  readonly party: Party
  readonly target: Target
  /** Where its public keys are. */
  readonly jwks: string
  /** Its own folder. */
  readonly data: string
  readonly sessions: readonly HeldSession[]
  /** Milliseconds from its start until it served. */
  readonly startTime: number
  /** Bytes it held then; `undefined` where the system doesn't tell. */
  readonly startMemory: number | undefined
}

const clock = new SystemClock()

/** A million sessions on a busy machine take their time. */
const START_PATIENCE = 2 * MINUTE

/** What a store of ours is called that holds so many sessions. */
export const latchkeyWith = (sessions: number): string => `latchkey-${sessions}`

/** The site as it is, with its file store, in which there are so many sessions. */
export async function startLatchkey(
  ground: Ground,
  port: number,
  sessions: number,
): Promise<Contender> {
  const name = latchkeyWith(sessions)
  const devices = ground.devices.slice(0, sessions)
  const tokens = await seed(path.join(ground.folder, name), sessions, devices, clock.now())
  const provider = {
    name: 'none',
    label: 'None',
    issuer: 'http://localhost:9/',
    client_id: 'site',
    client_secret: 'unused',
  }
  return start(ground, port, {
    name,
    devices,
    ready: 'site',
    program: 'bench-watched-site.mjs',
    path: ADDRESSES.refresh,
    environment: {
      PROVIDERS: JSON.stringify([provider]),
      SERVICES: '[]',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
    },
    tokens: () => tokens,
  })
}

/** See limit.ts. */
export async function startLimit(ground: Ground, port: number): Promise<Contender> {
  folderOf(ground, 'limit')
  return start(ground, port, {
    name: 'limit',
    devices: ground.devices,
    ready: 'limit',
    program: 'bench-limit.mjs',
    path: ADDRESSES.refresh,
    environment: {},
    tokens: () =>
      ground.devices.map(() =>
        formatRefreshToken({ sessionId: newSessionId(), secret: newRefreshSecret() }),
      ),
  })
}

/** See oidc-provider.ts. */
export async function startOidcProvider(ground: Ground, port: number): Promise<Contender> {
  const data = folderOf(ground, 'oidc-provider')
  const jkts = ground.devices.map(({ jkt }) => jkt)
  writeFileSync(path.join(data, 'jkts.json'), JSON.stringify(jkts))
  return start(ground, port, {
    name: 'oidc-provider',
    devices: ground.devices,
    ready: 'oidc-provider',
    program: 'bench-oidc-provider.mjs',
    path: '/token',
    environment: {},
    tokens: () =>
      v.parse(
        v.array(v.string()),
        JSON.parse(readFileSync(path.join(data, 'tokens.json'), 'utf8')),
      ),
  })
}

interface Description {
  readonly name: string
  readonly devices: readonly BenchDevice[]
  /** What its ready line calls it. */
  readonly ready: string
  readonly program: string
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
  /** The refresh tokens of the devices, in their order, once it is up. */
  readonly tokens: () => readonly string[]
}

async function start(ground: Ground, port: number, what: Description): Promise<Contender> {
  const url = `http://127.0.0.1:${port}`
  const data = path.join(ground.folder, what.name)
  const party = new Party({
    name: what.ready,
    program: fileURLToPath(new URL(what.program, ground.programs)),
    environment: { NODE_ENV: 'production', SITE_URL: url, DATA: data, ...what.environment },
    logFile: path.join(ground.folder, `${what.name}.log`),
    patience: START_PATIENCE,
  })
  const began = performance.now()
  await party.start()
  const startTime = performance.now() - began
  const tokens = what.tokens()
  return {
    party,
    target: { name: what.name, url: url + what.path, clientId: 'latchkey-desktop' },
    jwks: url + ADDRESSES.jwks,
    data,
    sessions: what.devices.map((device, index) => ({
      device,
      refreshToken: tokens[index] ?? '',
      accessToken: undefined,
    })),
    startTime,
    startMemory: party.pid === undefined ? undefined : readCost(party.pid)?.rssBytes,
  }
}

function folderOf(ground: Ground, name: string): string {
  const folder = path.join(ground.folder, name)
  mkdirSync(folder, { mode: 0o700 })
  return folder
}
