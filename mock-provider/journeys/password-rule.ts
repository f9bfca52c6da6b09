import type { Refusal } from './refusal.ts'

const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/]

/** What B2C, by its "strong" rule, has against a new password; `undefined`: nothing. */
export function refusePassword(password: string, again: string): Refusal | undefined {
  if (password.length < 8 || password.length > 64) return 'PasswordLength'
  if (KINDS.filter((kind) => kind.test(password)).length < 3) return 'PasswordTooPlain'
  return password === again ? undefined : 'PasswordEntryMismatch'
}
