import type Koa from 'koa'
import type { Person } from '../config.ts'
import { ENDPOINTS } from '../dialect/b2c/paths.ts'
import { seeOther } from '../pages/send.ts'
import { signInPage } from '../pages/sign-in.tsx'
import type { People } from '../people.ts'
import { socialByExchange, socialByHint } from '../social-providers.ts'
import type { AssertedPage, Drawn, Next, SelfAsserted } from './asserted.ts'
import type { ProfileEdit } from './profile.ts'
import type { Refusal } from './refusal.ts'
import type { Reset } from './reset.ts'
import type { Social } from './social.ts'
import { ENTERED, type Entrance, loginHint, resetsInside, type Step, type Steps } from './steps.ts'

export interface SignInOptions {
  readonly steps: Steps
  readonly asserted: SelfAsserted
  readonly people: People
  readonly social: Social
  readonly reset: Reset
  readonly profile: ProfileEdit
}

/** The sign-in user flow: the page, the password, and the ways to a social provider and to a reset. */
export class SignIn implements AssertedPage {
  readonly page = 'signIn'
  readonly #options: SignInOptions

  constructor(options: SignInOptions) {
    this.#options = options
  }

  async show(ctx: Koa.Context): Promise<void> {
    const { steps, social, asserted } = this.#options
    const step = await steps.find(ctx.query.tx, this.page)
    // As an application wishes it, or a person by the address of a button on B2C's page.
    const idp =
      socialByHint(step?.interaction.params.domain_hint) ??
      socialByExchange(ctx.query.claimsexchange)
    if (step && idp) return seeOther(ctx, social.begin(idp, steps.transaction(step)))
    return asserted.show(ctx, this)
  }

  submit(ctx: Koa.Context): Promise<void> {
    return this.#options.asserted.submit(ctx, this)
  }

  draw(ctx: Koa.Context, step: Step, { refusal, typed }: Drawn): void {
    const { steps } = this.#options
    const nameField = nameFieldOf(step)
    const signUp =
      step.engine.policy.journey === 'sign-up-or-sign-in'
        ? `${steps.addressOf(step, ENDPOINTS.signIn)}&local=signup`
        : undefined
    steps.page(ctx, step, 'CombinedSigninAndSignup', refusal, (props) =>
      signInPage({
        ...props,
        nameField,
        email: typed.get(nameField) ?? loginHint(step),
        signUp,
        keepMeSignedIn: step.engine.policy.keepMeSignedIn !== undefined,
      }),
    )
  }

  respond(step: Step, fields: URLSearchParams): Refusal | Next {
    const { people } = this.#options
    const name = NAMES.map((field) => fields.get(field)).find((value) => value !== null) ?? ''
    const verdict = people.judge(name, fields.get('password') ?? '')
    switch (verdict.kind) {
      case 'right':
        return (ctx, { remember }) =>
          this.#goOn(ctx, step, verdict.person, { entered: true, remember })
      case 'unknown-person':
        return 'AADB2C90053'
      case 'disabled':
        return 'AADB2C90111'
      case 'wrong-password':
        return 'AADB2C90054'
    }
  }

  /** A social provider's button, or the wish to reset the password. */
  leave(ctx: Koa.Context, step: Step, form: URLSearchParams): Promise<void> | undefined {
    const { steps, social, reset } = this.#options
    if (form.get('action') === 'forgot') {
      return resetsInside(step.engine.policy)
        ? lead(ctx, reset.inside(step))
        : steps.end(ctx, step, 'AADB2C90118')
    }
    const idp = socialByExchange(form.get('claimsexchange'))
    return idp && lead(ctx, social.begin(idp, steps.transaction(step)))
  }

  /** The browser comes back from a social provider (`/oauth2/authresp`). */
  async returned(ctx: Koa.Context): Promise<void> {
    const { steps, people, social } = this.#options
    const step = await steps.find(ctx.query.state, 'signIn')
    if (!step) return steps.refuse(ctx, 'AADB2C90046')
    if (ctx.query.error !== undefined) return steps.end(ctx, step, 'AADB2C90273')
    const visit = social.redeem(ctx.query.code, String(ctx.query.state))
    if (!visit) return steps.refuse(ctx, 'AADB2C90046')
    people.meet(visit.person, visit.idpAccessToken)
    return this.#goOn(ctx, step, visit.person, ENTERED)
  }

  async #goOn(ctx: Koa.Context, step: Step, person: Person, entrance: Entrance): Promise<void> {
    const { steps, profile } = this.#options
    if (step.engine.policy.journey === 'profile-edit') profile.begin(ctx, step, person, entrance)
    else await steps.complete(ctx, step, person, entrance)
  }
}

/** What B2C calls the first field, by the age and kind of the policy. */
const NAMES = ['signInName', 'email', 'logonIdentifier'] as const

const nameFieldOf = ({ engine }: Step): 'email' | 'signInName' =>
  /^B2C_1A_/i.test(engine.policy.id) ? 'signInName' : 'email'

async function lead(ctx: Koa.Context, to: string): Promise<void> {
  seeOther(ctx, to)
}
