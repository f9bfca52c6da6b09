import { randomInt } from 'node:crypto'
import type Koa from 'koa'
import type { Clock } from '../../clock/clock.ts'
import { HOUR, type Moment } from '../../clock/moment.ts'
import type { Policy, Tenant } from '../config.ts'
import { ENDPOINTS, policyKey, tenantDomain } from '../dialect/b2c/paths.ts'
import { csrfToken, isOurForm, readForm } from '../form.ts'
import type { Mails } from '../mails.ts'
import { type ResetPageProps, resetPage } from '../pages/reset.tsx'
import { seeOther, sendPage } from '../pages/send.ts'
import type { People } from '../people.ts'
import { CODE_LIFE, judgeCode, passwordProblem, type ResetProgress } from './reset-progress.ts'
import { loginHint, type Step, type Steps } from './steps.ts'

export interface ResetOptions {
  readonly steps: Steps
  readonly tenant: Tenant
  readonly people: People
  readonly mails: Mails
  readonly clock: Clock
  /** Where a person on this machine reads the mails; `undefined` when nobody may. */
  readonly mailsPath: string | undefined
}

/** As long as the engine's own handle of a journey. */
const PROGRESS_LIFE = HOUR

const BEGINNING: ResetProgress = { at: 'email' }

/** B2C's words (its localization strings), or as near as a page without scripts comes to them. */
const WORDS = {
  sent: 'Verification code has been sent to your inbox. Please copy it to the input box below.',
  verified: 'E-mail address verified. You can now continue.',
  noEmail: 'Please enter a valid email address.',
  wrong: 'That code is incorrect. Please try again.',
  expired: 'That code is expired. Please request a new code.',
  'too-often-wrong': 'You’ve made too many incorrect attempts. Please request a new code.',
  unknown: 'An account could not be found for the provided user ID.',
} as const

/** The reset user flow: the e-mail, the code that was mailed, the new password. */
export class Reset {
  readonly #options: ResetOptions
  /** By the engine's handle of the journey: tabs don't disturb each other. */
  readonly #progress = new Map<string, { progress: ResetProgress; until: Moment }>()

  constructor(options: ResetOptions) {
    this.#options = options
  }

  /** Where a person who is signing in resets the password on the way. */
  inside({ engine }: Step, tx: string): string {
    return addressOf(this.#options.tenant, engine.policy, tx)
  }

  /** Shows the page that the person has come to. */
  async show(ctx: Koa.Context): Promise<void> {
    const { steps } = this.#options
    const step = await steps.find(ctx.query.tx, 'reset')
    if (!step) return steps.refuse(ctx, 'AADB2C90046')
    const progress = this.#read(step)
    const said = progress.at === 'code' ? 'sent' : progress.at === 'password' ? 'verified' : null
    this.#page(ctx, step, said === null ? {} : { news: WORDS[said] })
  }

  /** Takes what was posted, if it is what the page asked for; whatever it led to is then shown. */
  async submit(ctx: Koa.Context): Promise<void> {
    const { steps } = this.#options
    const form = await readForm(ctx.req)
    const step = await steps.find(ctx.query.tx, 'reset')
    if (!step) return steps.refuse(ctx, 'AADB2C90046')
    if (!form || !isOurForm(ctx, form)) return steps.refuse(ctx, 'AADB2C90212')
    const action = form.get('action')
    const progress = this.#read(step)
    if (action === 'cancel') {
      this.#progress.delete(step.interaction.uid)
      return steps.end(ctx, step, 'AADB2C90091')
    }
    if (action === 'edit') return this.#goOn(ctx, step, BEGINNING)
    if (action === 'send') return this.#send(ctx, step, form.get('email') ?? '')
    if (action === 'verify' && progress.at === 'code') {
      return this.#verify(ctx, step, progress, form.get('verificationCode') ?? '')
    }
    if (action === 'continue' && progress.at === 'password') {
      return this.#finish(ctx, step, progress, form)
    }
    // An old page, from before the person went on: they see how far they are.
    this.#goOn(ctx, step, progress)
  }

  #send(ctx: Koa.Context, step: Step, given: string): void {
    const { mails, clock } = this.#options
    const email = given.trim()
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
      this.#page(ctx, step, { email, problem: WORDS.noEmail })
      return
    }
    // To any address: whether it has an account here is told to whoever reads its mails alone.
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    const now = clock.now()
    mails.send({ to: email, subject: 'Your account email verification code', at: now, code })
    this.#goOn(ctx, step, { at: 'code', email, code, until: now + CODE_LIFE, wrong: 0 })
  }

  #verify(
    ctx: Koa.Context,
    step: Step,
    progress: Extract<ResetProgress, { at: 'code' }>,
    given: string,
  ): void {
    const { clock, people } = this.#options
    const verdict = judgeCode(progress, given, clock.now())
    if (verdict !== 'right') {
      this.#write(step, { ...progress, wrong: progress.wrong + 1 })
      this.#page(ctx, step, { problem: WORDS[verdict] })
      return
    }
    const person = people.byLocalEmail(progress.email)
    if (person) {
      this.#goOn(ctx, step, { at: 'password', oid: person.oid })
      return
    }
    this.#write(step, BEGINNING)
    this.#page(ctx, step, { email: progress.email, problem: WORDS.unknown })
  }

  async #finish(
    ctx: Koa.Context,
    step: Step,
    { oid }: Extract<ResetProgress, { at: 'password' }>,
    form: URLSearchParams,
  ): Promise<void> {
    const { people, steps } = this.#options
    const password = form.get('newPassword') ?? ''
    const problem = passwordProblem(password, form.get('reenterPassword') ?? '')
    if (problem !== undefined) return this.#page(ctx, step, { problem })
    const person = people.byOid(oid)
    if (!person) return steps.refuse(ctx, 'AADB2C90046')
    people.resetPassword(oid, password)
    if (step.engine.policy.journey !== 'reset') people.forgot(oid)
    this.#progress.delete(step.interaction.uid)
    return steps.complete(ctx, step, person)
  }

  /** So that going back or reloading asks nobody to send a form again. */
  #goOn(ctx: Koa.Context, step: Step, progress: ResetProgress): void {
    this.#write(step, progress)
    seeOther(ctx, addressOf(this.#options.tenant, step.engine.policy, String(ctx.query.tx)))
  }

  #page(
    ctx: Koa.Context,
    step: Step,
    shown: Pick<ResetPageProps, 'problem' | 'news'> & { readonly email?: string },
  ): void {
    const { steps, tenant, mailsPath } = this.#options
    const progress = this.#read(step)
    const email = shown.email ?? (progress.at === 'code' ? progress.email : loginHint(step))
    sendPage(
      ctx,
      resetPage({
        at: progress.at,
        application: steps.application(step),
        tenant: tenant.name,
        csrf: csrfToken(ctx),
        mailsPath,
        ...shown,
        email,
      }),
      shown.problem === undefined ? 200 : 400,
    )
  }

  #read({ interaction }: Step): ResetProgress {
    const found = this.#progress.get(interaction.uid)
    return found && found.until > this.#options.clock.now() ? found.progress : BEGINNING
  }

  #write({ interaction }: Step, progress: ResetProgress): void {
    const now = this.#options.clock.now()
    for (const [uid, { until }] of this.#progress) if (until <= now) this.#progress.delete(uid)
    this.#progress.set(interaction.uid, { progress, until: now + PROGRESS_LIFE })
  }
}

const addressOf = (tenant: Tenant, policy: Policy, tx: string): string =>
  `/${tenantDomain(tenant)}/${policyKey(policy)}${ENDPOINTS.reset}?${new URLSearchParams({ tx, p: policy.id })}`
