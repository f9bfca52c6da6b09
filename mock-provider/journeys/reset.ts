import type Koa from 'koa'
import type { Clock } from '../../clock/clock.ts'
import { ENDPOINTS } from '../dialect/b2c/paths.ts'
import type { Mails } from '../mails.ts'
import { resetEmailPage, resetPasswordPage } from '../pages/reset.tsx'
import { seeOther } from '../pages/send.ts'
import type { People } from '../people.ts'
import type { AssertedPage, Drawn, Next, SelfAsserted } from './asserted.ts'
import { EmailVerifications } from './email-verification.ts'
import { refusePassword } from './password-rule.ts'
import type { Refusal } from './refusal.ts'
import { loginHint, type Step, type Steps } from './steps.ts'
import { Waiting } from './waiting.ts'

export interface ResetOptions {
  readonly steps: Steps
  readonly asserted: SelfAsserted
  readonly people: People
  readonly mails: Mails
  readonly clock: Clock
  /** Where a person on this machine reads the mails; `undefined` when nobody may. */
  readonly mailsPath: string | undefined
}

/** The reset user flow: the e-mail with the code that was mailed, then the new password. */
export class Reset implements AssertedPage {
  readonly page = 'reset'
  readonly verifications: EmailVerifications
  readonly #options: ResetOptions
  /** Whose password is to be reset: they showed that they read the account's mail. */
  readonly #proven: Waiting<{ readonly oid: string }>

  constructor(options: ResetOptions) {
    this.#options = options
    this.verifications = new EmailVerifications(options.mails, options.clock)
    this.#proven = new Waiting(options.clock)
  }

  /** Where a person who is signing in resets the password on the way. */
  inside(step: Step): string {
    return this.#options.steps.addressOf(step, ENDPOINTS.reset)
  }

  show(ctx: Koa.Context): Promise<void> {
    return this.#options.asserted.show(ctx, this)
  }

  submit(ctx: Koa.Context): Promise<void> {
    return this.#options.asserted.submit(ctx, this)
  }

  draw(ctx: Koa.Context, step: Step, { refusal, typed }: Drawn): void {
    const { steps, mailsPath } = this.#options
    const known = this.verifications.of(step)
    const email = known.at === 'email' ? (typed.get('email') ?? loginHint(step)) : known.email
    const proven = this.#proven.of(step) !== undefined
    steps.page(ctx, step, 'SelfAsserted', refusal, (props) =>
      proven
        ? resetPasswordPage(props)
        : resetEmailPage({ ...props, at: known.at, email, mailsPath }),
    )
  }

  respond(step: Step, fields: URLSearchParams): Refusal | Next {
    const proven = this.#proven.of(step)
    return proven ? this.#change(step, proven.oid, fields) : this.#prove(step, fields)
  }

  #prove(step: Step, fields: URLSearchParams): Refusal | Next {
    const { people, steps } = this.#options
    const email = this.verifications.verified(step, fields.get('email'))
    if (email === undefined) return 'EmailNotVerified'
    const person = people.byLocalEmail(email)
    if (!person) return 'UserMessageIfClaimsPrincipalDoesNotExist'
    return async (ctx) => {
      this.#proven.keep(step, { oid: person.oid })
      seeOther(ctx, steps.addressOf(step, ENDPOINTS.reset))
    }
  }

  #change(step: Step, oid: string, fields: URLSearchParams): Refusal | Next {
    const { people, steps } = this.#options
    const password = fields.get('newPassword') ?? ''
    const refusal = refusePassword(password, fields.get('reenterPassword') ?? '')
    if (refusal !== undefined) return refusal
    return async (ctx) => {
      const person = people.byOid(oid)
      if (!person) return steps.refuse(ctx, 'AADB2C90046')
      people.resetPassword(oid, password)
      if (step.engine.policy.journey !== 'reset') people.forgot(oid)
      this.#proven.drop(step)
      await steps.complete(ctx, step, person)
    }
  }
}
