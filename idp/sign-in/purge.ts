import { toSeconds } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { readProof } from '../../protocol/purge-proof.ts'
import type { Site } from '../site.ts'
import type { SignIn, SignInOutcome } from '../store/records.ts'
import { hashOf } from '../tokens/secret.ts'
import { chooseOrFinish } from './finish.ts'
import { newProviderRequest, type Provider } from './provider.ts'
import { one } from './request.ts'
import { returnUrl } from './return.ts'
import { type Browser, checkUnderWay, type Onward, providerOf, takeStep } from './steps.ts'

/**
 * Leads the browser through the provider's logout, right after the provider's answer and before
 * anything else is asked: whoever walks away at the chooser leaves no session behind, and the ID
 * token goes back to the provider without ever being stored.
 *
 * @param by the provider, or its reset journey: whoever gave the ID token
 * @returns where the browser goes next
 */
export async function startPurge(
  site: Site,
  signIn: SignIn,
  outcome: SignInOutcome,
  idToken: string,
  by: Pick<Provider, 'logoutUrl'>,
): Promise<Onward> {
  const { state } = newProviderRequest()
  const to = await by.logoutUrl(idToken, state)
  if (to === undefined) return startProbe(site, signIn, outcome)
  await takeStep(site, signIn, { at: 'logout', stateHash: hashOf(state), outcome })
  return { to }
}

/** Back from the provider's logout: asks, in the same cookie jar, whether it still knows somebody. */
export async function handlePurged(
  site: Site,
  query: URLSearchParams,
  browser: Browser,
): Promise<Onward> {
  const state = one(query, 'state')
  const signIn = checkUnderWay(
    site,
    state === undefined ? undefined : await site.store.signInByState(hashOf(state)),
    browser,
  )
  if (signIn.step.at !== 'logout') {
    throw new LatchkeyError('invalid_request', 'This is not the step that the sign-in waits for.')
  }
  return startProbe(site, signIn, signIn.step.outcome)
}

async function startProbe(site: Site, signIn: SignIn, outcome: SignInOutcome): Promise<Onward> {
  const request = newProviderRequest()
  const to = await providerOf(site, signIn).probeUrl(request)
  await takeStep(site, signIn, { at: 'probe', stateHash: hashOf(request.state), outcome })
  return { to }
}

/**
 * The end of a sign-in that was asked for with `prompt=none`. Nobody is ever signed in that way here, so
 * the answer is `login_required` (OIDC Core §3.1.2.6), whoever the provider still knows. What the
 * provider said goes along as `purge`: a client that owns the browser's cookies, and has just removed the
 * provider's, sees whether that was all of them.
 */
export async function finishSilent(site: Site, signIn: SignIn, callback: URL): Promise<Onward> {
  const { outcome, answer } = readProof(answerOf(callback), toSeconds(site.clock.now()))
  await takeStep(site, signIn, { at: 'done' })
  site.log.info({ signIn: signIn.id, outcome }, 'probed for a client')
  const error_description = 'Somebody has to be asked: start the sign-in without prompt=none.'
  const told = { error: 'login_required', error_description, purge: outcome, purge_answer: answer }
  return { to: returnUrl(site, signIn, told) }
}

const answerOf = (callback: URL): string =>
  one(callback.searchParams, 'error') ?? (one(callback.searchParams, 'code') ? 'code' : 'nothing')

/** The probe's answer is the proof. A code that it may bring is never redeemed. */
export async function finishProbe(
  site: Site,
  signIn: SignIn,
  outcome: SignInOutcome,
  callback: URL,
  browser: Browser,
): Promise<Onward> {
  const purge = readProof(answerOf(callback), toSeconds(site.clock.now()))
  site.log.info({ signIn: signIn.id, outcome: purge.outcome }, 'purge probed')
  return chooseOrFinish(site, signIn, outcome, purge, browser)
}
