import { isDeepStrictEqual } from 'node:util'
import { type Moment, toSeconds } from '../../clock/moment.ts'
import type { AccessTokenClaims } from '../../protocol/access-token.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Me } from '../../protocol/me.ts'
import { absoluteEndsAt, idleEndsAt } from '../lifetimes.ts'
import type { Site } from '../site.ts'
import type { Device } from '../store/records.ts'
import { accountClaim, subscriptionClaim } from '../tokens/access-token.ts'
import { passedDeadline } from './rotation.ts'
import {
  accountRefusal,
  type Refusal,
  readSession,
  type SessionView,
  useRefusal,
} from './standing.ts'

/** Who somebody is that an access token of ours stands for, and where things stand, right now. */
export async function me(site: Pick<Site, 'store'>, view: SessionView): Promise<Me> {
  const { deviceId } = view.session
  const device = deviceId === null ? undefined : await site.store.device(deviceId)
  return describe(view, device)
}

/**
 * Whether an access token says of the account, the role or the plan what is not true any more: the site
 * need not be told, it can see.
 */
export function saysOldClaims(claims: AccessTokenClaims, view: SessionView): boolean {
  const { account, membership } = view
  if (!account || !membership) return false
  const said = { account: claims.account, subscription: claims.subscription }
  const now = {
    account: accountClaim(account, membership),
    subscription: subscriptionClaim(account),
  }
  return !isDeepStrictEqual(said, now)
}

/**
 * The session that an access token was given to, with everything it depends on, as long as all of
 * it stands.
 *
 * @throws LatchkeyError `invalid_token`, with the reason
 */
export async function standingOf(site: Site, claims: AccessTokenClaims): Promise<SessionView> {
  const view = await readSession(site.store, claims.sid)
  checkStanding(site, view)
  if (claims.account.id !== view.session.accountId) {
    // The session was switched: what this token's holder means by "the account" is another one.
    throw new LatchkeyError(
      'invalid_token',
      'This session acts for another account now: refresh, and try again.',
    )
  }
  await confirm(site, view, claims.jti)
  return view
}

function checkStanding(
  site: Site,
  view: SessionView | undefined,
): asserts view is SessionView & Required<SessionView> {
  if (!view)
    throw new LatchkeyError('invalid_token', 'This session is not known here: sign in again.')
  const ending = endOfUse(view, site.clock.now())
  if (!ending) return
  throw new LatchkeyError('invalid_token', 'This session has ended: refresh to hear why.', {
    reason: ending.reason,
    actor: ending.actor,
    at: ending.at ?? undefined,
  })
}

/** What put an end to the use of a session's access tokens; `undefined` while they may be used. */
export function endOfUse(view: SessionView, now: Moment): Refusal | undefined {
  const deadline = passedDeadline(view.session, now)
  return (
    view.session.ended ??
    (deadline && { ...deadline, actor: 'system' }) ??
    // The token itself says how long it may be used; what is refused only at the next refresh is not yet.
    useRefusal(view.user) ??
    accountRefusal(view.account, view.membership)
  )
}

/**
 * The newest access token was used here, so the answer that brought it did arrive: from now on the
 * token before it is not taken again (DESIGN §6, "successor used").
 */
async function confirm(site: Site, view: SessionView, accessTokenId: string): Promise<void> {
  const { session } = view
  if (!session.tokens || session.tokens.confirmed || session.accessTokenId !== accessTokenId) return
  const confirmed = { ...session, tokens: { ...session.tokens, confirmed: true } }
  // If somebody came between, that somebody's change says more than this one.
  await site.store.commit(
    [{ table: 'session', put: confirmed }],
    [{ table: 'session', id: session.id, was: session }],
  )
}

export function describe(view: SessionView, device: Device | undefined): Me {
  const { session, user, account, membership } = view
  if (!user || !account || !membership) {
    throw new LatchkeyError('invalid_token', 'This session has ended: refresh to hear why.')
  }
  return {
    user: { id: user.id, name: user.name, email: user.email },
    account: accountClaim(account, membership),
    subscription: subscriptionClaim(account),
    device: device ? { id: device.id, name: device.name, platform: device.platform } : null,
    session: {
      id: session.id,
      signed_in_at: toSeconds(session.createdAt),
      refreshed_at: toSeconds(session.refreshedAt),
      idle_ends_at: toSeconds(idleEndsAt(session)),
      absolute_ends_at: toSeconds(absoluteEndsAt(session)),
      purge: session.purge,
    },
  }
}
