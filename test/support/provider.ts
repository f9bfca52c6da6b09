import type { VirtualClock } from '../../clock/clock.ts'
import { SECOND, toSeconds } from '../../clock/moment.ts'
import type { Settings } from '../../idp/settings.ts'
import {
  type Provider,
  type ProviderIdentity,
  type ProviderRequest,
  Providers,
  type ResetJourney,
} from '../../idp/sign-in/provider.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { PROVIDER } from './site.ts'

/** A provider that does what a test says and remembers what it was asked. */
export class ScriptedProvider implements Provider {
  readonly settings: Provider['settings'] = { ...PROVIDER, scope: 'openid', domains: [] }
  readonly #clock: Pick<VirtualClock, 'now'>
  readonly idToken = `eyJhbGciOiJFUzI1NiJ9.${'ID'.repeat(20)}.${'sig'.repeat(20)}`
  /** In the order of the calls: where browsers were sent, and which codes were redeemed. */
  readonly asked: (
    | 'sign-in'
    | 'probe'
    | 'logout'
    | 'identity'
    | 'reset'
    | 'reset-logout'
    | 'reset-identity'
  )[] = []
  readonly requests: ProviderRequest[] = []
  readonly codes: string[] = []
  hasLogout = true
  hasReset = false
  /** Whether it can't be reached. */
  away = false
  /** Changes the identity of the next answers; throws what a failed check would. */
  says: (
    identity: ProviderIdentity,
    request: ProviderRequest,
  ) => ProviderIdentity | Promise<ProviderIdentity> = (identity) => identity

  constructor(clock: Pick<VirtualClock, 'now'>) {
    this.#clock = clock
  }

  get reset(): ResetJourney | undefined {
    if (!this.hasReset) return undefined
    return {
      resetUrl: async (request) => this.#ask('reset', request),
      logoutUrl: async (idToken, state) => this.#logout('reset-logout', idToken, state),
      identity: (callback, request) => this.#identity('reset-identity', callback, request),
    }
  }

  async signInUrl(request: ProviderRequest, loginHint: string | undefined): Promise<string> {
    return this.#ask('sign-in', request, loginHint)
  }

  async probeUrl(request: ProviderRequest): Promise<string> {
    return this.#ask('probe', request)
  }

  async logoutUrl(idToken: string | undefined, state: string): Promise<string | undefined> {
    return this.#logout('logout', idToken, state)
  }

  identity(callback: URL, request: ProviderRequest): Promise<ProviderIdentity> {
    return this.#identity('identity', callback, request)
  }

  #logout(what: 'logout' | 'reset-logout', idToken: string | undefined, state: string) {
    this.#reach()
    if (!this.hasLogout) return undefined
    this.asked.push(what)
    return `${PROVIDER.issuer}logout?${new URLSearchParams({ state, id_token_hint: idToken ?? '' })}`
  }

  async #identity(
    what: 'identity' | 'reset-identity',
    callback: URL,
    request: ProviderRequest,
  ): Promise<ProviderIdentity> {
    this.asked.push(what)
    this.codes.push(callback.searchParams.get('code') ?? '')
    return this.says(
      {
        issuer: PROVIDER.issuer,
        subject: 'ada',
        name: 'Ada',
        email: 'ada@example.test',
        authTime: toSeconds(this.#clock.now()) * SECOND,
        passwordReset: false,
        idToken: this.idToken,
      },
      request,
    )
  }

  #ask(what: 'sign-in' | 'probe' | 'reset', request: ProviderRequest, loginHint?: string): string {
    this.#reach()
    this.asked.push(what)
    this.requests.push(request)
    const hint = loginHint === undefined ? {} : { login_hint: loginHint }
    return `${PROVIDER.issuer}authorize?${new URLSearchParams({ state: request.state, ...hint })}`
  }

  #reach(): void {
    if (this.away) throw new LatchkeyError('temporarily_unavailable', 'It is away just now.')
  }
}

/** The list of providers that holds only this one. */
export class OnlyProvider extends Providers {
  readonly #provider: Provider

  constructor(provider: Provider, settings: Settings, clock: VirtualClock) {
    super([], { url: settings.url, clock })
    this.#provider = provider
  }

  override named(name: string): Provider | undefined {
    return name === this.#provider.settings.name ? this.#provider : undefined
  }

  override forHint(): Provider {
    return this.#provider
  }
}
