import type { Context } from 'koa'
import { MINUTE, SECOND } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { FRESH, isFresh } from '../people/fresh.ts'
import { standingOf } from '../sessions/me.ts'
import type { Site } from '../site.ts'
import type { Session } from '../store/records.ts'
import { requireAccessToken } from './proof.ts'

/** The session of an access token that was proved. */
export async function requireSession(site: Site, ctx: Context): Promise<Session> {
  const { session } = await standingOf(site, await requireAccessToken(site, ctx))
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
