import type Koa from 'koa'
import compose from 'koa-compose'
import { errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Policy } from './config.ts'
import { clientInfo, idTokenClaims } from './dialect/b2c/claims.ts'
import { ENDPOINTS, issuerOf } from './dialect/b2c/paths.ts'
import type { EngineError } from './dialect/b2c/rewording.ts'
import { forEngine } from './engine/authorize-request.ts'
import { allowLocalPages } from './engine/clients.ts'
import { configuration, type EngineOptions } from './engine/configuration.ts'
import { Exchanges } from './engine/exchanges.ts'
import { Refusals } from './engine/refusals.ts'
import { type Answer, answerIn } from './engine/response-modes.ts'
import { cookieInScope, withinScope } from './engine/session-scope.ts'
import { claimsOf, tokenAnswer } from './engine/token-answer.ts'
import { forgetPrompts, spoilAnswer } from './faults/front-channel.ts'
import { readForm } from './form.ts'

/** oidc-provider behind one policy: codes, PKCE, sessions and grants are its business. */
export interface Engine {
  readonly provider: Provider
  readonly policy: Policy
  readonly issuer: string
  /**
   * Answers an authorization request, or goes on with one.
   *
   * @param base - what stood before the endpoint
   * @param tail - the engine's handle of a sign-in that comes back; empty for a new one
   */
  authorize(ctx: Koa.Context, base: string, tail: string): Promise<void>
  /** Answers a token request. */
  token(ctx: Koa.Context, base: string): Promise<void>
}

export function createEngine(options: EngineOptions): Engine {
  const { policy, config, people, keys } = options
  const issuer = issuerOf(options.origin, config, policy)
  const exchanges = new Exchanges()
  const refusals = new Refusals(options)
  const provider = new Provider(issuer, configuration(options, exchanges))
  const handle = compose(provider.middleware as Koa.Middleware[])

  provider.on('server_error', (ctx, error) => {
    options.failed(error)
    refused(ctx, { error: 'server_error', description: '', detail: '' })
  })
  provider.on('authorization.error', (ctx, error) => refused(ctx, readError(error)))
  provider.on('grant.error', (ctx, error) => refused(ctx, readError(error)))
  provider.on('grant.success', (ctx) => {
    const exchange = exchanges.of(ctx.req)
    if (exchange) exchange.granted = ctx
  })
  answerIn(provider, (ctx, answer) => spoilAnswer(b2cAnswer(ctx, answer), options.faults))
  allowLocalPages(provider)

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
      idpAccessToken: people.idpAccessToken(person.oid),
    }
    return keys.sign(idTokenClaims(claims, { person, policy, issuer }, happened))
  }

  function refused(ctx: KoaContextWithOIDC, failure: EngineError): void {
    const exchange = exchanges.of(ctx.req)
    if (exchange) exchange.refused = refusals.reword(ctx, failure)
  }

  /** RFC 9207's `iss`, which B2C doesn't send, goes; `client_info` comes when it was asked for. */
  function b2cAnswer(ctx: KoaContextWithOIDC, { iss: _, ...answer }: Answer): Answer {
    const refused = exchanges.of(ctx.req)?.refused
    if (refused) return { ...answer, ...refused }
    const person = people.byOid(ctx.oidc.account?.accountId ?? '')
    if (ctx.oidc.params?.client_info !== '1' || !person) return answer
    return { ...answer, client_info: clientInfo(person, policy, config.tenant) }
  }

  /** Lets the engine answer `base` + `rest` as if that had been the address. */
  async function run(ctx: Koa.Context, base: string, rest: string, query?: URLSearchParams) {
    const { url, method } = ctx
    ctx.path = rest
    if (query) ctx.querystring = query.toString()
    ctx.mountPath = base
    try {
      await handle(ctx, async () => {
        ctx.status = 404
      })
    } finally {
      ctx.url = url
      ctx.method = method
    }
  }

  /** Shows the engine the one session that the application shares at this policy. */
  async function within(ctx: Koa.Context, clientId: unknown, answer: () => Promise<void>) {
    const cookie = provider.cookieName('session')
    const scoped = cookieInScope(policy, config.tenant, String(clientId))
    await withinScope(ctx, cookie, scoped, async () => {
      if (policy.keepMeSignedIn === undefined) await keepNoLonger(ctx.cookies.get(cookie))
      await answer()
    })
  }

  /** B2C's rule: a policy that keeps nobody signed in ends it for those who come by. */
  async function keepNoLonger(id: string | undefined): Promise<void> {
    const session = id === undefined ? undefined : await provider.Session.find(id)
    if (!session?.accountId || session.transient) return
    session.transient = true
    await session.persist()
  }

  return {
    provider,
    policy,
    issuer,
    async authorize(ctx, base, tail) {
      if (tail !== '') {
        exchanges.begin(ctx.req, { silent: false, refusal: undefined })
        const begun = await provider.Interaction.find(tail.slice(1))
        return within(ctx, begun?.params.client_id, () =>
          run(ctx, base, ENDPOINTS.authorize + tail),
        )
      }
      const posted = ctx.method === 'POST' ? await readForm(ctx.req) : undefined
      if (posted) ctx.method = 'GET'
      const wanted = posted ?? new URLSearchParams(ctx.querystring)
      forgetPrompts(wanted, options.faults)
      const { parameters, ...asked } = forEngine(wanted)
      exchanges.begin(ctx.req, asked)
      await within(ctx, parameters.get('client_id'), () =>
        run(ctx, base, ENDPOINTS.authorize, parameters),
      )
    },
    async token(ctx, base) {
      const exchange = exchanges.begin(ctx.req, { silent: false, refusal: undefined })
      await run(ctx, base, ENDPOINTS.token)
      if (exchange.granted) {
        ctx.body = await tokenAnswer(exchange.granted, { ...options, issuer })
      } else if (exchange.refused) {
        ctx.body = exchange.refused
        if (ctx.status < 500) ctx.status = 400
      }
    },
  }
}

const readError = (error: errors.OIDCProviderError): EngineError => ({
  error: error.error,
  description: error.error_description ?? '',
  detail: error.error_detail ?? '',
})
