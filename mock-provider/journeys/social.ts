import { randomBytes } from 'node:crypto'
import type Koa from 'koa'
import type { Clock } from '../../clock/clock.ts'
import { MINUTE, type Moment } from '../../clock/moment.ts'
import type { Person } from '../config.ts'
import { csrfToken, isOurForm, readForm } from '../form.ts'
import { seeOther, sendPage } from '../pages/send.ts'
import { socialPage } from '../pages/social.tsx'
import type { People } from '../people.ts'
import { SOCIAL_PROVIDERS, type SocialProvider } from '../social-providers.ts'

const CODE_LIFE = MINUTE

/** `/social/google.com/authorize` */
const PATH = /^\/social\/([^/]+)\/authorize$/

/** Who came back from a social provider, and what it gave the tenant besides. */
export interface Visit {
  readonly person: Person
  /** The provider's own access token, where B2C hands it on. */
  readonly idpAccessToken: string | undefined
}

/** The stand-ins for the social providers: each has a page of its own and sends back a code. */
export class Social {
  readonly #people: People
  readonly #clock: Clock
  /** The one address that the stand-ins know: B2C's. */
  readonly #back: string
  readonly #codes = new Map<string, Visit & { readonly state: string; readonly until: Moment }>()

  constructor(people: People, clock: Clock, back: string) {
    this.#people = people
    this.#clock = clock
    this.#back = back
  }

  /** Where the tenant sends a browser that pressed the provider's button. */
  begin(provider: SocialProvider, state: string): string {
    return `/social/${provider.idp}/authorize?${new URLSearchParams({ state })}`
  }

  /** Answers the stand-ins' own addresses; `false` for every other one. */
  async answer(ctx: Koa.Context): Promise<boolean> {
    const idp = PATH.exec(ctx.path)?.[1]
    const provider = SOCIAL_PROVIDERS.find((one) => one.idp === idp)
    const { state } = ctx.query
    if (!provider || typeof state !== 'string') return false
    if (ctx.method === 'GET') this.#page(ctx, provider, { email: '' }, 200)
    else if (ctx.method === 'POST') await this.#submit(ctx, provider, state)
    else return false
    return true
  }

  /** Takes a code, once; `undefined` when it is unknown, old, used, or for another sign-in. */
  redeem(code: unknown, state: string): Visit | undefined {
    const found = typeof code === 'string' ? this.#codes.get(code) : undefined
    if (typeof code === 'string') this.#codes.delete(code)
    if (!found || found.state !== state || found.until <= this.#clock.now()) return undefined
    return found
  }

  async #submit(ctx: Koa.Context, provider: SocialProvider, state: string): Promise<void> {
    const form = await readForm(ctx.req)
    if (!form || !isOurForm(ctx, form)) {
      const problem = 'This form is not from a page of ours in this browser. Please try again.'
      return this.#page(ctx, provider, { email: '', problem }, 400)
    }
    if (form.get('action') === 'cancel') return this.#return(ctx, { error: 'access_denied', state })
    const email = form.get('email') ?? ''
    const verdict = this.#people.judge(email, form.get('password') ?? '', provider.idp)
    if (verdict.kind !== 'right') {
      const problem = 'This e-mail address and password don’t match an account here.'
      return this.#page(ctx, provider, { email, problem }, 400)
    }
    const code = randomBytes(24).toString('base64url')
    const until = this.#clock.now() + CODE_LIFE
    const idpAccessToken = provider.handsTokenOn
      ? `stand-in-${provider.idp}-${randomBytes(24).toString('base64url')}`
      : undefined
    this.#codes.set(code, { person: verdict.person, idpAccessToken, state, until })
    this.#return(ctx, { code, state })
  }

  #return(ctx: Koa.Context, answer: Record<string, string>): void {
    seeOther(ctx, `${this.#back}?${new URLSearchParams(answer)}`)
  }

  #page(
    ctx: Koa.Context,
    provider: SocialProvider,
    shown: { email: string; problem?: string },
    status: number,
  ): void {
    sendPage(ctx, socialPage({ provider: provider.name, csrf: csrfToken(ctx), ...shown }), status)
  }
}
