import type Koa from 'koa'
import type { InteractionResults } from 'oidc-provider'
import type { VNode } from 'preact'
import type { Clock } from '../../clock/clock.ts'
import { toSeconds } from '../../clock/moment.ts'
import type { Person, Policy, ProviderConfig } from '../config.ts'
import { type B2cCode, b2cError } from '../dialect/b2c/errors.ts'
import { FIRST_PAGE, type JourneyPage, policyKey, tenantDomain } from '../dialect/b2c/paths.ts'
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

  async complete(ctx: Koa.Context, step: Step, person: Person): Promise<void> {
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

const leadsThrough = ({ journey, resetStyle }: Policy, page: JourneyPage): boolean =>
  FIRST_PAGE[journey] === page || (page === 'reset' && resetStyle === 'inside')

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
