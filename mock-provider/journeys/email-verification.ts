import { randomInt } from 'node:crypto'
import type { Clock } from '../../clock/clock.ts'
import { MINUTE, type Moment } from '../../clock/moment.ts'
import type { Mails } from '../mails.ts'
import type { Refusal } from './refusal.ts'
import type { Step } from './steps.ts'
import { Waiting } from './waiting.ts'

/** How far a person has come with showing that they read an address's mail. */
export type EmailVerification =
  | { readonly at: 'email' }
  | {
      readonly at: 'code'
      readonly email: string
      readonly code: string
      readonly until: Moment
      /** How many wrong codes were given. */
      readonly wrong: number
    }
  | { readonly at: 'verified'; readonly email: string }

/** B2C's defaults for verification codes. */
const CODE_LIFE = 10 * MINUTE
const MOST_WRONG = 5

/** What is wrong with a code that was given; `undefined`: the person read the mail. */
function refuseCode(
  sent: Extract<EmailVerification, { at: 'code' }>,
  given: string,
  now: Moment,
): Refusal | undefined {
  if (sent.wrong >= MOST_WRONG) return 'UserMessageIfMaxRetryAttempted'
  if (sent.until <= now) return 'UserMessageIfSessionDoesNotExist'
  if (given.trim() === sent.code) return undefined
  return sent.wrong + 1 >= MOST_WRONG
    ? 'UserMessageIfMaxRetryAttempted'
    : 'UserMessageIfInvalidCode'
}

/** Mails codes, and judges what people make of them. One for each journey that needs it. */
export class EmailVerifications {
  readonly #mails: Mails
  readonly #clock: Clock
  readonly #waiting: Waiting<EmailVerification>

  constructor(mails: Mails, clock: Clock) {
    this.#mails = mails
    this.#clock = clock
    this.#waiting = new Waiting(clock)
  }

  of(step: Step): EmailVerification {
    return this.#waiting.of(step) ?? { at: 'email' }
  }

  /**
   * The address that was shown to be the person's; `undefined` before.
   *
   * @param given - what the page says it is: the person may have typed another one since.
   */
  verified(step: Step, given: string | null): string | undefined {
    const known = this.of(step)
    if (known.at !== 'verified') return undefined
    return given === null || given.trim() === known.email ? known.email : undefined
  }

  /** To any address: whether it has an account here is told to whoever reads its mails alone. */
  send(step: Step, given: string): Refusal | undefined {
    const email = given.trim()
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) return 'EmailIncorrectFormat'
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    const now = this.#clock.now()
    this.#mails.send({ to: email, subject: 'Your account email verification code', at: now, code })
    this.#waiting.keep(step, { at: 'code', email, code, until: now + CODE_LIFE, wrong: 0 })
    return undefined
  }

  verify(step: Step, given: string): Refusal | undefined {
    const sent = this.of(step)
    if (sent.at === 'email') return 'EmailNotVerified'
    // An old page, from before the person went on.
    if (sent.at === 'verified') return undefined
    const refusal = refuseCode(sent, given, this.#clock.now())
    if (refusal === undefined) this.#waiting.keep(step, { at: 'verified', email: sent.email })
    else this.#waiting.keep(step, { ...sent, wrong: sent.wrong + 1 })
    return refusal
  }

  /** Another address, from the beginning. */
  forget(step: Step): void {
    this.#waiting.drop(step)
  }
}
