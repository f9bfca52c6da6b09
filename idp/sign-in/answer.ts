import { type Duration, type Moment, toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import type { AwaitedAnswer, RefusedSignIn, SignIn } from '../store/records.ts'
import type { Provider, ProviderIdentity } from './provider.ts'
import { one } from './request.ts'
import { returnError } from './return.ts'
import type { Onward } from './steps.ts'

/** What a browser brings back from the provider. */
export interface Arrived {
  readonly callback: URL
  readonly state: string
}

/** What the provider's answer comes to, once it was read and checked. */
export type Answer =
  | { readonly kind: 'identity'; readonly identity: ProviderIdentity }
  /** The provider says no; `error` is fit for the log. */
  | { readonly kind: 'no'; readonly why: No; readonly error: string }
  /** It says nothing that could be believed; `cause` is fit for the log. */
  | { readonly kind: 'unsound' | 'unreachable'; readonly cause: string }

/** Why the provider says no. */
export type No = 'forgot_password' | 'refused'

/** Reads the answer that a step waits for; redeems the code, where there is one, and checks all of it. */
export async function readAnswer(
  provider: Pick<Provider, 'identity'>,
  { nonce, codeVerifier }: AwaitedAnswer,
  { callback, state }: Arrived,
): Promise<Answer> {
  const error = one(callback.searchParams, 'error')
  if (error !== undefined) {
    const why = readNo(error, callback.searchParams.get('error_description') ?? '')
    return { kind: 'no', why, error: wordOf(error) }
  }
  try {
    const identity = await provider.identity(callback, { state, nonce, codeVerifier })
    return { kind: 'identity', identity }
  } catch (cause) {
    return { kind: isUnreachable(cause) ? 'unreachable' : 'unsound', cause: nameOf(cause) }
  }
}

/** B2C's word for "Forgot your password?" (notes/b2c.md §1.5) stands first in the description. */
export const readNo = (error: string, description: string): No =>
  error === 'access_denied' && /^AADB2C90118\b/.test(description) ? 'forgot_password' : 'refused'

/** Ends a sign-in for which no session was opened at the provider, so nothing is there to purge. */
export function abandoned(site: Site, signIn: SignIn, sentence: string): Onward {
  if (signIn.clientId === 'latchkey-web') throw new LatchkeyError('access_denied', sentence)
  return { to: returnError(site, signIn, 'access_denied', sentence) }
}

/** When the person proved themselves for this sign-in, as it was last asked for; `undefined`: not for it. */
export function provedAt(
  site: Site,
  { askedAt, createdAt }: SignIn,
  { authTime }: ProviderIdentity,
): Moment | undefined {
  const { providerClockTolerance } = site.settings
  const fresh =
    authTime !== undefined && isFresh(authTime, askedAt ?? createdAt, providerClockTolerance)
  return fresh ? authTime : undefined
}

/** `auth_time` has whole seconds only. */
export const isFresh = (authTime: Moment, asked: Moment, tolerance: Duration): boolean =>
  toSeconds(authTime) >= toSeconds(asked - tolerance)

/** Nobody proved themselves, which is no reason of ours. */
export const UNASKED: RefusedSignIn = {
  kind: 'refused',
  reason: null,
  at: null,
  description:
    'The provider signed somebody in without asking for the password. Please sign in again.',
}

/** Standard error codes are plain words (OIDC Core §3.1.2.6); anything else may be anything, even a secret. */
const wordOf = (error: string): string => (/^[a-z_]{1,40}$/.test(error) ? error : 'another word')

/** Whether the provider did not answer at all, as against an answer that is no good. */
const isUnreachable = (cause: unknown): boolean =>
  cause instanceof LatchkeyError ||
  nameOf(cause) === 'OAUTH_TIMEOUT' ||
  nameOf(cause) === 'TypeError'

/** What went wrong, without what came over the wire: messages of libraries may quote tokens. */
const nameOf = (cause: unknown): string => {
  const code = (cause as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : cause instanceof Error ? cause.name : 'unknown'
}
