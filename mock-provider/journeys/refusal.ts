import { textOf } from '../dialect/b2c/errors.ts'

/**
 * What a page may be told instead of going on: B2C's words (its localization strings) and the id of
 * the element that says them on its pages. Codes that B2C has are B2C's.
 */
export const REFUSALS = {
  AADB2C90053: { message: textOf('AADB2C90053'), element: 'claimVerificationServerError' },
  AADB2C90054: { message: textOf('AADB2C90054'), element: 'claimVerificationServerError' },
  AADB2C90111: { message: textOf('AADB2C90111'), element: 'claimVerificationServerError' },
  UserMessageIfClaimsPrincipalDoesNotExist: {
    message: 'An account could not be found for the provided user ID.',
    element: 'claimVerificationServerError',
  },
  UserMessageIfClaimsPrincipalAlreadyExists: {
    message: 'A user with the specified ID already exists. Please choose a different one.',
    element: 'claimVerificationServerError',
  },
  RequiredFieldMissing: {
    message: 'A required field is missing. Please fill out all required fields and try again.',
    element: 'requiredFieldMissing',
  },
  PasswordLength: {
    message: 'The password must be between 8 and 64 characters.',
    element: 'fieldIncorrect',
  },
  PasswordTooPlain: {
    message:
      'The password must have at least 3 of the following: a lowercase letter, an uppercase letter, a digit, a symbol.',
    element: 'fieldIncorrect',
  },
  PasswordEntryMismatch: {
    message:
      'The password entry fields do not match. Please enter the same password in both fields and try again.',
    element: 'passwordEntryMismatch',
  },
  EmailNotVerified: {
    message: 'Verification is necessary. Please click Send button.',
    element: 'email_intro',
  },
  EmailIncorrectFormat: {
    message: 'Please enter a valid email address.',
    element: 'email_incorrect_format',
  },
  UserMessageIfInvalidCode: {
    message: 'That code is incorrect. Please try again.',
    element: 'email_fail_retry',
  },
  UserMessageIfSessionDoesNotExist: {
    message: 'That code is expired. Please request a new code.',
    element: 'email_fail_code_expired',
  },
  UserMessageIfMaxRetryAttempted: {
    message: 'You’ve made too many incorrect attempts. Please request a new code.',
    element: 'email_fail_no_retry',
  },
} as const satisfies Record<string, { readonly message: string; readonly element: string }>

export type Refusal = keyof typeof REFUSALS
