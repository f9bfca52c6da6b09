import * as client from 'openid-client'
import type { Clock } from '../../clock/clock.ts'
import type { Moment } from '../../clock/moment.ts'
import type { ProviderSettings } from '../settings.ts'
import { relyingParty } from './relying-party.ts'

/** What the provider said of the person who signed in, all checks passed. */
export interface ProviderIdentity {
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly email: string | null
  /** When the provider says that the person proved themselves. */
  readonly authTime: Moment | undefined
  /** Whether they reset their password on the way of signing in (`reset_claim`). */
  readonly passwordReset: boolean
  /** Goes back to the provider as `id_token_hint`, then is forgotten. */
  readonly idToken: string
}

/** What an authorization request at the provider must be answered with. */
export interface ProviderRequest {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

export const newProviderRequest = (): ProviderRequest => ({
  state: client.randomState(),
  nonce: client.randomNonce(),
  codeVerifier: client.randomPKCECodeVerifier(),
})

/** One trusted provider. */
export interface Provider {
  readonly settings: ProviderSettings
  /** Where the browser goes to prove the person: always asked, never silent (DESIGN §4 no. 2). */
  signInUrl(request: ProviderRequest, loginHint: string | undefined): Promise<string>
  /** Where the browser goes so that we see whether the provider still knows somebody. */
  probeUrl(request: ProviderRequest): Promise<string>
  /** Where the browser goes to end the provider's session; `undefined` when the provider has no such place. */
  logoutUrl(idToken: string | undefined, state: string): Promise<string | undefined>
  /** Redeems the provider's code; checks state, `iss`, nonce, audience and signature (OIDC Core §3.1.3.7). */
  identity(callback: URL, request: ProviderRequest): Promise<ProviderIdentity>
  /** Its journey that resets a password, where that stands beside the sign-in. */
  readonly reset: ResetJourney | undefined
}

/** A reset beside the sign-in: at B2C a policy of its own, which may have an issuer of its own. */
export interface ResetJourney extends Pick<Provider, 'logoutUrl'> {
  resetUrl(request: ProviderRequest): Promise<string>
  /**
   * As at the sign-in, by its own issuer and keys. The issuer in the answer is the sign-in's: both
   * policies name a person by the same subject, and people are known by the sign-in's.
   */
  identity(callback: URL, request: ProviderRequest): Promise<ProviderIdentity>
}

export class Providers {
  readonly #providers: readonly Provider[]

  constructor(all: readonly ProviderSettings[], site: { url: string; clock: Clock }) {
    this.#providers = all.map((settings) => openIdProvider(settings, site))
  }

  named(name: string): Provider | undefined {
    return this.#providers.find(({ settings }) => settings.name === name)
  }

  /** The one that a person's e-mail belongs to, otherwise the default. */
  forHint(loginHint: string | undefined): Provider {
    const domain = loginHint?.split('@').at(-1)?.toLowerCase()
    const chosen = this.#providers.find(
      ({ settings }) => domain !== undefined && settings.domains.includes(domain),
    )
    // The settings hold at least one.
    return chosen ?? (this.#providers[0] as Provider)
  }
}

/** Whoever is asked proves themselves now, whatever session the provider has. */
const ASK = { prompt: 'login', max_age: '0' }

function openIdProvider(settings: ProviderSettings, site: { url: string; clock: Clock }): Provider {
  const { issuer, authorizeUrl, logoutUrl, identity } = relyingParty(
    settings,
    settings.issuer,
    site,
  )
  const { reset_issuer } = settings
  const reset = reset_issuer === undefined ? undefined : relyingParty(settings, reset_issuer, site)
  return {
    settings,
    signInUrl: (request, loginHint) =>
      authorizeUrl(request, {
        ...ASK,
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      }),
    probeUrl: (request) => authorizeUrl(request, { prompt: 'none' }),
    logoutUrl,
    identity,
    reset: reset && {
      resetUrl: (request) => reset.authorizeUrl(request, ASK),
      logoutUrl: reset.logoutUrl,
      async identity(callback, request) {
        // Asked first: what can't be judged is better not redeemed.
        const known = await issuer()
        return { ...(await reset.identity(callback, request)), issuer: known }
      },
    },
  }
}
