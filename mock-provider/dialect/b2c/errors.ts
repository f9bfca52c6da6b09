import { randomUUID } from 'node:crypto'
import { type Moment, toIso } from '../../../clock/moment.ts'

/**
 * B2C's own errors: the OAuth error that carries each, and its text (notes/b2c.md §1.5). What stands
 * in braces is filled in with what was asked.
 */
const ERRORS = {
  AADB2C90006: {
    error: 'redirect_uri_mismatch',
    text: "The redirect URI '{redirect_uri}' provided in the request is not registered for the client ID '{client_id}'.",
  },
  AADB2C90008: {
    error: 'invalid_request',
    text: 'The request does not contain a client ID parameter.',
  },
  AADB2C90010: {
    error: 'invalid_request',
    text: 'The request does not contain a scope parameter.',
  },
  AADB2C90012: {
    error: 'invalid_request',
    text: "The scope '{scope}' provided in request is not supported.",
  },
  AADB2C90013: {
    error: 'unsupported_response_type',
    text: "The requested response type '{response_type}' provided in the request is not supported.",
  },
  AADB2C90014: {
    error: 'invalid_request',
    text: "The requested response mode '{response_mode}' provided in the request is not supported.",
  },
  AADB2C90018: {
    error: 'unauthorized_client',
    text: "The client ID '{client_id}' specified in the request is not registered in tenant '{tenant}'.",
  },
  AADB2C90022: {
    error: 'invalid_request',
    text: "Unable to return metadata for the policy '{policy}' in tenant '{tenant}'.",
  },
  AADB2C90035: {
    error: 'temporarily_unavailable',
    text: 'The service is temporarily unavailable. Please retry after a few minutes.',
  },
  AADB2C90037: {
    error: 'server_error',
    text: 'An error occurred while processing the request.',
  },
  AADB2C90043: {
    error: 'invalid_request',
    text: "The prompt included in the request contains invalid values. Expected 'none', 'login', 'consent' or 'select_account'.",
  },
  AADB2C90046: {
    error: 'invalid_request',
    text: 'We are having trouble loading your current state. You might want to try starting your session over from the beginning.',
  },
  AADB2C90048: {
    error: 'server_error',
    text: 'An unhandled exception has occurred on the server.',
  },
  AADB2C90052: { error: 'access_denied', text: 'Invalid username or password.' },
  AADB2C90053: { error: 'access_denied', text: "We can't seem to find your account." },
  AADB2C90054: { error: 'access_denied', text: 'Your password is incorrect.' },
  AADB2C90057: {
    error: 'unauthorized_client',
    text: "The provided application is not configured to allow the 'OAuth' Implicit flow.",
  },
  AADB2C90058: {
    error: 'unauthorized_client',
    text: 'The provided application is not configured to allow public clients.',
  },
  AADB2C90077: {
    error: 'interaction_required',
    text: "User does not have an existing session and request prompt parameter has a value of 'None'.",
  },
  AADB2C90079: {
    error: 'invalid_request',
    text: 'Clients must send a client_secret when redeeming a confidential grant.',
  },
  AADB2C90080: {
    error: 'invalid_grant',
    text: 'The provided grant has expired. Please re-authenticate and try again. Current time: {now}, Grant issued time: {issued}, Grant sliding window expiration time: {expires}',
  },
  AADB2C90081: {
    error: 'invalid_client',
    text: 'The specified client_secret does not match the expected value for this client. Please correct the client_secret and try again.',
  },
  AADB2C90083: {
    error: 'invalid_request',
    text: 'The request is missing required parameter: {parameter}.',
  },
  AADB2C90084: {
    error: 'invalid_request',
    text: 'Public clients should not send a client_secret when redeeming a publicly acquired grant.',
  },
  AADB2C90085: {
    error: 'invalid_grant',
    text: 'The service has encountered an internal error. Please reauthenticate and try again.',
  },
  AADB2C90086: {
    error: 'unsupported_grant_type',
    text: 'The supplied grant_type [{grant_type}] is not supported.',
  },
  AADB2C90088: {
    error: 'invalid_grant',
    text: 'The provided grant has not been issued for this endpoint. Actual Value : {actual} and Expected Value : {expected}',
  },
  AADB2C90091: {
    error: 'access_denied',
    text: 'The user has cancelled entering self-asserted information.',
  },
  AADB2C90110: {
    error: 'invalid_request',
    text: "The scope parameter must include 'openid' when requesting a response_type that includes 'id_token'.",
  },
  AADB2C90111: {
    error: 'access_denied',
    text: 'Your account has been locked. Contact your support person to unlock it, then try again.',
  },
  AADB2C90114: {
    error: 'access_denied',
    text: 'Your account is temporarily locked to prevent unauthorized use. Try again later.',
  },
  AADB2C90115: {
    error: 'invalid_request',
    text: "When requesting the 'code' response_type, the scope parameter must include a resource or client ID for access tokens, and 'openid' for ID tokens. Additionally include 'offline_access' for refresh tokens.",
  },
  AADB2C90117: {
    error: 'invalid_request',
    text: "The scope '{scope}' provided in the request is not supported.",
  },
  AADB2C90118: { error: 'access_denied', text: 'The user has forgotten their password.' },
  AADB2C90120: {
    error: 'invalid_request',
    text: "The max age parameter '{max_age}' specified in the request is invalid. Max age must be an integer between '0' and '9007199254740991' inclusive.",
  },
  AADB2C90128: {
    error: 'invalid_grant',
    text: 'The account associated with this grant no longer exists. Please reauthenticate and try again.',
  },
  AADB2C90129: {
    error: 'invalid_grant',
    text: 'The provided grant has been revoked. Please reauthenticate and try again.',
  },
  AADB2C90146: {
    error: 'invalid_request',
    text: "The scope '{scope}' provided in request specifies more than one resource for an access token, which is not supported.",
  },
  AADB2C90157: {
    error: 'access_denied',
    text: 'User has exceeded the maximum number for retries for a self-asserted step.',
  },
  AADB2C90182: {
    error: 'invalid_grant',
    text: 'The supplied code_verifier does not match associated code_challenge',
  },
  AADB2C90183: { error: 'invalid_grant', text: 'The supplied code_verifier is invalid' },
  AADB2C90184: {
    error: 'invalid_request',
    text: 'The supplied code_challenge_method is not supported. Supported values are plain or S256',
  },
  AADB2C90205: {
    error: 'unauthorized_client',
    text: 'This application does not have sufficient permissions against this web resource to perform the operation.',
  },
  AADB2C90210: {
    error: 'invalid_request',
    text: 'The provided id_token_hint parameter could not be validated. Please provide another token and try again.',
  },
  AADB2C90211: {
    error: 'invalid_request',
    text: 'The request contained an incomplete state cookie.',
  },
  AADB2C90212: {
    error: 'invalid_request',
    text: 'The request contained an invalid state cookie.',
  },
  AADB2C90225: {
    error: 'access_denied',
    text: 'The username or password provided in the request are invalid.',
  },
  AADB2C90273: {
    error: 'access_denied',
    text: 'An invalid response was received: the identity provider reported access_denied.',
  },
  AADB2C99059: {
    error: 'invalid_request',
    text: 'The supplied request must present a code_challenge. Required for single-page apps using the authorization code flow.',
  },
} as const satisfies Record<string, { readonly error: string; readonly text: string }>

export type B2cCode = keyof typeof ERRORS

/** An error as it goes over the wire. */
export interface OAuthError {
  readonly error: string
  readonly error_description: string
}

/** What was asked, by parameter, and what else a text may name. */
export type ErrorValues = Readonly<Record<string, string | number | undefined>>

/** What a person reads. */
export const textOf = (code: B2cCode, values: ErrorValues = {}): string =>
  ERRORS[code].text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))

/** B2C's format of every description: three lines, each ended by CRLF. */
export function b2cError(code: B2cCode, now: Moment, values: ErrorValues = {}): OAuthError {
  const timestamp = toIso(now)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
  const lines = [
    `${code}: ${textOf(code, values)}`,
    `Correlation ID: ${randomUUID()}`,
    `Timestamp: ${timestamp}`,
  ]
  return {
    error: ERRORS[code].error,
    error_description: lines.map((line) => `${line}\r\n`).join(''),
  }
}

export const B2C_CODES = Object.keys(ERRORS) as readonly B2cCode[]

export const isB2cCode = (name: string): name is B2cCode => Object.hasOwn(ERRORS, name)
