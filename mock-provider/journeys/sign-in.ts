import type Koa from 'koa'
import type { ProviderConfig } from '../config.ts'
import { textOf } from '../dialect/b2c/errors.ts'
import { csrfToken, isOurForm, readForm } from '../form.ts'
import { seeOther, sendPage } from '../pages/send.ts'
import { signInPage } from '../pages/sign-in.tsx'
import type { People } from '../people.ts'
import { socialByExchange } from '../social-providers.ts'
import type { Reset } from './reset.ts'
import type { Social } from './social.ts'
import { loginHint, type Step, type Steps } from './steps.ts'

export interface SignInOptions {
  readonly steps: Steps
  readonly config: ProviderConfig
  readonly people: People
  readonly social: Social
  readonly reset: Reset
}

/** The sign-in user flow: the page, the password, and the ways to a social provider and to a reset. */
export class SignIn {
  readonly #options: SignInOptions

  constructor(options: SignInOptions) {
    this.#options = options
  }

  /** Shows the page. */
  async show(ctx: Koa.Context): Promise<void> {
    const { steps } = this.#options
    const step = await steps.find(ctx.query.tx, 'signIn')
    if (!step) return steps.refuse(ctx, 'AADB2C90046')
    this.#page(ctx, step, { email: loginHint(step) })
  }

  /** Takes what was posted: a password, a social provider's button, or the wish to cancel or to reset. */
  async submit(ctx: Koa.Context): Promise<void> {
    const { steps, people, social, reset } = this.#options
    const form = await readForm(ctx.req)
    const step = await steps.find(ctx.query.tx, 'signIn')
    if (!step) return steps.refuse(ctx, 'AADB2C90046')
    if (!form || !isOurForm(ctx, form)) return steps.refuse(ctx, 'AADB2C90212')
    if (form.get('action') === 'cancel') return steps.end(ctx, step, 'AADB2C90091')
    if (form.get('action') === 'forgot') {
      if (step.engine.policy.resetStyle === 'policy') return steps.end(ctx, step, 'AADB2C90118')
      return seeOther(ctx, reset.inside(step, String(ctx.query.tx)))
    }
    const idp = socialByExchange(form.get('claimsexchange'))
    if (idp) return seeOther(ctx, social.begin(idp, String(ctx.query.tx)))
    const email = form.get('signInName') ?? form.get('email') ?? ''
    const verdict = people.judge(email, form.get('password') ?? '')
    switch (verdict.kind) {
      case 'right':
        return steps.complete(ctx, step, verdict.person)
      case 'unknown-person':
        return this.#page(ctx, step, { email, problem: textOf('AADB2C90053') })
      case 'wrong-password':
        return this.#page(ctx, step, { email, problem: textOf('AADB2C90054') })
    }
  }

  /** The browser comes back from a social provider (`/oauth2/authresp`). */
  async returned(ctx: Koa.Context): Promise<void> {
    const { steps, people, social } = this.#options
    const step = await steps.find(ctx.query.state, 'signIn')
    if (!step) return steps.refuse(ctx, 'AADB2C90046')
    if (ctx.query.error !== undefined) return steps.end(ctx, step, 'AADB2C90273')
    const person = social.redeem(ctx.query.code, String(ctx.query.state))
    if (!person) return steps.refuse(ctx, 'AADB2C90046')
    people.meet(person)
    return steps.complete(ctx, step, person)
  }

  #page(ctx: Koa.Context, step: Step, shown: { email: string; problem?: string }): void {
    const { steps, config } = this.#options
    sendPage(
      ctx,
      signInPage({
        application: steps.application(step),
        tenant: config.tenant.name,
        csrf: csrfToken(ctx),
        ...shown,
      }),
      shown.problem === undefined ? 200 : 400,
    )
  }
}
