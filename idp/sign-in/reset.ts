import { byProven } from '../audit/by.ts'
import { resetPassword } from '../people/sessions.ts'
import type { Site } from '../site.ts'
import type { SignIn, SignInStep } from '../store/records.ts'
import { type Arrived, abandoned, provedAt, readAnswer, UNASKED } from './answer.ts'
import { newProviderRequest, type ProviderIdentity, type ResetJourney } from './provider.ts'
import { startPurge } from './purge.ts'
import {
  type Browser,
  noLongerOffered,
  type Onward,
  providerOf,
  takeStep,
  takeStepBack,
  unsure,
} from './steps.ts'

/**
 * The person pressed "Forgot your password?": leads them through the provider's reset, within the
 * sign-in that they began. Should the provider be away, the step stays to be taken: reloading helps.
 */
export async function startReset(
  site: Site,
  signIn: SignIn,
  journey: ResetJourney,
): Promise<Onward> {
  const request = newProviderRequest()
  const to = await journey.resetUrl(request)
  await takeStepBack(site, signIn, 'reset', request)
  site.log.info({ signIn: signIn.id }, 'password reset started')
  return { to }
}

/**
 * Back from the reset. Every session of the person ends first, and durably: should anything fail from
 * here on, at least that is done. Then the session that the reset opened at the provider is purged, and
 * the person signs in with the new password, so that the app which they came from gets its code.
 */
export async function finishReset(
  site: Site,
  signIn: SignIn,
  step: Extract<SignInStep, { at: 'reset' }>,
  arrived: Arrived,
  browser: Browser,
): Promise<Onward> {
  const { reset } = providerOf(site, signIn)
  if (!reset) throw noLongerOffered()
  const answer = await readAnswer(reset, step, arrived)
  if (answer.kind !== 'identity') {
    await takeStep(site, signIn, { at: 'done' })
    const { kind } = answer
    site.log.info({ signIn: signIn.id, kind }, 'password reset failed')
    return abandoned(site, signIn, kind === 'no' ? CANCELLED : `${FAILED[kind]}${unsure(signIn)}`)
  }
  const { identity } = answer
  if (provedAt(site, signIn, identity) === undefined) {
    return startPurge(site, signIn, UNASKED, identity.idToken, reset)
  }
  await resetAtProvider(site, identity, browser)
  const again = { kind: 'again', loginHint: identity.email } as const
  return startPurge(site, signIn, again, identity.idToken, reset)
}

const CANCELLED =
  'The password reset was cancelled, or the provider refused it. Please sign in again.'

const FAILED = {
  unreachable: 'The provider can’t be reached just now. Please sign in again in a minute.',
  unsound: 'The provider’s answer did not pass our checks. Please sign in again.',
} as const

/**
 * A password was reset at the provider: all that the person had ends, in one commit. Whoever is not
 * known here yet, or is deleted, has nothing that could end; the sign-in tells them whatever is to be told.
 */
export async function resetAtProvider(
  site: Site,
  { issuer, subject }: Pick<ProviderIdentity, 'issuer' | 'subject'>,
  { address }: Browser,
): Promise<void> {
  const user = await site.store.userByIdentity(issuer, subject)
  if (!user || user.deleted) return
  const ended = await resetPassword(site, user.id, byProven(user.id, address))
  site.log.info({ user: user.id, ended: ended.length }, 'password reset at the provider')
}
