import type { ProvenPerson } from '../sign-in/finish.ts'
import { type Onward, takeStep } from '../sign-in/steps.ts'
import { type Site, serviceNames } from '../site.ts'
import type { Session, SignIn } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import { newSessionId } from '../tokens/refresh-token.ts'
import { hashOf, newId, newSecret } from '../tokens/secret.ts'
import { type Ending, endSession } from './endings.ts'
import { passedDeadline } from './rotation.ts'
import { readSession, type SessionView, unchanged, viewRefusal } from './standing.ts'

/**
 * Signs a browser in on the site itself: an opaque cookie, of which only the hash is kept. It
 * serves the person's pages and never makes a later sign-in silent (DESIGN §5).
 */
export async function startWebSession(
  site: Site,
  signIn: SignIn,
  person: ProvenPerson & { readonly accountId: string },
  oldCookie: string | undefined,
): Promise<Onward> {
  const now = site.clock.now()
  const cookie = `lkw_${newSecret()}`
  const session: Session = {
    id: newSessionId(),
    clientId: signIn.clientId,
    userId: person.userId,
    accountId: person.accountId,
    deviceId: null,
    jkt: null,
    authTime: person.authTime,
    createdAt: now,
    refreshedAt: now,
    idle: site.settings.lifetimes.idle,
    absolute: site.settings.lifetimes.absolute,
    purge: person.purge,
    tokens: null,
    cookieHash: hashOf(cookie),
    accessTokenId: newId('at'),
    accessEndsAt: now,
    ended: null,
  }
  const writes: Write[] = [{ table: 'session', put: session }]
  const old = oldCookie && (await site.store.sessionByCookie(hashOf(oldCookie)))
  // A new sign-in in the same browser takes the place of the one before (ASVS 7.2.4).
  if (old && !old.ended) {
    writes.push(
      ...endSession(old, { reason: 'superseded', actor: 'user', at: now }, serviceNames(site), now),
    )
  }
  await takeStep(site, signIn, { at: 'done' }, writes)
  site.hurry()
  site.log.info({ session: session.id, client: session.clientId }, 'signed in')
  return { to: signIn.redirectUri, session: cookie }
}

/** The live session of a browser on the site, or what it should be told instead. */
export type WebVisit =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'ended'; readonly session: Session; readonly ending: Ending }
  | { readonly kind: 'signed_in'; readonly view: SessionView }

/** Who a cookie belongs to; use keeps the session alive, as a refresh does for the other clients. */
export async function visit(site: Site, cookie: string | undefined): Promise<WebVisit> {
  if (cookie === undefined) return { kind: 'nobody' }
  const found = await site.store.sessionByCookie(hashOf(cookie))
  if (!found) return { kind: 'nobody' }
  return site.turns.take(found.id, async () => {
    for (;;) {
      const view = await readSession(site.store, found.id)
      if (!view) return { kind: 'nobody' }
      const { session } = view
      if (session.ended) return { kind: 'ended', session, ending: session.ended }
      const now = site.clock.now()
      const ending = endingOf(view, now)
      if (ending) {
        const writes = endSession(session, ending, serviceNames(site), now)
        if (!(await site.store.commit(writes, unchanged(view)))) continue
        site.hurry()
        return { kind: 'ended', session, ending }
      }
      if (now - session.refreshedAt < site.settings.lifetimes.access)
        return { kind: 'signed_in', view }
      const used: Session = { ...session, refreshedAt: now }
      if (await site.store.commit([{ table: 'session', put: used }], unchanged(view))) {
        return { kind: 'signed_in', view: { ...view, session: used } }
      }
    }
  })
}

function endingOf(view: SessionView, now: number): Ending | undefined {
  const deadline = passedDeadline(view.session, now)
  if (deadline) return { ...deadline, actor: 'system' }
  const refusal = viewRefusal(view)
  return refusal && { reason: refusal.reason, actor: refusal.actor, at: now }
}

/** Signs the browser out on the site; says nothing about whether anybody was signed in. */
export async function signOutHere(site: Site, cookie: string | undefined): Promise<void> {
  for (;;) {
    const seen = await visit(site, cookie)
    if (seen.kind !== 'signed_in') return
    const { session } = seen.view
    const now = site.clock.now()
    const ending = { reason: 'signed_out', actor: 'user', at: now } as const
    const writes = endSession(session, ending, serviceNames(site), now)
    // Pressed twice, or used elsewhere at this moment: look again, the second may find it done.
    if (!(await site.store.commit(writes, unchanged(seen.view)))) continue
    site.hurry()
    site.log.info({ session: session.id, reason: ending.reason }, 'session ended')
    return
  }
}
