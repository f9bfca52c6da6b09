import * as client from 'openid-client'
import type { Clock } from '../../clock/clock.ts'
import { SystemClock } from '../../clock/clock.ts'
import { fromSeconds, SECOND } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { ProviderSettings } from '../settings.ts'
import type { ProviderIdentity, ProviderRequest } from './provider.ts'

/** Real seconds that a provider may take to answer. */
const PROVIDER_PATIENCE = 10

/** The two addresses of ours that a provider sends browsers back to; both are registered there. */
export const CALLBACK_PATH = '/integrations/oauth2/callback'
export const PURGED_PATH = '/signin/purged'

/** What we are to one issuer of a provider, spoken to by openid-client. */
export interface RelyingParty {
  /** What the issuer's ID tokens say in `iss`. */
  issuer(): Promise<string>
  authorizeUrl(request: ProviderRequest, more: Readonly<Record<string, string>>): Promise<string>
  logoutUrl(idToken: string | undefined, state: string): Promise<string | undefined>
  identity(callback: URL, request: ProviderRequest): Promise<ProviderIdentity>
}

/** @param issuer where its metadata is found; its tokens alone are taken */
export function relyingParty(
  settings: ProviderSettings,
  issuer: string,
  site: { readonly url: string; readonly clock: Clock },
): RelyingParty {
  const wall = new SystemClock()
  let metadata: client.ServerMetadata | undefined
  let signingKeys: client.ExportedJWKSCache | undefined

  /** Discovered at first use, so that the site starts while the provider is away; kept once found. */
  async function configuration(): Promise<client.Configuration> {
    const local = issuer.startsWith('http:')
    try {
      metadata ??= (
        await client.discovery(new URL(issuer), settings.client_id, undefined, undefined, {
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

  return {
    issuer: async () => (await configuration()).serverMetadata().issuer,
    async authorizeUrl(request, more) {
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
    },
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
        passwordReset: settings.reset_claim !== undefined && claims[settings.reset_claim] === true,
        idToken: tokens.id_token,
      }
    },
  }
}

const textClaim = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim.trim() !== '' ? claim.trim().slice(0, 200) : undefined

const firstText = (claim: unknown): string | undefined =>
  Array.isArray(claim) ? textClaim(claim[0]) : undefined
