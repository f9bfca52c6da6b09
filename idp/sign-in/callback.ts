import { LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import type { SignIn, SignInOutcome, SignInStep } from '../store/records.ts'
import { hashOf } from '../tokens/secret.ts'
import { type Arrived, abandoned, provedAt, readAnswer, UNASKED } from './answer.ts'
import { arrive } from './arrival.ts'
import type { ProviderIdentity } from './provider.ts'
import { finishProbe, finishSilent, startPurge } from './purge.ts'
import { one } from './request.ts'
import { finishReset, resetAtProvider, startReset } from './reset.ts'
import { type Browser, checkUnderWay, type Onward, providerOf, takeStep } from './steps.ts'

/**
 * The return from the provider: of the sign-in itself, of a reset of the password, and later of the
 * probe (DESIGN §4 no. 3, 5).
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
        return finishSignIn(site, signIn, signIn.step, { callback, state }, browser)
      case 'reset':
        return finishReset(site, signIn, signIn.step, { callback, state }, browser)
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

async function finishSignIn(
  site: Site,
  signIn: SignIn,
  step: Extract<SignInStep, { at: 'provider' }>,
  arrived: Arrived,
  browser: Browser,
): Promise<Onward> {
  const provider = providerOf(site, signIn)
  const answer = await readAnswer(provider, step, arrived)
  switch (answer.kind) {
    case 'identity': {
      const outcome = await judge(site, signIn, answer.identity, browser)
      return startPurge(site, signIn, outcome, answer.identity.idToken, provider)
    }
    case 'no':
      if (answer.why === 'forgot_password' && provider.reset) {
        return startReset(site, signIn, provider.reset)
      }
      await takeStep(site, signIn, { at: 'done' })
      site.log.info({ signIn: signIn.id, error: answer.error }, 'provider refused')
      return abandoned(site, signIn, 'The sign-in was cancelled, or the provider refused it.')
    case 'unreachable':
    case 'unsound':
      await takeStep(site, signIn, { at: 'done' })
      site.log.warn({ signIn: signIn.id, cause: answer.cause }, 'provider answer failed our checks')
      return abandoned(
        site,
        signIn,
        answer.kind === 'unreachable'
          ? 'The provider can’t be reached just now. Please sign in again in a minute.'
          : 'The provider’s answer did not pass our checks. Please sign in again.',
      )
  }
}

async function judge(
  site: Site,
  signIn: SignIn,
  identity: ProviderIdentity,
  browser: Browser,
): Promise<SignInOutcome> {
  const authTime = provedAt(site, signIn, identity)
  if (authTime === undefined) return UNASKED
  // Before the person arrives: what they begin now is not to end with all the rest.
  if (identity.passwordReset) await resetAtProvider(site, identity, browser)
  const invited = signIn.invitationId !== undefined
  const { lifetimes } = site.settings
  return arrive(site.store, { ...identity, authTime }, lifetimes, site.clock.now(), invited)
}
