import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine, type EnginePorts } from '../../client/engine.ts'
import { decodeHeld } from '../../client/held.ts'
import { loopback } from '../../client/node/loopback.ts'
import type { Http, SecretStore } from '../../client/ports.ts'
import type { Clock } from '../../clock/clock.ts'
import { ScriptedBrowser } from '../../playground/stories/browser.ts'
import { createProof } from '../../protocol/dpop/proof.ts'
import type { ErrorBody } from '../../protocol/error-body.ts'
import { isReason, type Reason } from '../../protocol/reasons.ts'
import type { Ledger } from './ledger.ts'
import type { SharedTime } from './time.ts'

export interface DeviceParts {
  readonly site: string
  readonly service: string
  readonly email: string
  readonly password: string
  readonly clock: Clock
  readonly time: SharedTime
  readonly ledger: Ledger
  readonly network: Http
}

/** A keychain entry, which outlives the app. */
class Keychain implements SecretStore {
  value: string | undefined
  read = async () => this.value
  write = async (value: string) => {
    this.value = value
  }
  clear = async () => {
    this.value = undefined
  }
}

/** One installation: the real engine, which may be killed at any moment, and its person's browser. */
export class Device {
  readonly email: string
  readonly #parts: DeviceParts
  readonly #keychain = new Keychain()
  readonly #browser = new ScriptedBrowser()
  /** When the first request of an attempt left. */
  readonly #left = new Map<string, number>()
  #life = new AbortController()
  #engine: Engine
  #serviceNonce: string | undefined
  /** Kept by somebody who doesn't care for endings. */
  newestAccessToken: string | undefined

  constructor(parts: DeviceParts) {
    this.email = parts.email
    this.#parts = parts
    this.#engine = this.#newEngine()
  }

  get engine(): Engine {
    return this.#engine
  }

  /** The session that it holds, if any. */
  get session(): string | undefined {
    return this.#held?.session?.id
  }

  get refreshToken(): string | undefined {
    return this.#held?.session?.refreshToken
  }

  get #held() {
    return this.#keychain.value === undefined ? undefined : decodeHeld(this.#keychain.value)
  }

  /** The app dies where it stands; nothing that it had under way comes back. The next one starts. */
  async crash(): Promise<void> {
    this.#life.abort()
    this.#life = new AbortController()
    this.#engine = this.#newEngine()
    await this.#engine.start()
  }

  /** @returns whether somebody is signed in afterwards */
  async signIn(): Promise<'ok' | 'refused' | 'later'> {
    const { time, ledger } = this.#parts
    const after = time.atLeast
    const result = await this.#engine.signIn()
    const { session } = this
    if (session !== undefined) ledger.begun(session, after, time.atMost)
    return result.kind === 'ok' ? 'ok' : result.kind === 'refused' ? 'refused' : 'later'
  }

  /** Calls a service with the newest access token, whatever the engine thinks of it. */
  async callBare(url: string): Promise<{ status: number; reason: unknown }> {
    const key = await keptDeviceKeys.load(this.#held?.device?.keep)
    const accessToken = this.newestAccessToken
    if (!key || accessToken === undefined) throw new Error('This device never had a token.')
    for (let tries = 0; ; tries++) {
      const proof = await createProof(key, {
        method: 'GET',
        url,
        now: 0,
        nonce: this.#serviceNonce,
        accessToken,
      })
      const answer = await fetch(url, {
        headers: { authorization: `DPoP ${accessToken}`, dpop: proof },
      })
      this.#serviceNonce = answer.headers.get('dpop-nonce') ?? this.#serviceNonce
      const body = (await answer.json()) as ErrorBody
      if (body.error !== 'use_dpop_nonce' || tries > 0) {
        return { status: answer.status, reason: body.reason ?? body.error }
      }
    }
  }

  #newEngine(): Engine {
    const { site, service, clock } = this.#parts
    const { signal } = this.#life
    const mortal = mortalUntil(signal)
    const ports: EnginePorts = {
      secrets: {
        read: mortal(this.#keychain.read),
        write: mortal(this.#keychain.write),
        clear: mortal(this.#keychain.clear),
      },
      deviceKeys: keptDeviceKeys,
      browser: loopback({ openBrowser: mortal((url: string) => this.#goThrough(url)) }),
      http: mortal((request: Request) => this.#watched(request)),
      clock,
      log: () => {},
    }
    return new Engine(
      {
        issuer: site,
        clientId: 'latchkey-desktop',
        device: { name: `Laptop of ${this.email}`, platform: 'linux' },
        services: [service],
      },
      ports,
    )
  }

  /** What the person does once the browser has opened. */
  async #goThrough(url: string): Promise<void> {
    const { email, password } = this.#parts
    let page = await this.#browser.open(url)
    if (page.asksForPassword) page = await page.submit('Sign in', { email, password })
    // A page that leads nowhere: the person gives up at once, and not after five minutes.
    if (new URL(page.address).pathname !== '/callback') throw new Error('They did not come back.')
  }

  /** The network, looked at on the way by somebody who keeps the ledger. */
  async #watched(request: Request): Promise<Response> {
    const { ledger, network, time } = this.#parts
    const { pathname } = new URL(request.url)
    if (pathname !== '/refresh') {
      const answer = await network(request)
      if (pathname === '/token') await this.#keep(answer)
      return answer
    }
    const { session } = this
    const attempt = request.headers.get('idempotency-key') ?? ''
    const left = time.atLeast
    const firstLeft = this.#left.get(attempt) ?? left
    this.#left.set(attempt, firstLeft)
    if (session === undefined) return network(request)
    const causes = [...ledger.acknowledged(session)]
    let answer: Response
    try {
      answer = await network(request)
    } finally {
      ledger.mayHaveRefreshed(session, time.atMost)
    }
    if (answer.ok) {
      ledger.refreshed(session, firstLeft, left, time.atMost, causes)
      this.#left.clear()
      await this.#keep(answer)
    } else {
      const body = (await answer.clone().json()) as ErrorBody
      if (body.error === 'invalid_grant') {
        ledger.heardEnd(session, reasonIn(body), time.atMost)
        this.#left.clear()
      }
    }
    return answer
  }

  async #keep(answer: Response): Promise<void> {
    if (!answer.ok) return
    const { access_token } = (await answer.clone().json()) as { access_token?: string }
    this.newestAccessToken = access_token ?? this.newestAccessToken
  }
}

const reasonIn = ({ reason }: ErrorBody): Reason | undefined =>
  isReason(reason) ? reason : undefined

/** What a dead process asked for never comes back to it, and what it would do is not done. */
const mortalUntil =
  (signal: AbortSignal) =>
  <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    if (signal.aborted) return never()
    const done = await work(...args).catch((error: unknown): Promise<R> => {
      if (signal.aborted) return never()
      throw error
    })
    return signal.aborted ? never() : done
  }

const never = <R>(): Promise<R> => new Promise<R>(() => {})
