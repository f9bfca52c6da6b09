import { LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import type { SignIn } from '../store/records.ts'
import { type OpenAccount, openAccounts } from './arrival.ts'
import { finish, type ProvenPerson } from './finish.ts'
import { type Browser, checkUnderWay, type Onward } from './steps.ts'

export interface Choice {
  readonly signIn: SignIn
  readonly person: ProvenPerson
  readonly accounts: readonly OpenAccount[]
}

/**
 * What a person who belongs to several open accounts chooses from.
 *
 * @throws LatchkeyError in words for the person
 */
export async function readChoice(
  site: Site,
  signInId: string | undefined,
  browser: Browser,
): Promise<Choice> {
  const signIn = checkUnderWay(
    site,
    signInId === undefined ? undefined : await site.store.signIn(signInId),
    browser,
  )
  const { step } = signIn
  if (step.at !== 'chooser') {
    throw new LatchkeyError(
      'invalid_request',
      'This sign-in waits for no choice. Go back to the app.',
    )
  }
  return {
    signIn,
    person: { ...step, era: step.era ?? 0 },
    accounts: await openAccounts(site.store, step.userId),
  }
}

/** The person's choice; it must be one of those that were offered. */
export async function choose(
  site: Site,
  { signIn, person, accounts }: Choice,
  accountId: string | undefined,
  browser: Browser,
): Promise<Onward> {
  const chosen = accounts.find(({ account }) => account.id === accountId)
  if (!chosen) {
    throw new LatchkeyError('invalid_request', 'Choose one of the accounts that are offered.')
  }
  const { userId, authTime, era, purge } = person
  return finish(site, signIn, { userId, authTime, era, purge }, chosen.account.id, browser)
}
