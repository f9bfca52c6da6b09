import { LatchkeyError } from '../../protocol/errors.ts'
import { type ClientId, isClientId, isRedirectUri } from '../clients.ts'

/** An authorization request, checked (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 9449 §10). */
export interface SignInRequest {
  readonly clientId: ClientId
  readonly redirectUri: string
  readonly state: string | null
  /** `null` only for a browser on the site itself. */
  readonly codeChallenge: string | null
  readonly deviceId: string | null
  readonly jkt: string | null
  readonly loginHint: string | undefined
  /** `prompt=none` (OIDC Core §3.1.2.1): nobody may be asked anything. */
  readonly silent: boolean
}

/** Where to send the client's errors, once it is certain that the address is the client's. */
export interface ReturnAddress {
  readonly clientId: ClientId
  readonly redirectUri: string
  readonly state: string | null
}

/** No honest parameter is longer. */
const LONGEST = 2048

const SHA256_BASE64URL = /^[\w-]{43}$/

/**
 * Finds out whose request it is and where its answer goes. Whatever is wrong here is told to the
 * person and not to the address: it may be a stranger's (RFC 6749 §4.1.2.1).
 *
 * @param webReturn where a browser on the site itself goes
 * @throws LatchkeyError `invalid_request`
 */
export function readReturnAddress(
  query: URLSearchParams,
  extensionUris: readonly string[],
  webReturn: string,
): ReturnAddress {
  const clientId = one(query, 'client_id') ?? 'latchkey-web'
  if (!isClientId(clientId)) {
    throw new LatchkeyError(
      'invalid_request',
      'This app is not known here (client_id). Open the sign-in from an app that is.',
    )
  }
  const redirectUri = one(query, 'redirect_uri')
  const state = one(query, 'state') ?? null
  if (clientId === 'latchkey-web') {
    if (redirectUri !== undefined) {
      throw new LatchkeyError('invalid_request', 'A sign-in on this site takes no redirect_uri.')
    }
    return { clientId, redirectUri: webReturnAddress(query, webReturn), state }
  }
  if (redirectUri === undefined || !isRedirectUri(clientId, redirectUri, extensionUris)) {
    throw new LatchkeyError(
      'invalid_request',
      'The way back (redirect_uri) is not one of this app’s. Start the sign-in again from the app.',
    )
  }
  return { clientId, redirectUri, state }
}

/** The account pages: the only ones that a sign-in may be asked to come back to. */
const ACCOUNT_PATH = /^\/account(?:\/[a-z-]{1,40}){0,2}$/

/** A sensitive change asks for a fresh sign-in first, which then comes back to its page. */
function webReturnAddress(query: URLSearchParams, webReturn: string): string {
  const path = one(query, 'return_to')
  if (path === undefined) return webReturn
  // Nothing but a path of ours is taken, or any link to a sign-in could lead anywhere (RFC 9700 §4.11).
  if (ACCOUNT_PATH.test(path)) return new URL(path, webReturn).href
  throw new LatchkeyError('invalid_request', 'return_to names no page of your account here.')
}

/**
 * Reads the rest of the request.
 *
 * @throws LatchkeyError that may be sent to the return address
 */
export function readSignInRequest(query: URLSearchParams, to: ReturnAddress): SignInRequest {
  const loginHint = one(query, 'login_hint')
  if (loginHint !== undefined && loginHint.length > 254) {
    throw new LatchkeyError('invalid_request', 'login_hint is longer than any e-mail address.')
  }
  // Whatever else may be asked for, more is done than that: everybody is asked, always.
  const silent = one(query, 'prompt') === 'none'
  const base = { ...to, loginHint, silent, deviceId: null, jkt: null, codeChallenge: null }
  if (to.clientId === 'latchkey-web') {
    if (!silent) return base
    throw new LatchkeyError('login_required', 'Nobody is signed in here without being asked.')
  }
  if (one(query, 'response_type') !== 'code') {
    throw new LatchkeyError(
      'unsupported_response_type',
      'Ask for response_type=code: it is the only one.',
    )
  }
  const mode = one(query, 'response_mode')
  if (mode !== undefined && mode !== 'query') {
    throw new LatchkeyError('invalid_request', 'Only response_mode=query is offered.')
  }
  const codeChallenge = one(query, 'code_challenge')
  if (codeChallenge === undefined || one(query, 'code_challenge_method') !== 'S256') {
    throw new LatchkeyError(
      'invalid_request',
      'Send a PKCE code_challenge with code_challenge_method=S256 (RFC 7636).',
    )
  }
  if (!SHA256_BASE64URL.test(codeChallenge)) {
    throw new LatchkeyError('invalid_request', 'code_challenge is not the base64url of a SHA-256.')
  }
  const jkt = one(query, 'dpop_jkt') ?? null
  if (jkt !== null && !SHA256_BASE64URL.test(jkt)) {
    throw new LatchkeyError('invalid_request', 'dpop_jkt is not a key thumbprint (RFC 7638).')
  }
  const deviceId = one(query, 'device_id') ?? null
  if (deviceId !== null && jkt === null) {
    throw new LatchkeyError(
      'invalid_request',
      'Send dpop_jkt with device_id: the key that the device registered.',
    )
  }
  return { ...base, codeChallenge, jkt, deviceId }
}

/** A parameter that may come once (RFC 6749 §3.1). An empty one counts as not sent. */
export function one(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name)
  if (values.length > 1)
    throw new LatchkeyError('invalid_request', `Send ${name} once, not ${values.length} times.`)
  const [value] = values
  if (value !== undefined && value.length > LONGEST) {
    throw new LatchkeyError('invalid_request', `${name} is too long.`)
  }
  return value === '' ? undefined : value
}
