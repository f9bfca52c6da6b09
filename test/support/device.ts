import * as v from 'valibot'
import { type DeviceKey, thumbprint, webCryptoDeviceKey } from '../../protocol/dpop/key.ts'
import { createProof } from '../../protocol/dpop/proof.ts'
import { TokenResponse } from '../../protocol/tokens.ts'
import { makeCode, type RunningSite } from './site.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly error?: string
    readonly reason?: string
    readonly [name: string]: unknown
  }
}

/**
 * A device as plain as can be: a key and one request at a time, so that a test says exactly what
 * goes over the wire. Fetches a nonce when it has none.
 */
export class TestDevice {
  readonly #site: Pick<RunningSite, 'url'>
  readonly key: DeviceKey
  #nonce: string | undefined

  private constructor(site: Pick<RunningSite, 'url'>, key: DeviceKey) {
    this.#site = site
    this.key = key
  }

  static async make(site: Pick<RunningSite, 'url'>): Promise<TestDevice> {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    return new TestDevice(site, webCryptoDeviceKey(pair))
  }

  /** The same device at another party, e.g. a service. */
  at(party: Pick<RunningSite, 'url'>): TestDevice {
    return new TestDevice(party, this.key)
  }

  async jkt(): Promise<string> {
    return thumbprint(await this.key.publicJwk())
  }

  async post(
    path: string,
    body: Record<string, string> | URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.#send('POST', path, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(body).toString(),
    })
  }

  async postJson(path: string, body: unknown): Promise<Answer> {
    return this.#send('POST', path, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }

  async get(path: string, accessToken: string): Promise<Answer> {
    return this.#send(
      'GET',
      path,
      { headers: { authorization: `DPoP ${accessToken}` } },
      accessToken,
    )
  }

  /** Changes something with an access token, by POST or DELETE. */
  async act(
    method: 'POST' | 'DELETE',
    path: string,
    accessToken: string,
    body?: unknown,
  ): Promise<Answer> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    return this.#send(
      method,
      path,
      {
        headers: { authorization: `DPoP ${accessToken}`, ...json },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      accessToken,
    )
  }

  refresh(refreshToken: string, attempt?: string): Promise<Answer> {
    return this.post(
      '/refresh',
      { refresh_token: refreshToken, client_id: 'latchkey-desktop' },
      attempt === undefined ? {} : { 'idempotency-key': attempt },
    )
  }

  /** Redeems a code that was made for this test: a signed-in device. */
  async signIn(site: RunningSite): Promise<TokenResponse & { refresh_token: string }> {
    return this.redeem(await makeCode(site, { jkt: await this.jkt() }))
  }

  async redeem({ code, codeVerifier, redirectUri }: Awaited<ReturnType<typeof makeCode>>) {
    const answer = await this.post('/token', {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
      code,
    })
    const tokens = v.parse(TokenResponse, answer.body)
    if (tokens.refresh_token === undefined) throw new Error('no refresh token')
    return { ...tokens, refresh_token: tokens.refresh_token }
  }

  async #send(
    method: string,
    path: string,
    init: { headers: Record<string, string>; body?: string },
    accessToken?: string,
  ): Promise<Answer> {
    const url = this.#site.url + path
    for (let tries = 0; ; tries++) {
      const proof = await createProof(this.key, {
        method,
        url,
        now: Date.now(),
        nonce: this.#nonce,
        accessToken,
      })
      const answer = await fetch(url, {
        method,
        ...init,
        headers: { ...init.headers, dpop: proof },
      })
      this.#nonce = answer.headers.get('dpop-nonce') ?? this.#nonce
      const text = await answer.text()
      const body = text === '' ? {} : JSON.parse(text)
      if (body.error !== 'use_dpop_nonce' || tries > 0) {
        return { status: answer.status, headers: answer.headers, body }
      }
    }
  }
}
