import type { Moment } from '../clock/moment.ts'

/** A mail that the provider would have sent: it stays on this machine. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly at: Moment
  /** The verification code that it brings. */
  readonly code: string
}

/** Nobody looks further back. */
const KEPT = 100

/** The outbox that the control API shows, in place of a mail server. */
export class Mails {
  readonly #sent: Mail[] = []
  readonly #told: (mail: Mail) => void

  /** @param told - told of each one */
  constructor(told: (mail: Mail) => void = () => undefined) {
    this.#told = told
  }

  send(mail: Mail): void {
    this.#sent.unshift(mail)
    this.#sent.length = Math.min(this.#sent.length, KEPT)
    this.#told(mail)
  }

  /** The newest first. */
  get all(): readonly Mail[] {
    return this.#sent
  }

  clear(): void {
    this.#sent.length = 0
  }
}
