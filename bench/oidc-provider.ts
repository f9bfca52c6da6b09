import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Configuration, Provider } from 'oidc-provider'
import { SystemClock } from '../clock/clock.ts'
import { DAY, HOUR, toSeconds } from '../clock/moment.ts'
import { accountClaim, subscriptionClaim } from '../idp/tokens/access-token.ts'
import { MemoryAdapter } from './memory-adapter.ts'
import { person } from './people.ts'
import { serve, surroundings } from './serve.ts'

/** The API that access tokens are for; with one, oidc-provider issues JWTs (RFC 9068). */
const RESOURCE = 'https://api.example.test'
const CLIENT = 'latchkey-desktop'

const clock = new SystemClock()

/**
 * oidc-provider at the same work: refresh tokens rotated at each use and bound to a device key, a
 * server nonce in every proof, an access token as JWT by ES256 with the same claims. What would cost
 * it time and is not asked for is switched off: ID tokens, userinfo, the development screens.
 */
async function start(): Promise<void> {
  const { url, data } = surroundings()
  const provider = new Provider(url, await configuration())
  const jkts = JSON.parse(readFileSync(path.join(data, 'jkts.json'), 'utf8')) as string[]
  const tokens = await Promise.all(jkts.map((jkt, number) => refreshToken(provider, jkt, number)))
  writeFileSync(path.join(data, 'tokens.json'), JSON.stringify(tokens), { mode: 0o600 })
  serve('oidc-provider', url, provider.callback())
}

async function configuration(): Promise<Configuration> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { account, membership } = person(0, clock.now())
  const claims = {
    account: accountClaim(account, membership),
    subscription: subscriptionClaim(account),
  }
  return {
    adapter: MemoryAdapter,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['http://127.0.0.1/callback'],
        id_token_signed_response_alg: 'ES256',
        dpop_bound_access_tokens: true,
      },
    ],
    scopes: ['api', 'offline_access'],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    extraTokenClaims: () => claims,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: toSeconds(HOUR),
      Grant: toSeconds(180 * DAY),
      RefreshToken: toSeconds(14 * DAY),
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'api',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  }
}

/** As the code exchange would have made it. */
async function refreshToken(provider: Provider, jkt: string, number: number): Promise<string> {
  const accountId = `usr_${number}`
  const client = await provider.Client.find(CLIENT)
  if (!client) throw new Error('The client is missing.')
  const grant = new provider.Grant({ accountId, clientId: CLIENT })
  grant.addResourceScope(RESOURCE, 'api')
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId: await grant.save(),
    gty: 'authorization_code',
    authTime: toSeconds(clock.now()),
    resource: RESOURCE,
    scope: 'api',
    sessionUid: randomBytes(16).toString('base64url'),
    expiresWithSession: false,
    jkt,
  })
  return token.save()
}

await start()
