import * as client from 'openid-client'
import type { Clock } from '../../clock/clock.ts'
import { SystemClock } from '../../clock/clock.ts'
import { fromSeconds, type Moment, SECOND } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { ProviderSettings } from '../settings.ts'

/** Real seconds that a provider may take to answer. */
const PROVIDER_PATIENCE = 10

/** What the provider said of the person who signed in, all checks passed. */
export interface ProviderIdentity {
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly email: string | null
  /** When the provider says that the person proved themselves. */
  readonly authTime: Moment | undefined
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

/** One trusted provider, spoken to by openid-client. */
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

/** The two addresses of ours that a provider sends browsers back to; both are registered there. */
export const CALLBACK_PATH = '/integrations/oauth2/callback'
export const PURGED_PATH = '/signin/purged'

function openIdProvider(settings: ProviderSettings, site: { url: string; clock: Clock }): Provider {
  const wall = new SystemClock()
  let metadata: client.ServerMetadata | undefined
  let signingKeys: client.ExportedJWKSCache | undefined

  /** Discovered at first use, so that the site starts while the provider is away; kept once found. */
  async function configuration(): Promise<client.Configuration> {
    const local = settings.issuer.startsWith('http:')
    try {
      metadata ??= (
        await client.discovery(new URL(settings.issuer), settings.client_id, undefined, undefined, {
          timeout: PROVIDER_PATIENCE,
          // Plain http is taken for this machine's own addresses only: the settings made sure of that.
          execute: local ? [client.allowInsecureRequests] : [],
        })
      ).serverMetadata()
    } catch (cause) {
      throw new LatchkeyError(
        'temporarily_unavailable',
        `${settings.label} can't be reached just now. Please try again in a minute.`,
        { cause, retryAfter: 60 },
      )
    }
    const config = new client.Configuration(
      metadata,
      settings.client_id,
      {
        client_secret: settings.client_secret,
        // openid-client reads wall time; tell it how far our clock is from that (DESIGN §7).
        [client.clockSkew]: Math.round((site.clock.now() - wall.now()) / SECOND),
      },
      client.ClientSecretPost(settings.client_secret),
    )
    config.timeout = PROVIDER_PATIENCE
    if (local) client.allowInsecureRequests(config)
    // TLS alone would do by OIDC Core §3.1.3.7 no. 6, and openid-client leaves it at that unless asked.
    client.enableNonRepudiationChecks(config)
    if (signingKeys) client.setJwksCache(config, signingKeys)
    return config
  }

  async function authorizeUrl(request: ProviderRequest, more: Record<string, string>) {
    const url = client.buildAuthorizationUrl(await configuration(), {
      redirect_uri: site.url + CALLBACK_PATH,
      scope: settings.scope,
      state: request.state,
      nonce: request.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(request.codeVerifier),
      code_challenge_method: 'S256',
      ...more,
    })
    return url.href
  }

  return {
    settings,
    signInUrl: (request, loginHint) =>
      authorizeUrl(request, {
        prompt: 'login',
        max_age: '0',
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      }),
    probeUrl: (request) => authorizeUrl(request, { prompt: 'none' }),
    async logoutUrl(idToken, state) {
      const config = await configuration()
      if (!config.serverMetadata().end_session_endpoint) return undefined
      return client.buildEndSessionUrl(config, {
        post_logout_redirect_uri: site.url + PURGED_PATH,
        state,
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      }).href
    },
    async identity(callback, request) {
      const config = await configuration()
      const tokens = await client.authorizationCodeGrant(config, callback, {
        expectedState: request.state,
        expectedNonce: request.nonce,
        pkceCodeVerifier: request.codeVerifier,
        idTokenExpected: true,
      })
      signingKeys = client.getJwksCache(config)
      const claims = tokens.claims()
      if (!claims || !tokens.id_token) throw new Error('The provider sent no ID token.')
      return {
        issuer: claims.iss,
        subject: claims.sub,
        name: textClaim(claims.name) ?? textClaim(claims.email) ?? 'Unnamed person',
        // B2C sends `emails`, a list; others send `email` (notes/b2c.md §1.3).
        email: firstText(claims.emails) ?? textClaim(claims.email) ?? null,
        authTime: typeof claims.auth_time === 'number' ? fromSeconds(claims.auth_time) : undefined,
        idToken: tokens.id_token,
      }
    },
  }
}

const textClaim = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim.trim() !== '' ? claim.trim().slice(0, 200) : undefined

const firstText = (claim: unknown): string | undefined =>
  Array.isArray(claim) ? textClaim(claim[0]) : undefined
