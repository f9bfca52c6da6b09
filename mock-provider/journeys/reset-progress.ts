import { MINUTE, type Moment } from '../../clock/moment.ts'

/** How far a person has come with the reset of their password. */
export type ResetProgress =
  | { readonly at: 'email' }
  | {
      readonly at: 'code'
      readonly email: string
      readonly code: string
      readonly until: Moment
      /** How many wrong codes were given. */
      readonly wrong: number
    }
  | { readonly at: 'password'; readonly oid: string }

/** B2C's defaults for verification codes. */
export const CODE_LIFE = 10 * MINUTE
const MOST_WRONG = 5

export type CodeVerdict = 'right' | 'wrong' | 'expired' | 'too-often-wrong'

/** Whether the person read the mail. */
export function judgeCode(
  sent: Extract<ResetProgress, { at: 'code' }>,
  given: string,
  now: Moment,
): CodeVerdict {
  if (sent.wrong >= MOST_WRONG) return 'too-often-wrong'
  if (sent.until <= now) return 'expired'
  if (given.trim() === sent.code) return 'right'
  return sent.wrong + 1 >= MOST_WRONG ? 'too-often-wrong' : 'wrong'
}

const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/]

/** What B2C, by its "strong" rule, has against a new password; `undefined`: nothing. */
export function passwordProblem(password: string, again: string): string | undefined {
  if (password.length < 8 || password.length > 64) {
    return 'The password must be between 8 and 64 characters.'
  }
  if (KINDS.filter((kind) => kind.test(password)).length < 3) {
    return 'The password must have at least 3 of the following: a lowercase letter, an uppercase letter, a digit, a symbol.'
  }
  if (password !== again) {
    return 'The password entry fields do not match. Please enter the same password in both fields and try again.'
  }
  return undefined
}
