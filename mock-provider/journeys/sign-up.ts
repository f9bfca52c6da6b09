import type Koa from 'koa'
import type { Clock } from '../../clock/clock.ts'
import type { Mails } from '../mails.ts'
import { signUpPage } from '../pages/sign-up.tsx'
import type { People } from '../people.ts'
import type { AssertedPage, Drawn, Next, SelfAsserted } from './asserted.ts'
import { EmailVerifications } from './email-verification.ts'
import { refusePassword } from './password-rule.ts'
import { readProfile } from './profile-fields.ts'
import type { Refusal } from './refusal.ts'
import { loginHint, type Step, type Steps } from './steps.ts'

export interface SignUpOptions {
  readonly steps: Steps
  readonly asserted: SelfAsserted
  readonly people: People
  readonly mails: Mails
  readonly clock: Clock
  /** Where a person on this machine reads the mails; `undefined` when nobody may. */
  readonly mailsPath: string | undefined
}

/** The sign-up user flow: an e-mail address that is shown to be one's own, a password and a name. */
export class SignUp implements AssertedPage {
  readonly page = 'signUp'
  readonly verifications: EmailVerifications
  readonly #options: SignUpOptions

  constructor(options: SignUpOptions) {
    this.#options = options
    this.verifications = new EmailVerifications(options.mails, options.clock)
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
    steps.page(ctx, step, 'SelfAsserted', refusal, (props) =>
      signUpPage({ ...props, at: known.at, email, mailsPath, typed }),
    )
  }

  respond(step: Step, fields: URLSearchParams): Refusal | Next {
    const { people, steps } = this.#options
    const email = this.verifications.verified(step, fields.get('email'))
    if (email === undefined) return 'EmailNotVerified'
    const password = fields.get('newPassword') ?? ''
    const weak = refusePassword(password, fields.get('reenterPassword') ?? '')
    if (weak !== undefined) return weak
    const profile = readProfile(fields)
    if (typeof profile === 'string') return profile
    if (people.byLocalEmail(email)) return 'UserMessageIfClaimsPrincipalAlreadyExists'
    return async (ctx) => {
      const person = people.signUp({ email, password, ...profile })
      if (!person) return steps.refuse(ctx, 'AADB2C90046')
      this.verifications.forget(step)
      await steps.complete(ctx, step, person)
    }
  }
}
