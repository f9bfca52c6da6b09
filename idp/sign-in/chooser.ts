import { LatchkeyError } from '../../protocol/errors.ts'
import {
  acceptInvitation,
  INVITATION_WORDS,
  type OpenedInvitation,
  readInvitation,
} from '../accounts/invitations.ts'
import type { Site } from '../site.ts'
import type { SignIn } from '../store/records.ts'
import { type OpenAccount, openAccounts } from './arrival.ts'
import { finish, type ProvenPerson } from './finish.ts'
import { type Browser, checkUnderWay, type Onward } from './steps.ts'

export interface Choice {
  readonly signIn: SignIn
  readonly person: ProvenPerson
  readonly accounts: readonly OpenAccount[]
  /** For somebody without an open account: the one that they are invited to. */
  readonly invitation: OpenedInvitation | undefined
}

/**
 * What a person who belongs to several open accounts chooses from, or one who belongs to none and is
 * invited.
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
  const accounts = await openAccounts(site.store, step.userId)
  const invitation = accounts.length === 0 ? await invitationOf(site, signIn) : undefined
  return { signIn, person: { ...step, era: step.era ?? 0 }, accounts, invitation }
}

async function invitationOf(
  site: Site,
  { invitationId }: SignIn,
): Promise<OpenedInvitation | undefined> {
  if (invitationId === undefined) return undefined
  const opened = await readInvitation(site, invitationId)
  const standing = opened?.standing ?? 'expired'
  if (standing === 'open') return opened
  throw new LatchkeyError('access_denied', INVITATION_WORDS[standing])
}

/** The person's choice; it must be one of those that were offered. */
export async function choose(
  site: Site,
  { signIn, person, accounts, invitation }: Choice,
  accountId: string | undefined,
  browser: Browser,
): Promise<Onward> {
  const offered = [...accounts, ...(invitation ? [invitation] : [])]
  const chosen = offered.find(({ account }) => account.id === accountId)
  if (!chosen) {
    throw new LatchkeyError('invalid_request', 'Choose one of the accounts that are offered.')
  }
  const { userId, authTime, era, purge } = person
  if (chosen === invitation) {
    const by = { actor: 'user', userId, sessionId: null, address: browser.address, era } as const
    await acceptInvitation(site, invitation, userId, by)
  }
  return finish(site, signIn, { userId, authTime, era, purge }, chosen.account.id, browser)
}
