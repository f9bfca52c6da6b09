import * as oidc from 'openid-client'
import type { Http } from '../../../client/ports.ts'
import { type Clock, SystemClock } from '../../../clock/clock.ts'
import { SECOND } from '../../../clock/moment.ts'
import type { EmbeddedSettings } from '../settings.ts'
import { EMBEDDED_APPLICATION } from './application.ts'

const [REDIRECT_URI] = EMBEDDED_APPLICATION.redirectUris

/** Real seconds that the provider may take to answer. */
const PATIENCE = 10

/** Whether this is where the provider leads with its answer. */
export const isAnswer = (address: string): boolean =>
  address === REDIRECT_URI || address.startsWith(`${REDIRECT_URI}?`)

/** One authorization request, and what its answer says. */
export interface Question {
  readonly url: string
  /** The error, or `code`, or `nothing`. A code of a probe is never redeemed. */
  word(answer: string): string
  /** @returns whom the provider signed in */
  redeem(answer: string): Promise<string>
}

/**
 * The provider, spoken to as the seed's app did: by the app itself. All that can be done right in that
 * way is done (PKCE, state, nonce): what is wrong with it lies in the window.
 */
export class EmbeddedProvider {
  readonly #settings: EmbeddedSettings
  readonly #http: Http
  readonly #clock: Clock

  constructor(settings: EmbeddedSettings, http: Http, clock: Clock) {
    this.#settings = settings
    this.#http = http
    this.#clock = clock
  }

  /** @param prompt `none`: answer without asking anybody, or say that you would have to */
  async ask(prompt?: 'none'): Promise<Question> {
    const config = await this.#discover()
    const state = oidc.randomState()
    const nonce = oidc.randomNonce()
    const codeVerifier = oidc.randomPKCECodeVerifier()
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      // B2C answers with an access token only when its own application is asked for.
      scope: `openid ${this.#settings.clientId}`,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ...(prompt === undefined ? {} : { prompt }),
    })
    return {
      url: url.href,
      word(answer) {
        const said = new URL(answer).searchParams
        if (said.get('state') !== state) return 'nothing'
        return said.get('error') ?? (said.has('code') ? 'code' : 'nothing')
      },
      async redeem(answer) {
        const tokens = await oidc.authorizationCodeGrant(config, new URL(answer), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        const name = tokens.claims()?.name
        return typeof name === 'string' && name !== '' ? name : 'somebody without a name'
      },
    }
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId } = this.#settings
    const local = issuer.startsWith('http:')
    const ahead = this.#clock.now() - new SystemClock().now()
    return oidc.discovery(
      new URL(issuer),
      clientId,
      // openid-client reads wall time; tell it how far our clock is from that (DESIGN §7).
      { [oidc.clockSkew]: Math.round(ahead / SECOND) },
      oidc.None(),
      {
        timeout: PATIENCE,
        [oidc.customFetch]: (url, options) => this.#http(new Request(url, options as RequestInit)),
        // Plain http is taken for this machine's own addresses only: the settings make sure of that.
        execute: local ? [oidc.allowInsecureRequests] : [],
      },
    )
  }
}
