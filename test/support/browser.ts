import { createHash } from 'node:crypto'
import { newSecret } from '../../idp/tokens/secret.ts'
import { OnlyProvider, ScriptedProvider } from './provider.ts'
import type { RawAnswer } from './raw.ts'
import { FORM, send } from './request.ts'
import { type RunningSite, startSite } from './site.ts'

/** A browser as plain as can be: a jar for our site's cookies, and no redirect is followed. */
export class TestBrowser {
  readonly #url: string
  readonly jar = new Map<string, string>()

  constructor({ url }: Pick<RunningSite, 'url'>) {
    this.#url = url
  }

  /** Opens a path of ours, or an address of ours. */
  get(to: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
    return this.#send('GET', to, headers)
  }

  /** Sends a form as a page of ours does. */
  post(
    to: string,
    form: Record<string, string>,
    headers: Record<string, string> = { origin: this.#url },
  ): Promise<RawAnswer> {
    return this.#send('POST', to, { 'content-type': FORM, ...headers }, form)
  }

  async #send(
    method: string,
    to: string,
    headers: Record<string, string>,
    form?: Record<string, string>,
  ): Promise<RawAnswer> {
    const { pathname, search } = new URL(to, this.#url)
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(this.#url, {
      method,
      path: pathname + search,
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    })
    for (const line of cookieLines(answer)) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) this.jar.delete(name)
      else this.jar.set(name, value)
    }
    return answer
  }
}

/** The `Set-Cookie` lines of an answer; none of ours has a comma. */
export const cookieLines = ({ headers }: RawAnswer): readonly string[] =>
  headers['set-cookie']?.split(', ') ?? []

/** Where an answer leads; the empty address when nowhere. */
export const whereTo = ({ headers }: RawAnswer): URL => new URL(headers.location ?? 'about:blank')

export const REDIRECT_URI = 'http://127.0.0.1:5000/callback'

/** A site whose provider does what the test says. */
export async function startScriptedSite(environment: Readonly<Record<string, string>> = {}) {
  let provider: ScriptedProvider | undefined
  const site = await startSite(
    environment,
    (settings) => settings,
    (settings, clock) => {
      provider = new ScriptedProvider(clock)
      return new OnlyProvider(provider, settings, clock)
    },
  )
  if (!provider) throw new Error('The site asked for no provider.')
  return { site, provider }
}

/** One sign-in, step by step, as a desktop client and its browser make it. */
export class SignInSteps {
  readonly browser: TestBrowser
  readonly codeVerifier = newSecret()
  readonly state = `state-${newSecret()}`
  readonly #query: Readonly<Record<string, string>> | undefined

  constructor(browser: TestBrowser, query?: Readonly<Record<string, string>>) {
    this.browser = browser
    this.#query = query
  }

  get request(): URLSearchParams {
    return new URLSearchParams(
      this.#query ?? {
        client_id: 'latchkey-desktop',
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        state: this.state,
        code_challenge: createHash('sha256').update(this.codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
      },
    )
  }

  /** To the provider; answers with the `state` that it was given. */
  async start(): Promise<string> {
    const answer = await this.browser.get(`/signin?${this.request}`)
    return stateIn(answer)
  }

  /** Back from the provider with a code; answers with the `state` of the logout. */
  async return(state: string): Promise<string> {
    return stateIn(await this.browser.get(callback({ state, code: 'provider-code' })))
  }

  /** Back from the logout; answers with the `state` of the probe. */
  async purged(state: string): Promise<string> {
    return stateIn(await this.browser.get(`/signin/purged?state=${state}`))
  }

  /** Back from the probe, by default with the answer that it should have. */
  probed(state: string, answer: Record<string, string> = { error: 'login_required' }) {
    return this.browser.get(callback({ state, ...answer }))
  }

  /** All of it. */
  async all(): Promise<RawAnswer> {
    return this.probed(await this.purged(await this.return(await this.start())))
  }
}

export const callback = (query: Record<string, string>): string =>
  `/integrations/oauth2/callback?${new URLSearchParams(query)}`

/** The `state` that somebody was sent on with. */
export function stateIn(answer: RawAnswer): string {
  const state = whereTo(answer).searchParams.get('state')
  if (state === null) throw new Error(`Nobody was sent on: ${answer.status} ${answer.body}`)
  return state
}
