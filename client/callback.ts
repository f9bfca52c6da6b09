import { fromSeconds, type Moment } from '../clock/moment.ts'
import { inWords, isReason, type Reason } from '../protocol/reasons.ts'
import type { PendingSignIn } from './held.ts'
import type { CallbackVerdict } from './ports.ts'

/** Why a person could not be signed in. */
export interface SignInRefusal {
  /** The error code of RFC 6749 §4.1.2.1, e.g. `access_denied`. */
  readonly error: string
  /** For people. */
  readonly sentence: string
  readonly reason: Reason | undefined
  readonly at: Moment | undefined
}

export type Callback =
  | { readonly kind: 'foreign'; readonly why: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly refusal: SignInRefusal }

const LONGEST_SENTENCE = 300

/**
 * Reads the address that came back from the browser. `state` and `iss` come before anything else,
 * in bad news as in good (RFC 9207 §2.4, RFC 9700 §4.4). What is not certainly the answer to this
 * sign-in is `foreign` and changes nothing: anybody can send a browser to a way back.
 */
export function readCallback(
  callbackUrl: string,
  pending: Pick<PendingSignIn, 'state' | 'redirectUri'>,
  issuer: string,
): Callback {
  let url: URL
  try {
    url = new URL(callbackUrl)
  } catch {
    return foreign('address')
  }
  if (!sameAddress(url, new URL(pending.redirectUri))) return foreign('address')
  const query = url.searchParams
  for (const name of query.keys()) {
    // RFC 6749 §3.1: no parameter may come twice.
    if (query.getAll(name).length > 1) return foreign('repeated')
  }
  if (query.get('state') !== pending.state) return foreign('state')
  if (query.get('iss') !== issuer) return foreign('iss')
  const error = query.get('error')
  const code = query.get('code')
  if (error !== null && code === null) return { kind: 'refused', refusal: refusalOf(error, query) }
  if (code !== null && code !== '' && error === null) return { kind: 'code', code }
  return foreign('neither_code_nor_error')
}

/** What the receiver of the callback is told. */
export function verdictOf(callback: Callback): CallbackVerdict {
  switch (callback.kind) {
    case 'foreign':
      return { kind: 'foreign' }
    case 'code':
      return { kind: 'accepted' }
    case 'refused':
      return { kind: 'refused', sentence: callback.refusal.sentence }
  }
}

const foreign = (why: string): Callback => ({ kind: 'foreign', why })

/** Compared by hand: private schemes have the origin "null". */
const sameAddress = (came: URL, expected: URL): boolean =>
  came.protocol === expected.protocol &&
  came.host === expected.host &&
  came.pathname === expected.pathname &&
  came.username === '' &&
  came.password === ''

function refusalOf(error: string, query: URLSearchParams): SignInRefusal {
  const word = query.get('reason')
  const reason = isReason(word) ? word : undefined
  const seconds = query.get('ended_at') ?? ''
  const at = /^\d{1,12}$/.test(seconds) ? fromSeconds(Number(seconds)) : undefined
  const description = (query.get('error_description') ?? '').slice(0, LONGEST_SENTENCE)
  const otherwise = reason ? inWords(reason, { at }).sentence : 'You were not signed in. Try again.'
  return { error, sentence: description || otherwise, reason, at }
}
