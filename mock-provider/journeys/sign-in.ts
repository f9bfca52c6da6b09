import type Koa from 'koa'
import type { InteractionResults } from 'oidc-provider'
import type { Clock } from '../../clock/clock.ts'
import { toSeconds } from '../../clock/moment.ts'
import type { Person, ProviderConfig } from '../config.ts'
import { type B2cCode, b2cError, textOf } from '../dialect/b2c/errors.ts'
import { policyKey } from '../dialect/b2c/paths.ts'
import { type Engine, readTransaction } from '../engine.ts'
import { csrfToken, isOurForm, readForm } from '../form.ts'
import type { Log } from '../log.ts'
import { failurePage } from '../pages/failure.tsx'
import { seeOther, sendPage } from '../pages/send.ts'
import { signInPage } from '../pages/sign-in.tsx'
import type { People } from '../people.ts'
import { socialByExchange } from '../social-providers.ts'
import type { Social } from './social.ts'

export interface SignInOptions {
  readonly engines: readonly Engine[]
  readonly config: ProviderConfig
  readonly people: People
  readonly social: Social
  readonly clock: Clock
  readonly log: Log
}

/** The sign-in user flow: the page, the password, and the way to a social provider and back. */
export class SignIn {
  readonly #options: SignInOptions

  constructor(options: SignInOptions) {
    this.#options = options
  }

  /** Shows the page. */
  async show(ctx: Koa.Context): Promise<void> {
    const step = await this.#find(ctx.query.tx)
    if (!step) return this.#refuse(ctx, 'AADB2C90046')
    this.#page(ctx, step, { email: loginHint(step) })
  }

  /** Takes what was posted: a password, the wish to cancel, or a social provider's button. */
  async submit(ctx: Koa.Context): Promise<void> {
    const form = await readForm(ctx.req)
    const step = await this.#find(ctx.query.tx)
    if (!step) return this.#refuse(ctx, 'AADB2C90046')
    if (!form || !isOurForm(ctx, form)) return this.#refuse(ctx, 'AADB2C90212')
    if (form.get('action') === 'cancel') return this.#end(ctx, step, 'AADB2C90091')
    const idp = socialByExchange(form.get('claimsexchange'))
    if (idp) return seeOther(ctx, this.#options.social.begin(idp, String(ctx.query.tx)))
    const email = form.get('signInName') ?? form.get('email') ?? ''
    const verdict = this.#options.people.judge(email, form.get('password') ?? '')
    switch (verdict.kind) {
      case 'right':
        return this.#complete(ctx, step, verdict.person)
      case 'unknown-person':
        return this.#page(ctx, step, { email, problem: textOf('AADB2C90053') })
      case 'wrong-password':
        return this.#page(ctx, step, { email, problem: textOf('AADB2C90054') })
    }
  }

  /** The browser comes back from a social provider (`/oauth2/authresp`). */
  async returned(ctx: Koa.Context): Promise<void> {
    const step = await this.#find(ctx.query.state)
    if (!step) return this.#refuse(ctx, 'AADB2C90046')
    if (ctx.query.error !== undefined) return this.#end(ctx, step, 'AADB2C90273')
    const person = this.#options.social.redeem(ctx.query.code, String(ctx.query.state))
    if (!person) return this.#refuse(ctx, 'AADB2C90046')
    this.#options.people.meet(person)
    return this.#complete(ctx, step, person)
  }

  async #find(tx: unknown): Promise<Step | undefined> {
    const read = readTransaction(tx)
    const engine = this.#options.engines.find(({ policy }) => policyKey(policy) === read?.policy)
    if (!read || !engine) return undefined
    const interaction = await engine.provider.Interaction.find(read.uid)
    return interaction && { engine, interaction }
  }

  #page(ctx: Koa.Context, step: Step, shown: { email: string; problem?: string }): void {
    const { config } = this.#options
    const { client_id } = step.interaction.params
    const application = config.applications.find(({ clientId }) => clientId === client_id)
    sendPage(
      ctx,
      signInPage({
        application: application?.name ?? '',
        tenant: config.tenant.name,
        csrf: csrfToken(ctx),
        ...shown,
      }),
      shown.problem === undefined ? 200 : 400,
    )
  }

  async #complete(ctx: Koa.Context, step: Step, person: Person): Promise<void> {
    const { clock, log } = this.#options
    // Two of the engine's habits: somebody else's sign-in in a live session makes it ask for a
    // logout first, and it never makes a session longer-lived again (notes/b2c.md §2.2, 5 and 6).
    const uid = step.interaction.session?.uid
    const session =
      uid === undefined ? undefined : await step.engine.provider.Session.findByUid(uid)
    if (session) {
      if (session.accountId !== person.oid) {
        delete session.accountId
        delete session.authorizations
      }
      delete session.transient
      await session.persist()
    }
    log('signed in', { person: person.oid, policy: step.engine.policy.id })
    await finish(ctx, step, {
      // Not remembered: the cookie lives as long as the browser, and the server judges its age.
      login: { accountId: person.oid, remember: false, ts: toSeconds(clock.now()), amr: ['pwd'] },
    })
  }

  async #end(ctx: Koa.Context, step: Step, code: B2cCode): Promise<void> {
    this.#options.log('sign-in ended', { code, policy: step.engine.policy.id })
    const error = b2cError(code, this.#options.clock.now())
    await finish(ctx, step, { ...error })
  }

  #refuse(ctx: Koa.Context, code: B2cCode): void {
    this.#options.log('sign-in refused', { code })
    sendPage(ctx, failurePage(b2cError(code, this.#options.clock.now())), 400)
  }
}

interface Step {
  readonly engine: Engine
  readonly interaction: InstanceType<Engine['provider']['Interaction']>
}

const loginHint = (step: Step): string => {
  const hint = step.interaction.params.login_hint
  return typeof hint === 'string' ? hint : ''
}

/** Hands the result to the engine, which goes on only in the browser that began. */
async function finish(ctx: Koa.Context, step: Step, result: InteractionResults): Promise<void> {
  step.interaction.result = result
  await step.interaction.persist()
  seeOther(ctx, step.interaction.returnTo)
}
