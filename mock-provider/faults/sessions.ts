import type Koa from 'koa'
import type { Engine } from '../engine.ts'
import type { Faults } from './faults.ts'

/** What a logout really does; `nothing`: not even going on to where the application said. */
export type Ending = 'nothing' | { readonly session: boolean; readonly cookie: boolean }

export function howToEnd(faults: Faults): Ending {
  if (faults.take('ignored-logout')) return 'nothing'
  if (faults.take('sticky-session')) return { session: false, cookie: false }
  return { session: !faults.take('session-kept'), cookie: !faults.take('cookie-kept') }
}

/** The session that was brought last, for the fault `knows-without-cookies`. */
export class LastSession {
  readonly #faults: Faults
  #cookie: string | undefined

  constructor(faults: Faults) {
    this.#faults = faults
  }

  recall(ctx: Koa.Context, { provider }: Engine): void {
    const name = provider.cookieName('session')
    const brought = ctx.cookies.get(name)
    // Only from when it is on: who was there before is nobody's business.
    if (!this.#faults.has('knows-without-cookies')) this.#cookie = undefined
    else if (brought !== undefined) this.#cookie = brought
    if (brought !== undefined || this.#cookie === undefined) return
    this.#faults.take('knows-without-cookies')
    const others = ctx.headers.cookie === undefined ? '' : `${ctx.headers.cookie}; `
    ctx.req.headers.cookie = `${others}${name}=${this.#cookie}`
  }
}

/** Lets a code be redeemed again, while it is told to. The class belongs to this provider alone. */
export function mayReuseCodes({ provider }: Engine, faults: Faults): void {
  const { prototype } = provider.AuthorizationCode
  const { consume } = prototype
  prototype.consume = async function () {
    if (!faults.take('reusable-code')) await consume.call(this)
  }
}
