import type Koa from 'koa'
import compose from 'koa-compose'
import { errors, Provider } from 'oidc-provider'
import { toSeconds } from '../clock/moment.ts'
import type { Policy } from './config.ts'
import {
  accessTokenClaims,
  type EngineClaims,
  idTokenClaims,
  profileInfo,
} from './dialect/b2c/claims.ts'
import { asB2c } from './dialect/b2c/errors.ts'
import { ENDPOINTS, issuerOf } from './dialect/b2c/paths.ts'
import { configuration, type EngineOptions } from './engine/configuration.ts'
import { rewordFrontChannel } from './engine/front-channel.ts'

/** oidc-provider behind one policy: codes, PKCE, sessions and grants are its business. */
export interface Engine {
  readonly provider: Provider
  readonly policy: Policy
  readonly issuer: string
  /** Lets the engine answer `base` + `rest`, and rewords its answer as B2C's. */
  run(ctx: Koa.Context, base: string, rest: string): Promise<void>
}

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
