import type Koa from 'koa'
import compose from 'koa-compose'
import { type Configuration, errors, interactionPolicy, Provider } from 'oidc-provider'
import type { Clock } from '../clock/clock.ts'
import { HOUR, MINUTE, toSeconds } from '../clock/moment.ts'
import type { Policy, ProviderConfig } from './config.ts'
import {
  accessTokenClaims,
  type EngineClaims,
  idTokenClaims,
  profileInfo,
} from './dialect/b2c/claims.ts'
import { asB2c, type OAuthError } from './dialect/b2c/errors.ts'
import { ENDPOINTS, FIRST_PAGE, issuerOf, policyKey, tenantDomain } from './dialect/b2c/paths.ts'
import type { SigningKeys } from './keys.ts'
import { failurePage } from './pages/failure.tsx'
import { sendPage } from './pages/send.ts'
import type { People } from './people.ts'
import type { Store } from './store.ts'

export interface EngineOptions {
  readonly origin: string
  readonly policy: Policy
  readonly config: ProviderConfig
  readonly people: People
  readonly store: Store
  readonly keys: SigningKeys
  readonly clock: Clock
  readonly failed: (error: unknown) => void
}

/** oidc-provider behind one policy: codes, PKCE, sessions and grants are its business. */
export interface Engine {
  readonly provider: Provider
  readonly policy: Policy
  readonly issuer: string
  /** Lets the engine answer `base` + `rest`, and rewords its answer as B2C's. */
  run(ctx: Koa.Context, base: string, rest: string): Promise<void>
}

/** How cookies are set: for the life of the browser, since the server alone judges time. */
export const COOKIE = { httpOnly: true, sameSite: 'lax', path: '/' } as const

export function createEngine(options: EngineOptions): Engine {
  const { policy, config, people, clock, keys } = options
  const issuer = issuerOf(options.origin, config, policy)
  const provider = new Provider(issuer, configuration(options))
  const handle = compose(provider.middleware as Koa.Middleware[])

  provider.on('server_error', (_ctx, error) => options.failed(error))
  // RFC 9207's parameter, which B2C doesn't send.
  provider.on('authorization.success', (_ctx, out) => {
    delete (out as { iss?: string }).iss
  })
  // The one place that every ID token passes. The class belongs to this provider alone.
  const { prototype } = provider.IdToken
  const issue = prototype.issue
  prototype.issue = async function (context) {
    const token = await issue.call(this, context)
    if (context.use !== 'idtoken') return token
    const claims = claimsOf(token)
    const person = people.byOid(String(claims.sub))
    if (!person) throw new errors.InvalidGrant('the person is no longer there')
    const happened = {
      newUser: people.takeNewcomer(person.oid),
      isForgotPassword: people.takeForgetful(person.oid),
    }
    return keys.sign(idTokenClaims(claims, { person, policy, issuer }, happened))
  }

  /** B2C's token response; without an API's scope it holds no access token at all. */
  async function rewordTokens(ctx: Koa.Context): Promise<void> {
    const engine = ctx.body as Record<string, unknown>
    const idToken = claimsOf(String(engine.id_token))
    const person = people.byOid(String(idToken.sub))
    if (!person) return
    const now = toSeconds(clock.now())
    const given = String(engine.access_token)
    const access = given.includes('.') ? claimsOf(given) : undefined
    const clientId = String(idToken.aud)
    ctx.body = {
      ...(access && {
        access_token: await keys.sign({
          ...accessTokenClaims(access, { person, policy, issuer }, clientId),
          ...(idToken.nonce === undefined ? {} : { nonce: idToken.nonce }),
        }),
        expires_in: engine.expires_in,
        expires_on: now + Number(engine.expires_in),
        resource: access.aud,
      }),
      id_token: engine.id_token,
      token_type: 'Bearer',
      not_before: now,
      id_token_expires_in: Number(idToken.exp) - Number(idToken.iat),
      profile_info: profileInfo(person, config.tenant),
      scope: engine.scope,
    }
  }

  return {
    provider,
    policy,
    issuer,
    async run(ctx, base, rest) {
      const path = ctx.path
      ctx.path = rest
      ctx.mountPath = base
      try {
        await handle(ctx, async () => {
          ctx.status = 404
        })
      } finally {
        ctx.path = path
      }
      if (rest === ENDPOINTS.token && hasIdToken(ctx.body)) await rewordTokens(ctx)
      rewordFrontChannel(ctx, (error) => asB2c(error, clock.now()))
    },
  }
}

const hasIdToken = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'id_token' in body

const claimsOf = (token: string): EngineClaims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as EngineClaims

/** Errors that go back through the browser get B2C's words and lose `iss`. */
function rewordFrontChannel(ctx: Koa.Context, reword: (error: OAuthError) => OAuthError): void {
  if (typeof ctx.body === 'string') {
    ctx.body = ctx.body.replace(/<input type="hidden" name="iss"[^>]*>/, '')
  }
  const location = ctx.response.get('location')
  if (!/[?#&]error=/.test(location)) return
  const to = new URL(location)
  const inFragment = to.hash !== ''
  const parameters = inFragment ? new URLSearchParams(to.hash.slice(1)) : to.searchParams
  parameters.delete('iss')
  const { error, error_description } = reword({
    error: parameters.get('error') ?? '',
    error_description: parameters.get('error_description') ?? '',
  })
  parameters.set('error', error)
  parameters.set('error_description', error_description)
  if (inFragment) to.hash = parameters.toString()
  // Keeps the status, and makes the body say the same.
  ctx.redirect(to.href)
}

function configuration(options: EngineOptions): Configuration {
  const { config, policy, people, clock } = options
  const base = `/${tenantDomain(config.tenant)}/${policyKey(policy)}`
  return {
    adapter: options.store.adapterFor(policyKey(policy)),
    jwks: { keys: [options.keys.privateJwk] },
    clients: config.applications.map((application) => ({
      client_id: application.clientId,
      client_secret: application.clientSecret,
      client_name: application.name,
      application_type: application.type === 'native' ? 'native' : 'web',
      redirect_uris: [...application.redirectUris],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method:
        application.clientSecret === undefined ? 'none' : 'client_secret_post',
    })),
    routes: { authorization: ENDPOINTS.authorize, token: ENDPOINTS.token, jwks: ENDPOINTS.keys },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        // B2C: an application that asks for its own id as a scope gets an access token for itself.
        defaultResource: (ctx, client, oneOf) => {
          const asked = String(ctx.oidc.params?.scope ?? '').split(' ')
          return oneOf ?? (asked.includes(client.clientId) ? resourceOf(client.clientId) : [])
        },
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource, client) => {
          if (resource !== resourceOf(client.clientId)) throw new errors.InvalidTarget()
          return {
            scope: client.clientId,
            audience: client.clientId,
            accessTokenFormat: 'jwt',
            accessTokenTTL: toSeconds(policy.lifetimes.accessToken),
            jwt: { sign: { alg: 'RS256' } },
          }
        },
      },
    },
    scopes: ['openid'],
    claims: { openid: ['sub', 'auth_time'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    cookies: {
      names: {
        session: `x-ms-cpim-sso:${tenantDomain(config.tenant)}_0`,
        interaction: 'x-ms-cpim-trans',
        resume: 'x-ms-cpim-rc',
      },
      long: COOKIE,
      short: { httpOnly: true, sameSite: 'lax' },
    },
    ttl: {
      AccessToken: toSeconds(policy.lifetimes.accessToken),
      AuthorizationCode: toSeconds(10 * MINUTE),
      Grant: toSeconds(policy.lifetimes.session),
      IdToken: toSeconds(policy.lifetimes.idToken),
      Interaction: toSeconds(HOUR),
      // Rolling: the engine saves the session anew each time it is used.
      Session: toSeconds(policy.lifetimes.session),
    },
    expiresWithSession: () => false,
    interactions: {
      policy: whatToAsk(policy),
      url: (_ctx, interaction) =>
        `${base}${ENDPOINTS[FIRST_PAGE[policy.journey]]}?${new URLSearchParams({
          tx: transactionOf(policy, interaction.uid),
          p: policy.id,
        })}`,
    },
    // B2C asks for no consent: each application of the tenant is granted what it asks for.
    async loadExistingGrant(ctx) {
      const { account, client, session, resourceServers } = ctx.oidc
      if (!account || !client) return undefined
      const known = session?.grantIdFor(client.clientId)
      const found = known === undefined ? undefined : await ctx.oidc.provider.Grant.find(known)
      const grant =
        found?.accountId === account.accountId
          ? found
          : new ctx.oidc.provider.Grant({
              accountId: account.accountId,
              clientId: client.clientId,
            })
      grant.addOIDCScope('openid')
      for (const [resource, server] of Object.entries(resourceServers ?? {})) {
        grant.addResourceScope(resource, [...server.scopes].join(' '))
      }
      await grant.save()
      return grant
    },
    findAccount: (_ctx, oid) =>
      people.byOid(oid) && { accountId: oid, claims: async () => ({ sub: oid }) },
    renderError(ctx, out) {
      const { error, error_description = '' } = out
      sendPage(ctx, failurePage(asB2c({ error, error_description }, clock.now())), ctx.status)
    },
  }
}

const resourceOf = (clientId: string) => `urn:app:${clientId}`

function whatToAsk({ journey }: Policy) {
  const policy = interactionPolicy.base()
  // `prompt=consent` may be asked for and changes nothing.
  policy.get('consent')?.checks.clear()
  // Whoever is led to the reset resets, whatever session there is.
  if (journey === 'reset') {
    policy
      .get('login')
      ?.checks.add(
        new interactionPolicy.Check(
          'reset_asked_for',
          'the password is to be reset',
          ({ oidc }) => !oidc.result?.login,
        ),
      )
  }
  return policy
}

/** B2C's `tx`: names the policy too, for the way back from a social provider doesn't. */
const transactionOf = (policy: Policy, uid: string): string =>
  `StateProperties=${Buffer.from(JSON.stringify({ TID: uid, P: policyKey(policy) })).toString('base64url')}`

/** @returns the handle and the policy's key, `undefined` when the text is not a `tx`. */
export function readTransaction(tx: unknown): { uid: string; policy: string } | undefined {
  if (typeof tx !== 'string') return undefined
  try {
    const json = Buffer.from(tx.replace(/^StateProperties=/, ''), 'base64url').toString()
    const { TID, P } = JSON.parse(json) as Record<string, unknown>
    return typeof TID === 'string' && typeof P === 'string' ? { uid: TID, policy: P } : undefined
  } catch {
    return undefined
  }
}
