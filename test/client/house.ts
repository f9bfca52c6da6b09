import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine, type EnginePorts } from '../../client/engine.ts'
import { decodeHeld, type Held } from '../../client/held.ts'
import type { BrowserLauncher, CallbackVerdict, SecretStore } from '../../client/ports.ts'
import type { State } from '../../client/state.ts'
import { StoppedClock, VirtualClock } from '../../clock/clock.ts'
import { type Duration, SECOND } from '../../clock/moment.ts'
import { FakeSite, ISSUER, SERVICE } from './fake-site.ts'

export const START = Date.UTC(2026, 10, 23, 12)
export const REDIRECT_URI = 'http://127.0.0.1:51000/callback'

/** An entry in memory that remembers all it ever held. */
export class MemorySecrets implements SecretStore {
  value: string | undefined
  readonly history: string[] = []

  async read() {
    return this.value
  }

  async write(value: string) {
    this.value = value
    this.history.push(value)
  }

  async clear() {
    this.value = undefined
  }

  get held(): Held {
    return decodeHeld(this.value ?? '{"version":1}') ?? { version: 1 }
  }
}

export interface HouseOptions {
  readonly site?: FakeSite
  readonly secrets?: MemorySecrets
  readonly clock?: VirtualClock
  readonly ports?: Partial<EnginePorts>
  /** Addresses that find the way back before the person does. */
  readonly strangers?: (redirectUri: string) => readonly string[]
}

export interface LogLine {
  readonly event: string
  readonly text: string
}

/** One installation with its engine, and the site it talks to, at one virtual time. */
export function house(options: HouseOptions = {}) {
  const clock = options.clock ?? new VirtualClock(new StoppedClock(START))
  const site = options.site ?? new FakeSite(clock)
  const secrets = options.secrets ?? new MemorySecrets()
  const lines: LogLine[] = []
  const verdicts: CallbackVerdict[] = []
  const pauses: Duration[] = []
  const browser: BrowserLauncher = {
    async prepare() {
      return {
        redirectUri: REDIRECT_URI,
        async open(url, judge, signal) {
          signal.throwIfAborted()
          for (const stranger of options.strangers?.(REDIRECT_URI) ?? []) {
            const verdict = judge(stranger)
            verdicts.push(verdict)
            if (verdict.kind !== 'foreign') return stranger
          }
          const back = site.signIn(url)
          verdicts.push(judge(back))
          return back
        },
        async close() {},
      }
    },
  }
  const engine = new Engine(
    {
      issuer: ISSUER,
      clientId: 'latchkey-desktop',
      device: { name: 'Ada’s laptop', platform: 'linux' },
      services: [SERVICE],
    },
    {
      secrets,
      deviceKeys: keptDeviceKeys,
      browser,
      http: site.http,
      clock,
      log: (_level, event, details) => lines.push({ event, text: JSON.stringify(details ?? {}) }),
      pause: async (duration) => {
        pauses.push(duration)
        clock.advance(Math.max(duration, SECOND))
      },
      ...options.ports,
    },
  )
  const states: State['at'][] = []
  engine.subscribe((state) => states.push(state.at))
  return { engine, site, secrets, clock, lines, verdicts, pauses, states }
}

/** A house with somebody signed in. */
export async function signedIn(options: HouseOptions = {}) {
  const all = house(options)
  const result = await all.engine.signIn()
  if (result.kind !== 'ok') throw new Error(`Not signed in: ${JSON.stringify(result)}`)
  return all
}

export const ORDERS = `${SERVICE}/orders`
