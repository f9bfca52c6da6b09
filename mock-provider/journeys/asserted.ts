import type Koa from 'koa'
import type { Clock } from '../../clock/clock.ts'
import { b2cError } from '../dialect/b2c/errors.ts'
import type { JourneyPage } from '../dialect/b2c/paths.ts'
import { isOurForm, isOurRequest, readForm } from '../form.ts'
import { seeOther } from '../pages/send.ts'
import type { EmailVerifications } from './email-verification.ts'
import { REFUSALS, type Refusal } from './refusal.ts'
import type { Step, Steps } from './steps.ts'
import { Waiting } from './waiting.ts'

/** Goes on, once what was typed is accepted. */
export type Next = (ctx: Koa.Context, wishes: { readonly remember: boolean }) => Promise<void>

/** What a page is drawn with, besides what its journey knows. */
export interface Drawn {
  readonly refusal?: Refusal
  /** What the person had typed there, but for passwords. */
  readonly typed: ReadonlyMap<string, string>
}

/**
 * One of B2C's pages. What is typed there is judged first ("self-asserted"), and only when it is
 * accepted the journey goes on ("confirmed"): two requests of the page's script, or one form.
 */
export interface AssertedPage {
  readonly page: JourneyPage
  /** Of the pages that ask for an e-mail address and mail a code to it. */
  readonly verifications?: EmailVerifications
  draw(ctx: Koa.Context, step: Step, drawn: Drawn): void
  respond(step: Step, fields: URLSearchParams): Refusal | Next
  /** Takes the buttons that only this page has; `undefined` when it is none of them. */
  leave?(ctx: Koa.Context, step: Step, form: URLSearchParams): Promise<void> | undefined
}

/** What is shown again, should the person come back: no secret is among it. */
const REMEMBERED = ['email', 'signInName', 'displayName', 'givenName', 'surname'] as const

/** Leads the requests of all such pages, with a script and without, to the page that was shown. */
export class SelfAsserted {
  readonly #steps: Steps
  readonly #clock: Clock
  readonly #shown: Waiting<AssertedPage>
  readonly #accepted: Waiting<Next>
  readonly #typed: Waiting<ReadonlyMap<string, string>>

  constructor(steps: Steps, clock: Clock) {
    this.#steps = steps
    this.#clock = clock
    this.#shown = new Waiting(clock)
    this.#accepted = new Waiting(clock)
    this.#typed = new Waiting(clock)
  }

  async show(ctx: Koa.Context, page: AssertedPage): Promise<void> {
    const step = await this.#steps.find(ctx.query.tx, page.page)
    if (!step) return this.#steps.refuse(ctx, 'AADB2C90046')
    this.draw(ctx, step, page)
  }

  draw(ctx: Koa.Context, step: Step, page: AssertedPage, refusal?: Refusal): void {
    this.#shown.keep(step, page)
    const typed = this.#typed.of(step) ?? new Map()
    page.draw(ctx, step, { typed, ...(refusal === undefined ? {} : { refusal }) })
  }

  /** A form, from a browser that runs no script: judged and confirmed at once. */
  async submit(ctx: Koa.Context, page: AssertedPage): Promise<void> {
    const form = await readForm(ctx.req)
    const step = await this.#steps.find(ctx.query.tx, page.page)
    if (!step) return this.#steps.refuse(ctx, 'AADB2C90046')
    if (!form || !isOurForm(ctx, form)) return this.#steps.refuse(ctx, 'AADB2C90212')
    if (form.get('action') === 'cancel') return this.#steps.end(ctx, step, 'AADB2C90091')
    const left = page.leave?.(ctx, step, form)
    if (left !== undefined) return left
    this.#remember(step, form)
    const judged = this.#judge(step, page, form)
    if (typeof judged === 'function') {
      return judged(ctx, { remember: form.get('rememberMe') === 'true' })
    }
    if (judged !== undefined) return this.draw(ctx, step, page, judged)
    // So that going back or reloading asks nobody to send a form again.
    seeOther(ctx, ctx.url)
  }

  /** `POST …/SelfAsserted`: the page's script asks whether what was typed will do. */
  async post(ctx: Koa.Context): Promise<void> {
    const form = await readForm(ctx.req)
    const step = await this.#steps.find(ctx.query.tx)
    const page = step && this.#shown.of(step)
    const ours = isOurRequest(ctx, ctx.get('x-csrf-token'))
    if (!step || !page || !form || !ours) {
      const code = ours ? 'AADB2C90046' : 'AADB2C90212'
      const { error_description: message } = b2cError(code, this.#clock.now())
      ctx.status = 400
      ctx.body = { status: '400', errorCode: code, message }
      return
    }
    this.#remember(step, form)
    const judged = this.#judge(step, page, form)
    if (typeof judged === 'function') this.#accepted.keep(step, judged)
    // B2C answers 200 whatever it thinks of it, and says the rest in the body.
    ctx.body =
      typeof judged === 'string'
        ? { status: '400', errorCode: judged, message: REFUSALS[judged].message }
        : { status: '200' }
  }

  /** `GET …/confirmed`: the page's script goes on with what was accepted. */
  async confirmed(ctx: Koa.Context): Promise<void> {
    const step = await this.#steps.find(ctx.query.tx)
    if (!isOurRequest(ctx, String(ctx.query.csrf_token ?? ''))) {
      return this.#steps.refuse(ctx, 'AADB2C90212')
    }
    const next = step && this.#accepted.of(step)
    if (!step || !next) return this.#steps.refuse(ctx, 'AADB2C90046')
    this.#accepted.drop(step)
    await next(ctx, { remember: ctx.query.rememberMe === 'true' })
    // As B2C says it; nothing was posted that a browser could send again.
    if (ctx.status === 303) ctx.status = 302
  }

  /** The three kinds of request, by B2C's names or by a form's buttons. */
  #judge(step: Step, page: AssertedPage, form: URLSearchParams): Refusal | Next | undefined {
    const { verifications } = page
    switch (form.get('request_type') ?? form.get('action')) {
      case 'VERIFICATION_REQUEST':
      case 'send':
        return verifications?.send(step, form.get('claim_value') ?? form.get('email') ?? '')
      case 'VALIDATION_REQUEST':
      case 'verify':
        return verifications?.verify(
          step,
          form.get('user_input') ?? form.get('verificationCode') ?? '',
        )
      case 'edit':
        verifications?.forget(step)
        return undefined
      default:
        return page.respond(step, form)
    }
  }

  #remember(step: Step, form: URLSearchParams): void {
    const known = new Map(this.#typed.of(step))
    for (const name of REMEMBERED) {
      const value = form.get(name)
      if (value !== null) known.set(name, value)
    }
    this.#typed.keep(step, known)
  }
}
