import { randomUUID } from 'node:crypto'
import type Koa from 'koa'
import type { InteractionResults } from 'oidc-provider'
import type { VNode } from 'preact'
import type { Clock } from '../../clock/clock.ts'
import { toSeconds } from '../../clock/moment.ts'
import { type Journey, leadsThroughSignIn } from '../config/policy.ts'
import type { Person, Policy, ProviderConfig } from '../config.ts'
import { type B2cCode, b2cError } from '../dialect/b2c/errors.ts'
import { type JourneyPage, policyKey, tenantDomain } from '../dialect/b2c/paths.ts'
import { JOURNEY_ASKED_FOR } from '../engine/prompts.ts'
import { readTransaction, transactionOf } from '../engine/transaction.ts'
import type { Engine } from '../engine.ts'
import { csrfToken } from '../form.ts'
import type { Log } from '../log.ts'
import type { PageSettings } from '../pages/contract.tsx'
import { failurePage } from '../pages/failure.tsx'
import type { JourneyPageProps } from '../pages/journey-page.tsx'
import { seeOther, sendPage, sendScriptedPage } from '../pages/send.ts'
import type { Refusal } from './refusal.ts'

/** A journey that waits for its person: the engine's handle of it, and the policy that it began at. */
export interface Step {
  readonly engine: Engine
  readonly interaction: InstanceType<Engine['provider']['Interaction']>
}

/** How a person showed who they are. */
export type Entrance =
  /** With a password, here or at a social provider. */
  | { readonly entered: true; readonly remember: boolean }
  /** Not at all: they were signed in, and their session stays what it is. */
  | { readonly entered: false }

export const ENTERED: Entrance = { entered: true, remember: false }
export const NOT_ENTERED: Entrance = { entered: false }

export interface StepsOptions {
  readonly engines: readonly Engine[]
  readonly config: ProviderConfig
  readonly clock: Clock
  readonly log: Log
}

/** What all journeys do alike: find what waits, and end it well, badly, or on a page. */
export class Steps {
  readonly #options: StepsOptions

  constructor(options: StepsOptions) {
    this.#options = options
  }

  /** @param page - the one that asks, if one does: no policy may be left by another's pages. */
  async find(tx: unknown, page?: JourneyPage): Promise<Step | undefined> {
    const read = readTransaction(tx)
    const engine = this.#options.engines.find(({ policy }) => policyKey(policy) === read?.policy)
    if (!read || !engine) return undefined
    if (page !== undefined && !leadsThrough(engine.policy, page)) return undefined
    const interaction = await engine.provider.Interaction.find(read.uid)
    return interaction && { engine, interaction }
  }

  /** The `tx` of a step. */
  transaction({ engine, interaction }: Step): string {
    return transactionOf(engine.policy, interaction.uid)
  }

  /** The address of a page of the step's policy. */
  addressOf(step: Step, endpoint: string): string {
    const { policy } = step.engine
    const query = new URLSearchParams({ tx: this.transaction(step), p: policy.id })
    return `${this.#baseOf(step)}${endpoint}?${query}`
  }

  /** Sends a page of a journey, with all that its kind of page needs. */
  page(
    ctx: Koa.Context,
    step: Step,
    api: PageSettings['api'],
    refusal: Refusal | undefined,
    draw: (props: JourneyPageProps) => VNode,
  ): void {
    const settings: PageSettings = {
      api,
      csrf: csrfToken(ctx),
      transId: this.transaction(step),
      pageViewId: randomUUID(),
      locale: { lang: 'en' },
      hosts: { tenant: this.#baseOf(step), policy: step.engine.policy.id },
    }
    const application = this.#applicationOf(step)
    const tenant = this.#options.config.tenant.name
    sendScriptedPage(
      ctx,
      (nonce) => draw({ application, tenant, settings, nonce, refusal }),
      refusal === undefined ? 200 : 400,
    )
  }

  #baseOf({ engine }: Step): string {
    return `/${tenantDomain(this.#options.config.tenant)}/${policyKey(engine.policy)}`
  }

  /** The name of the application that sent the person here. */
  #applicationOf({ interaction }: Step): string {
    const { client_id } = interaction.params
    const { applications } = this.#options.config
    return applications.find(({ clientId }) => clientId === client_id)?.name ?? ''
  }

  /** Who is signed in already and need not show it again, only go through the journey. */
  signedIn({ interaction }: Step): string | undefined {
    const { reasons } = interaction.prompt
    return reasons.every((reason) => reason === JOURNEY_ASKED_FOR)
      ? interaction.session?.accountId
      : undefined
  }

  /** Signs the person in, and goes on to the application. */
  async complete(
    ctx: Koa.Context,
    step: Step,
    person: Person,
    entrance: Entrance = ENTERED,
  ): Promise<void> {
    const { clock, log } = this.#options
    const uid = step.interaction.session?.uid
    const session =
      uid === undefined ? undefined : await step.engine.provider.Session.findByUid(uid)
    // Two of the engine's habits: somebody else's sign-in in a live session makes it ask for a
    // logout first, and it never makes a session longer-lived again (notes/b2c.md §2.2, 5 and 6).
    if (session && entrance.entered) {
      if (session.accountId !== person.oid) {
        delete session.accountId
        delete session.authorizations
      }
      delete session.transient
      await session.persist()
    }
    log('signed in', { person: person.oid, policy: step.engine.policy.id })
    const now = toSeconds(clock.now())
    await finish(ctx, step, {
      login: {
        accountId: person.oid,
        // Not remembered: the cookie lives as long as the browser, and the server judges its age.
        remember: entrance.entered
          ? entrance.remember && step.engine.policy.keepMeSignedIn !== undefined
          : session?.transient !== true,
        ts: entrance.entered ? now : (session?.loginTs ?? now),
        amr: ['pwd'],
      },
    })
  }

  /** Sends the application an error of B2C's. */
  async end(ctx: Koa.Context, step: Step, code: B2cCode): Promise<void> {
    this.#options.log('journey ended', { code, policy: step.engine.policy.id })
    await finish(ctx, step, { ...b2cError(code, this.#options.clock.now()) })
  }

  /** Tells the person alone: nobody knows whose request it is. */
  refuse(ctx: Koa.Context, code: B2cCode): void {
    this.#options.log('journey refused', { code })
    sendPage(ctx, failurePage(b2cError(code, this.#options.clock.now())), 400)
  }
}

/** The pages that each journey leads through. */
const PAGES = {
  'sign-in': ['signIn'],
  'sign-up-or-sign-in': ['signIn', 'signUp'],
  'sign-up': ['signUp'],
  'profile-edit': ['signIn', 'profile'],
  reset: ['reset'],
} as const satisfies Record<Journey, readonly JourneyPage[]>

function leadsThrough(policy: Policy, page: JourneyPage): boolean {
  const pages: readonly JourneyPage[] = PAGES[policy.journey]
  return pages.includes(page) || (page === 'reset' && resetsInside(policy))
}

/** Whether a password is reset on the way of signing in. */
export const resetsInside = (policy: Policy): boolean =>
  leadsThroughSignIn(policy) && policy.resetStyle === 'inside'

/** What is to be filled in first. */
export const loginHint = ({ interaction }: Step): string => {
  const hint = interaction.params.login_hint
  return typeof hint === 'string' ? hint : ''
}

/** Hands the result to the engine, which goes on only in the browser that began. */
async function finish(ctx: Koa.Context, step: Step, result: InteractionResults): Promise<void> {
  step.interaction.result = result
  await step.interaction.persist()
  seeOther(ctx, step.interaction.returnTo)
}
