import * as v from 'valibot'
import { SECOND } from '../clock/moment.ts'
import { fromErrorBody } from '../protocol/error-body.ts'
import type { LatchkeyError } from '../protocol/errors.ts'
import { SwitchedAccount } from '../protocol/my-accounts.ts'
import type { AccessToken } from './access-token.ts'
import type { Attacher, FetchOutcome } from './attach.ts'
import type { Log } from './ports.ts'
import type { Refresher } from './refresh.ts'

/** What a wish to go on with another account comes to. */
export type SwitchOutcome =
  /** The session acts for it, and its token says so. */
  | { readonly kind: 'ok' }
  /** The site's word: it is no open account of this person. */
  | { readonly kind: 'refused'; readonly error: LatchkeyError }
  /** Nothing is known, or the token of before could not be renewed yet: ask again. */
  | Exclude<FetchOutcome, { kind: 'ok' }>

export interface SwitchParts {
  readonly attacher: Attacher
  readonly access: AccessToken
  readonly refresher: Refresher
  readonly log: Log
}

/**
 * Goes on with another account of the person, without a new sign-in. The session that the journal holds
 * stays the same one, so nothing needs to be written down first: asking again after a lost answer or a
 * crash comes to the same, and the next refresh brings whichever account the site last heard of.
 *
 * @throws what the network throws
 */
export async function switchAccount(
  { attacher, access, refresher, log }: SwitchParts,
  url: string,
  accountId: string,
): Promise<SwitchOutcome> {
  const outcome = await attacher.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ account_id: accountId }),
  })
  if (outcome.kind !== 'ok') return outcome
  const body: unknown = await outcome.response.json().catch(() => undefined)
  if (!outcome.response.ok) {
    const error = outcome.response.status < 500 ? fromErrorBody(body) : undefined
    return error ? { kind: 'refused', error } : { kind: 'retry_later', after: SECOND }
  }
  if (!v.is(SwitchedAccount, body)) return { kind: 'retry_later', after: SECOND }
  log('info', 'account_switched')
  // What this token says is not so any more; services would not notice.
  access.clear()
  return refresher.afresh()
}
