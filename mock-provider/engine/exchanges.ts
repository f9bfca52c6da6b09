import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { B2cCode, OAuthError } from '../dialect/b2c/errors.ts'

/** What is known of one request besides what the engine is told, and what the engine says of it. */
export interface Exchange {
  /** Nobody may be asked anything. */
  readonly silent: boolean
  /** What B2C refuses in it, and the engine would not. */
  readonly refusal: B2cCode | undefined
  /** The engine's refusal, in B2C's words. */
  refused?: OAuthError
  /** Its view of the request, once tokens were given out. */
  granted?: KoaContextWithOIDC
}

/** The requests that are being answered. */
export class Exchanges {
  readonly #byRequest = new WeakMap<IncomingMessage, Exchange>()

  begin(request: IncomingMessage, exchange: Exchange): Exchange {
    this.#byRequest.set(request, exchange)
    return exchange
  }

  of(request: IncomingMessage): Exchange | undefined {
    return this.#byRequest.get(request)
  }
}
