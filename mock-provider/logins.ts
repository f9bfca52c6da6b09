import type { Person } from './config.ts'
import type { B2cCode } from './dialect/b2c/errors.ts'

/** How a sign-in ends by itself, without a page. */
export type Script =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'error'; readonly code: B2cCode }

/** The next sign-in, if it is scripted: tests that are about something else need no page. */
export class Logins {
  #script: Script | undefined
  #mode: 'next' | 'on' = 'next'

  get script(): { readonly script: Script; readonly mode: 'next' | 'on' } | undefined {
    return this.#script && { script: this.#script, mode: this.#mode }
  }

  set(script: Script, mode: 'next' | 'on'): void {
    this.#script = script
    this.#mode = mode
  }

  clear(): void {
    this.#script = undefined
  }

  take(): Script | undefined {
    const script = this.#script
    if (this.#mode === 'next') this.#script = undefined
    return script
  }
}
