import type { Context } from 'koa'
import { MINUTE, SECOND, toSeconds } from '../../clock/moment.ts'
import { CLAIMS_CHANGED } from '../../protocol/claims-changed.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { FRESH, isFresh } from '../people/fresh.ts'
import { saysOldClaims, standingOf } from '../sessions/me.ts'
import type { SessionView } from '../sessions/standing.ts'
import type { Site } from '../site.ts'
import type { Session } from '../store/records.ts'
import { requireAccessToken } from './proof.ts'

/**
 * What an access token stands for that was proved. One whose claims are old is as good as any; the answer
 * says so, and the client's next refresh brings the new ones.
 */
export async function requireStanding(site: Site, ctx: Context): Promise<SessionView> {
  const claims = await requireAccessToken(site, ctx)
  const view = await standingOf(site, claims)
  if (saysOldClaims(claims, view)) {
    // Since when doesn't matter here: what is refreshed from now on says what is true now.
    ctx.set(CLAIMS_CHANGED, String(toSeconds(site.clock.now())))
  }
  return view
}

/** The session of an access token that was proved. */
export async function requireSession(site: Site, ctx: Context): Promise<Session> {
  const { session } = await requireStanding(site, ctx)
  return session
}

/**
 * For whatever changes more than it reads: the device's key must be proved in this very request. A
 * bearer token may have been shown to a service, which shall not be able to sign a person out.
 */
export async function requireOwnKey(site: Site, ctx: Context): Promise<Session> {
  const session = await requireSession(site, ctx)
  if (session.jkt !== null) return session
  throw new LatchkeyError(
    'invalid_token',
    'This takes an access token that is bound to a device key: sign in with one (dpop_jkt).',
  )
}

/** RFC 9470 §3: says how recent the sign-in must be; the account pages ask for one themselves. */
export function requireFresh(site: Site, session: Session): void {
  if (isFresh(session, site.clock.now())) return
  throw new LatchkeyError(
    'insufficient_user_authentication',
    `This takes a sign-in of the last ${FRESH / MINUTE} minutes: sign in again, or use the account page on the site.`,
    { maxAge: FRESH / SECOND },
  )
}
