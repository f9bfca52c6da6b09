import type { KoaContextWithOIDC } from 'oidc-provider'
import { type B2cCode, b2cError, type ErrorValues, type OAuthError } from '../dialect/b2c/errors.ts'
import { codeOfFate } from '../dialect/b2c/grant-fate.ts'
import { tenantDomain } from '../dialect/b2c/paths.ts'
import { codeOf, type EngineError } from '../dialect/b2c/rewording.ts'
import type { EngineOptions } from './configuration.ts'

/** Words the engine's refusals as B2C does. */
export class Refusals {
  readonly #options: Pick<EngineOptions, 'config' | 'policy' | 'store' | 'clock'>

  constructor(options: Pick<EngineOptions, 'config' | 'policy' | 'store' | 'clock'>) {
    this.#options = options
  }

  /** One that B2C alone knows. */
  of(ctx: KoaContextWithOIDC, code: B2cCode, more: ErrorValues = {}): OAuthError {
    return b2cError(code, this.#options.clock.now(), { ...this.#valuesOf(ctx), ...more })
  }

  /** Errors that B2C names nowhere stay as they are. */
  reword(ctx: KoaContextWithOIDC, failure: EngineError): OAuthError {
    const said = { error: failure.error, error_description: failure.description }
    if (failure.description.startsWith('AADB2C')) return said
    const values = this.#valuesOf(ctx)
    const found = codeOf(failure, values) ?? this.#fateOf(ctx, failure)
    return found ? this.of(ctx, found.code, found.values) : said
  }

  /** Why a code or a refresh token is refused, which the engine tells nobody. */
  #fateOf(ctx: KoaContextWithOIDC, { error }: EngineError) {
    const { store, policy, clock } = this.#options
    if (error !== 'invalid_grant') return undefined
    const { code, refresh_token } = ctx.oidc.params ?? {}
    return codeOfFate(store.fateOf(String(code ?? refresh_token), policy), policy.id, clock.now())
  }

  /** What a text may name; never a secret. */
  #valuesOf(ctx: KoaContextWithOIDC): ErrorValues {
    const { config, policy } = this.#options
    const given: ErrorValues = Object.fromEntries(
      Object.entries({ ...ctx.query, ...ctx.oidc.params }).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    )
    const withSecret = given.client_secret !== undefined || ctx.get('authorization') !== ''
    return {
      ...given,
      client_secret: withSecret ? 'given' : undefined,
      tenant: tenantDomain(config.tenant),
      policy: policy.id,
    }
  }
}
