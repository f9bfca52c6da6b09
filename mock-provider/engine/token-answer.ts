import type { KoaContextWithOIDC } from 'oidc-provider'
import { toSeconds } from '../../clock/moment.ts'
import {
  accessTokenClaims,
  clientInfo,
  type EngineClaims,
  profileInfo,
} from '../dialect/b2c/claims.ts'
import { scpOf } from '../dialect/b2c/scopes.ts'
import type { EngineOptions } from './configuration.ts'

/** What B2C answers in place of what the engine gave out; without an API's scope it holds no access token. */
export async function tokenAnswer(
  { oidc, body }: KoaContextWithOIDC,
  options: Pick<EngineOptions, 'policy' | 'config' | 'people' | 'keys' | 'clock'> & {
    readonly issuer: string
  },
): Promise<Record<string, unknown>> {
  const { policy, config, people, keys, issuer } = options
  const given = body as Readonly<Record<string, unknown>>
  const { Account, AccessToken, AuthorizationCode, RefreshToken } = oidc.entities
  const person = people.byOid(Account?.accountId ?? '')
  if (!person) throw new Error('Tokens were given out for nobody.')
  const now = toSeconds(options.clock.now())
  const source = RefreshToken ?? AuthorizationCode
  const subject = { person, policy, issuer }
  const access = readJwt(given.access_token)
  const api = access && config.applications.find(({ clientId }) => clientId === access.aud)
  const idToken = readJwt(given.id_token)
  return {
    ...(access && {
      access_token: await keys.sign(
        accessTokenClaims(access, subject, {
          clientId: oidc.client?.clientId ?? '',
          scp: api && scpOf(AccessToken?.scope ?? '', api),
          nonce: source?.nonce,
        }),
      ),
      expires_in: given.expires_in,
      expires_on: now + Number(given.expires_in),
      resource: access.aud,
    }),
    ...(idToken && {
      id_token: given.id_token,
      id_token_expires_in: Number(idToken.exp) - Number(idToken.iat),
    }),
    token_type: 'Bearer',
    not_before: now,
    profile_info: profileInfo(person, config.tenant),
    scope: oidc.params?.scope ?? source?.scope,
    ...(given.refresh_token !== undefined && {
      refresh_token: given.refresh_token,
      refresh_token_expires_in: RefreshToken?.expiration,
    }),
    ...(oidc.body?.client_info === '1' && {
      client_info: clientInfo(person, policy, config.tenant),
    }),
  }
}

/** The engine's opaque tokens, and none, have nothing to read. */
const readJwt = (token: unknown): EngineClaims | undefined =>
  typeof token === 'string' && token.includes('.') ? claimsOf(token) : undefined

export const claimsOf = (token: string): EngineClaims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as EngineClaims
