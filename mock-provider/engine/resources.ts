import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { toSeconds } from '../../clock/moment.ts'
import type { Application, Policy } from '../config.ts'
import type { B2cCode, ErrorValues, OAuthError } from '../dialect/b2c/errors.ts'
import { judgeScopes, scopesOf } from '../dialect/b2c/scopes.ts'
import type { Exchanges } from './exchanges.ts'

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

export interface ResourceOptions {
  readonly policy: Policy
  readonly applications: readonly Application[]
  readonly exchanges: Exchanges
  readonly refusal: (ctx: KoaContextWithOIDC, code: B2cCode, more?: ErrorValues) => OAuthError
}

/** Whom access tokens are for. B2C tells it from the scopes that are asked for. */
export const resourceIndicators = (options: ResourceOptions): ResourceIndicators => ({
  enabled: true,
  // The engine has judged the client and its address by now: refusals go back to the application.
  defaultResource(ctx, client, oneOf) {
    if (oneOf !== undefined) return oneOf
    const refuse = (code: B2cCode, more?: ErrorValues) => {
      const { error, error_description } = options.refusal(ctx, code, more)
      return new errors.CustomOIDCProviderError(error, error_description)
    }
    const refused = options.exchanges.of(ctx.req)?.refusal
    if (refused) throw refuse(refused)
    const { scope } = ctx.oidc.params ?? {}
    const asked = typeof scope === 'string' ? scope : undefined
    const verdict = judgeScopes(asked, client.clientId, options.applications)
    if (verdict.kind === 'refused') throw refuse(verdict.code, { scope: verdict.scope })
    return verdict.audience ? resourceOf(verdict.audience) : []
  },
  useGrantedResource: () => true,
  getResourceServerInfo(_ctx, resource, client) {
    const audience = options.applications.find((one) => resourceOf(one) === resource)
    if (!audience) throw new errors.InvalidTarget()
    return {
      scope: scopesOf(audience, client.clientId).join(' '),
      audience: audience.clientId,
      accessTokenFormat: 'jwt',
      accessTokenTTL: toSeconds(options.policy.lifetimes.accessToken),
      jwt: { sign: { alg: 'RS256' } },
    }
  },
})

const resourceOf = ({ clientId }: Application) => `urn:app:${clientId}`
