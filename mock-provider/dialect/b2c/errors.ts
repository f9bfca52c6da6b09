import { randomUUID } from 'node:crypto'
import { type Moment, toIso } from '../../../clock/moment.ts'

/** B2C's own errors: the text, and the OAuth error that carries it (notes/b2c.md §1.5). */
const ERRORS = {
  AADB2C90006: {
    error: 'redirect_uri_mismatch',
    text: 'The redirect URI provided in the request is not registered for the client ID.',
  },
  AADB2C90018: {
    error: 'unauthorized_client',
    text: 'The client ID specified in the request is not registered in the tenant.',
  },
  AADB2C90037: {
    error: 'server_error',
    text: 'An error occurred while processing the request.',
  },
  AADB2C90046: {
    error: 'invalid_request',
    text: 'We are having trouble loading your current state. You might want to try starting your session over from the beginning.',
  },
  AADB2C90053: { error: 'access_denied', text: "We can't seem to find your account." },
  AADB2C90054: { error: 'access_denied', text: 'Your password is incorrect.' },
  AADB2C90077: {
    error: 'interaction_required',
    text: "User does not have an existing session and request prompt parameter has a value of 'None'.",
  },
  AADB2C90091: {
    error: 'access_denied',
    text: 'The user has cancelled entering self-asserted information.',
  },
  AADB2C90118: { error: 'access_denied', text: 'The user has forgotten their password.' },
  AADB2C90212: {
    error: 'invalid_request',
    text: 'The state cookie of this request is missing or not the one that was given out.',
  },
  AADB2C90273: {
    error: 'access_denied',
    text: 'An invalid response was received: the identity provider reported access_denied.',
  },
} as const

export type B2cCode = keyof typeof ERRORS

/** An error as it goes over the wire. */
export interface OAuthError {
  readonly error: string
  readonly error_description: string
}

/** What a person reads. */
export const textOf = (code: B2cCode): string => ERRORS[code].text

/** B2C's format of every description: three lines, each ended by CRLF. */
export function b2cError(code: B2cCode, now: Moment): OAuthError {
  const { error, text } = ERRORS[code]
  const timestamp = toIso(now)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
  const lines = [`${code}: ${text}`, `Correlation ID: ${randomUUID()}`, `Timestamp: ${timestamp}`]
  return { error, error_description: lines.map((line) => `${line}\r\n`).join('') }
}

/** What the engine calls an error, as B2C calls it. Errors that B2C names nowhere stay as they are. */
export function asB2c(error: OAuthError, now: Moment): OAuthError {
  if (error.error_description.startsWith('AADB2C')) return error
  switch (error.error) {
    case 'login_required':
    case 'interaction_required':
      return b2cError('AADB2C90077', now)
    case 'invalid_redirect_uri':
      return b2cError('AADB2C90006', now)
    case 'invalid_client':
      return b2cError('AADB2C90018', now)
    case 'server_error':
      return b2cError('AADB2C90037', now)
    default:
      return error
  }
}
