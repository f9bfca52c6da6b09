import { createHash, randomBytes } from 'node:crypto'
import type { ServedPolicy } from '../../mock-provider/server.ts'
import { WEB } from './applications.ts'
import type { Browser, Page } from './browser.ts'
import { password } from './world.ts'

/** What a client asks, word by word: no library stands between the test and the wire. */
export interface Asked {
  readonly application?: { clientId: string; clientSecret?: string; redirectUris: string[] }
  readonly redirectUri?: string
  readonly scope?: string
  /** Parameters that are to be others; `undefined` leaves one out. */
  readonly more?: Readonly<Record<string, string | undefined>> | undefined
}

export type Json = Record<string, unknown>

export const claimsOf = (token: unknown): Json =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())

export const headerOf = (token: unknown): Json =>
  JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString())

export const decoded = (text: unknown): Json =>
  JSON.parse(Buffer.from(String(text), 'base64url').toString())

/** Only what there is. */
const form = (fields: Readonly<Record<string, string | undefined>>) =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

/** Speaks to one policy. */
export class ByHand {
  readonly #authority: string
  readonly verifier = randomBytes(32).toString('base64url')

  constructor(policy: Pick<ServedPolicy, 'authority'> | undefined) {
    this.#authority = policy?.authority ?? ''
  }

  authorizeUrl({
    application = WEB,
    redirectUri,
    scope = 'openid offline_access',
    more,
  }: Asked = {}): string {
    const query = form({
      client_id: application.clientId,
      redirect_uri: redirectUri ?? application.redirectUris[0],
      response_type: 'code',
      scope,
      state: 'st',
      nonce: 'no',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    })
    return `${this.#authority}/oauth2/v2.0/authorize?${query}`
  }

  /** To wherever the browser is led: back to the application, or to a page. */
  ask(browser: Browser, asked?: Asked): Promise<Page> {
    return browser.get(this.authorizeUrl(asked))
  }

  /** Signs somebody in, whatever session there was. */
  async signIn(browser: Browser, asked: Asked = {}, email = 'alice@example.test'): Promise<Page> {
    const more = { ...asked.more, prompt: 'login' }
    return browser.submit(await this.ask(browser, { ...asked, more }), { email, password })
  }

  /** Signs somebody in and redeems the code. */
  async tokens(browser: Browser, asked: Asked = {}, more: Asked['more'] = {}): Promise<Json> {
    const code = codeOf(await this.signIn(browser, asked))
    return (await this.redeem(code, asked, more)).body
  }

  redeem(code: string, { application = WEB, redirectUri }: Asked = {}, more: Asked['more'] = {}) {
    return this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri ?? application.redirectUris[0],
      client_id: application.clientId,
      client_secret: application.clientSecret,
      code_verifier: this.verifier,
      ...more,
    })
  }

  refresh(token: unknown, { application = WEB }: Asked = {}, more: Asked['more'] = {}) {
    return this.token({
      grant_type: 'refresh_token',
      refresh_token: String(token),
      client_id: application.clientId,
      client_secret: application.clientSecret,
      ...more,
    })
  }

  async token(
    fields: Readonly<Record<string, string | undefined>>,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Json; headers: Headers }> {
    const answer = await fetch(`${this.#authority}/oauth2/v2.0/token`, {
      method: 'POST',
      headers,
      body: form(fields),
    })
    return { status: answer.status, body: (await answer.json()) as Json, headers: answer.headers }
  }
}

/** What came back to the application, by query or by fragment. */
export const answerOf = ({ url }: Page): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(url.search === '' ? url.hash.slice(1) : url.search))

export const codeOf = ({ url }: Page): string => url.searchParams.get('code') ?? ''

/** `AADB2C90080` of whatever says it: a callback, a page, or a token answer. */
export function codeSaid(from: Page | Json): string | undefined {
  const text =
    'html' in from && typeof from.html === 'string'
      ? `${(from as Page).url.href} ${from.html}`
      : String((from as Json).error_description)
  return /AADB2C\d{5}/.exec(text)?.[0]
}
