import type Koa from 'koa'
import type { Clock } from '../../clock/clock.ts'
import type { Person } from '../config.ts'
import { ENDPOINTS } from '../dialect/b2c/paths.ts'
import { profilePage } from '../pages/profile.tsx'
import { seeOther } from '../pages/send.ts'
import type { People } from '../people.ts'
import type { AssertedPage, Drawn, Next, SelfAsserted } from './asserted.ts'
import { readProfile } from './profile-fields.ts'
import type { Refusal } from './refusal.ts'
import { type Entrance, NOT_ENTERED, type Step, type Steps } from './steps.ts'
import { Waiting } from './waiting.ts'

export interface ProfileOptions {
  readonly steps: Steps
  readonly asserted: SelfAsserted
  readonly people: People
  readonly clock: Clock
}

/** Whose profile it is, and how they showed who they are. */
interface Known {
  readonly oid: string
  readonly entrance: Entrance
}

/** The profile user flow: somebody who is signed in, or signs in first, changes their name. */
export class ProfileEdit implements AssertedPage {
  readonly page = 'profile'
  readonly #options: ProfileOptions
  readonly #known: Waiting<Known>

  constructor(options: ProfileOptions) {
    this.#options = options
    this.#known = new Waiting(options.clock)
  }

  async show(ctx: Koa.Context): Promise<void> {
    const { steps, asserted } = this.#options
    const step = await steps.find(ctx.query.tx, this.page)
    if (step && !this.#personOf(step)) {
      return seeOther(ctx, steps.addressOf(step, ENDPOINTS.signIn))
    }
    return asserted.show(ctx, this)
  }

  submit(ctx: Koa.Context): Promise<void> {
    return this.#options.asserted.submit(ctx, this)
  }

  /** Somebody signed in on the way here. */
  begin(ctx: Koa.Context, step: Step, { oid }: Person, entrance: Entrance): void {
    this.#known.keep(step, { oid, entrance })
    seeOther(ctx, this.#options.steps.addressOf(step, ENDPOINTS.profile))
  }

  draw(ctx: Koa.Context, step: Step, { refusal, typed }: Drawn): void {
    const { steps } = this.#options
    const known = this.#personOf(step)
    if (!known) {
      steps.refuse(ctx, 'AADB2C90046')
      return
    }
    steps.page(ctx, step, 'SelfAsserted', refusal, (props) =>
      profilePage({ ...props, person: known.person, typed }),
    )
  }

  respond(step: Step, fields: URLSearchParams): Refusal | Next {
    const { steps, people } = this.#options
    const profile = readProfile(fields)
    if (typeof profile === 'string') return profile
    return async (ctx) => {
      const known = this.#personOf(step)
      if (!known) return steps.refuse(ctx, 'AADB2C90046')
      this.#known.drop(step)
      const person = people.rename(known.person, profile)
      await steps.complete(ctx, step, person, known.entrance)
    }
  }

  #personOf(step: Step): { readonly person: Person; readonly entrance: Entrance } | undefined {
    const { steps, people } = this.#options
    const { oid = steps.signedIn(step), entrance = NOT_ENTERED } = this.#known.of(step) ?? {}
    const person = oid === undefined ? undefined : people.byOid(oid)
    return person && { person, entrance }
  }
}
