import { type Duration, type Moment, toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import type { SignIn, SignInOutcome, SignInStep } from '../store/records.ts'
import { hashOf } from '../tokens/secret.ts'
import { arrive } from './arrival.ts'
import type { ProviderIdentity } from './provider.ts'
import { finishProbe, finishSilent, startPurge } from './purge.ts'
import { one } from './request.ts'
import { returnError } from './return.ts'
import { type Browser, checkUnderWay, type Onward, providerOf, takeStep } from './steps.ts'

/**
 * The return from the provider: of the sign-in itself, and later of the probe (DESIGN §4 no. 3, 5).
 *
 * @returns where the browser goes next
 * @throws LatchkeyError in words for the person
 */
export async function handleCallback(site: Site, callback: URL, browser: Browser): Promise<Onward> {
  const state = one(callback.searchParams, 'state')
  if (state === undefined) {
    throw new LatchkeyError(
      'invalid_request',
      'The provider sent no state. Go back to the app and start the sign-in again.',
    )
  }
  const stateHash = hashOf(state)
  return site.turns.take(stateHash, async () => {
    const signIn = checkUnderWay(site, await site.store.signInByState(stateHash), browser)
    switch (signIn.step.at) {
      case 'provider':
        return handleIdentity(site, signIn, signIn.step, { callback, state })
      case 'silent':
        return finishSilent(site, signIn, callback)
      case 'probe':
        return finishProbe(site, signIn, signIn.step.outcome, callback, browser)
      default:
        throw new LatchkeyError(
          'invalid_request',
          'This is not the step that the sign-in waits for.',
        )
    }
  })
}

async function handleIdentity(
  site: Site,
  signIn: SignIn,
  step: Extract<SignInStep, { at: 'provider' }>,
  { callback, state }: { callback: URL; state: string },
): Promise<Onward> {
  const error = one(callback.searchParams, 'error')
  if (error !== undefined) {
    await takeStep(site, signIn, { at: 'done' })
    site.log.info({ signIn: signIn.id, error: wordOf(error) }, 'provider refused')
    return abandoned(site, signIn, 'The sign-in was cancelled, or the provider refused it.')
  }
  let identity: ProviderIdentity
  try {
    identity = await providerOf(site, signIn).identity(callback, {
      state,
      nonce: step.nonce,
      codeVerifier: step.codeVerifier,
    })
  } catch (cause) {
    await takeStep(site, signIn, { at: 'done' })
    site.log.warn({ signIn: signIn.id, cause: nameOf(cause) }, 'provider answer failed our checks')
    return abandoned(
      site,
      signIn,
      isUnreachable(cause)
        ? 'The provider can’t be reached just now. Please sign in again in a minute.'
        : 'The provider’s answer did not pass our checks. Please sign in again.',
    )
  }
  const outcome = await judge(site, signIn, identity)
  return startPurge(site, signIn, outcome, identity.idToken)
}

/** Ends a sign-in for which no session was opened at the provider, so nothing is there to purge. */
function abandoned(site: Site, signIn: SignIn, sentence: string): Onward {
  if (signIn.clientId === 'latchkey-web') throw new LatchkeyError('access_denied', sentence)
  return { to: returnError(site, signIn, 'access_denied', sentence) }
}

async function judge(
  site: Site,
  signIn: SignIn,
  identity: ProviderIdentity,
): Promise<SignInOutcome> {
  const { authTime } = identity
  if (
    authTime === undefined ||
    !isFresh(authTime, signIn.createdAt, site.settings.providerClockTolerance)
  ) {
    return {
      kind: 'refused',
      reason: null,
      at: null,
      description:
        'The provider signed somebody in without asking for the password. Please sign in again.',
    }
  }
  return arrive(site.store, { ...identity, authTime }, site.settings.lifetimes, site.clock.now())
}

/** Whether the person proved themselves for this sign-in; `auth_time` has whole seconds only. */
export const isFresh = (authTime: Moment, asked: Moment, tolerance: Duration): boolean =>
  toSeconds(authTime) >= toSeconds(asked - tolerance)

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
