import { LatchkeyError } from '../../protocol/errors.ts'
import type { PurgeProof } from '../../protocol/purge-proof.ts'
import { byStranger } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import { accountRefusal, overtaken, personRefusal } from '../sessions/standing.ts'
import { startWebSession } from '../sessions/web.ts'
import type { Site } from '../site.ts'
import type { AuthorizationCode, RefusedSignIn, SignIn, SignInOutcome } from '../store/records.ts'
import { hashOf, newSecret } from '../tokens/secret.ts'
import { accountsRefusal, openAccounts, refusedOutcome } from './arrival.ts'
import { returnRefusal, returnUrl } from './return.ts'
import { signInAgain } from './start.ts'
import { type Browser, type Onward, takeStep } from './steps.ts'

/** Where the chooser is, for a person who belongs to several open accounts, or to none and is invited. */
export const CHOOSER_PATH = '/signin/choose'

export interface ProvenPerson {
  readonly userId: string
  readonly authTime: number
  /** The person's era when they proved themselves (`overtaken`). */
  readonly era: number
  readonly purge: PurgeProof
}

/** After the probe: to the chooser, back to the client, or away with the reason. */
export async function chooseOrFinish(
  site: Site,
  signIn: SignIn,
  outcome: SignInOutcome,
  purge: PurgeProof,
  browser: Browser,
): Promise<Onward> {
  if (outcome.kind === 'refused') return turnAway(site, signIn, outcome, browser)
  if (outcome.kind === 'again') return signInAgain(site, signIn, outcome.loginHint)
  const accounts = await openAccounts(site.store, outcome.userId)
  const [only, ...others] = accounts
  const { userId, authTime, era = 0 } = outcome
  const person: ProvenPerson = { userId, authTime, era, purge }
  if (!only && signIn.invitationId === undefined) {
    return turnAwayIfRefused(site, signIn, person, browser)
  }
  if (only && others.length === 0) return finish(site, signIn, person, only.account.id, browser)
  await takeStep(site, signIn, { at: 'chooser', ...person })
  return { to: `${site.settings.url}${CHOOSER_PATH}?signin=${signIn.id}` }
}

/** Ends the sign-in well: an authorization code for the client, or a cookie for a browser here. */
export async function finish(
  site: Site,
  signIn: SignIn,
  person: ProvenPerson,
  accountId: string,
  browser: Browser,
): Promise<Onward> {
  // The person and the account may have changed since the provider's answer.
  const user = await site.store.user(person.userId)
  const refusal =
    personRefusal(user) ??
    (user && overtaken(user, person.era)) ??
    accountRefusal(
      await site.store.account(accountId),
      await site.store.membership(person.userId, accountId),
    )
  if (refusal) {
    return turnAway(site, signIn, refusedOutcome(refusal, person.userId), browser)
  }
  if (signIn.clientId === 'latchkey-web')
    return startWebSession(site, signIn, { ...person, accountId }, browser)
  const secret = `lkc_${newSecret()}`
  const code: AuthorizationCode = {
    id: hashOf(secret),
    createdAt: site.clock.now(),
    clientId: signIn.clientId,
    redirectUri: signIn.redirectUri,
    codeChallenge: signIn.codeChallenge,
    jkt: signIn.jkt,
    deviceId: signIn.deviceId,
    ...person,
    accountId,
    redeemed: null,
  }
  await takeStep(site, signIn, { at: 'done' }, [{ table: 'code', put: code }])
  return { to: returnUrl(site, signIn, { code: secret }) }
}

async function turnAwayIfRefused(
  site: Site,
  signIn: SignIn,
  person: ProvenPerson,
  browser: Browser,
): Promise<Onward> {
  const refusal = await accountsRefusal(site.store, person.userId)
  // Somebody opened an account again in this very moment: the person may simply try again.
  if (!refusal)
    throw new LatchkeyError(
      'temporarily_unavailable',
      'Your accounts have just changed. Please sign in again.',
    )
  return turnAway(site, signIn, refusedOutcome(refusal, person.userId), browser)
}

async function turnAway(
  site: Site,
  signIn: SignIn,
  outcome: RefusedSignIn,
  { address }: Browser,
): Promise<Onward> {
  const { userId, reason } = outcome
  const entry = audit(
    'sign_in_refused',
    byStranger(address),
    site.clock.now(),
    { userId },
    { reason },
  )
  await takeStep(site, signIn, { at: 'done' }, [entry])
  site.log.info({ signIn: signIn.id, reason: outcome.reason }, 'turned away')
  if (signIn.clientId === 'latchkey-web') {
    throw new LatchkeyError('access_denied', outcome.description, {
      reason: outcome.reason ?? undefined,
    })
  }
  return { to: returnRefusal(site, signIn, outcome) }
}
