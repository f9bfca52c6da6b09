import type { Moment } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { byPerson, byStranger } from '../audit/by.ts'
import type { ProvenPerson } from '../sign-in/finish.ts'
import { alreadyTaken, type Browser, type Onward, takeStep } from '../sign-in/steps.ts'
import { type Site, telling } from '../site.ts'
import { type Account, membershipId, type Session, type SignIn } from '../store/records.ts'
import type { Expectation, Write } from '../store/store.ts'
import { newSessionId } from '../tokens/refresh-token.ts'
import { hashOf, newId, newSecret } from '../tokens/secret.ts'
import { type Ending, endSession, signedIn } from './endings.ts'
import { passedDeadline } from './rotation.ts'
import {
  accountRefusal,
  overtaken,
  personRefusal,
  readSession,
  refusalInWords,
  type SessionView,
  unchanged,
  useRefusal,
  viewRefusal,
} from './standing.ts'

/**
 * Signs a browser in on the site itself: an opaque cookie, of which only the hash is kept. It
 * serves the person's pages and never makes a later sign-in silent (DESIGN §5).
 */
export async function startWebSession(
  site: Site,
  signIn: SignIn,
  person: ProvenPerson & { readonly accountId: string },
  browser: Browser,
): Promise<Onward> {
  const cookie = `lkw_${newSecret()}`
  for (;;) {
    const user = await site.store.user(person.userId)
    const account = await site.store.account(person.accountId)
    const membership = await site.store.membership(person.userId, person.accountId)
    const refusal =
      personRefusal(user) ??
      (user && overtaken(user, person.era)) ??
      accountRefusal(account, membership)
    if (refusal || !user) {
      await takeStep(site, signIn, { at: 'done' })
      const sentence = refusal && refusalInWords(refusal)
      throw new LatchkeyError('access_denied', sentence ?? 'This user no longer exists.', {
        reason: refusal?.reason,
        actor: refusal?.actor,
        at: refusal?.at ?? undefined,
      })
    }
    const old = browser.session && (await site.store.sessionByCookie(hashOf(browser.session)))
    const session = newWebSession(site, signIn, person, cookie)
    const by = byPerson(session, browser.address)
    const writes: Write[] = [
      { table: 'signIn', put: { ...signIn, step: { at: 'done' } } },
      { table: 'session', put: session },
      // Collides with whatever disables, resets or deletes this person at the same moment.
      { table: 'user', put: { ...user, signIns: user.signIns + 1 } },
      signedIn(session, by),
    ]
    const expected: Expectation[] = [
      { table: 'signIn', id: signIn.id, was: signIn },
      { table: 'user', id: user.id, was: user },
      { table: 'account', id: person.accountId, was: account },
      {
        table: 'membership',
        id: membershipId(person.userId, person.accountId),
        was: membership,
      },
    ]
    // A new sign-in in the same browser takes the place of the one before (ASVS 7.2.4).
    if (old && !old.ended) {
      const now = session.createdAt
      const ending = { reason: 'superseded', actor: 'user', at: now } as const
      writes.push(...endSession(old, ending, telling(site, by, now)))
      expected.push({ table: 'session', id: old.id, was: old })
    }
    if (await site.store.commit(writes, expected)) {
      site.hurry()
      site.log.info({ session: session.id, client: session.clientId }, 'signed in')
      return { to: signIn.redirectUri, session: cookie }
    }
    if ((await site.store.signIn(signIn.id)) !== signIn) throw alreadyTaken()
  }
}

function newWebSession(
  site: Site,
  signIn: SignIn,
  person: ProvenPerson & { readonly accountId: string },
  cookie: string,
): Session {
  const now = site.clock.now()
  return {
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
}

/** The live session of a browser on the site, or what it should be told instead. */
export type WebVisit =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'ended'
      readonly session: Session
      readonly ending: Ending
      /** That it was for. */
      readonly account: Account | undefined
    }
  | { readonly kind: 'signed_in'; readonly view: SessionView }

/** Who a cookie belongs to; use keeps the session alive, as a refresh does for the other clients. */
export async function visit(site: Site, { session: cookie, address }: Browser): Promise<WebVisit> {
  if (cookie === undefined) return { kind: 'nobody' }
  const found = await site.store.sessionByCookie(hashOf(cookie))
  if (!found) return { kind: 'nobody' }
  return site.turns.take(found.id, async () => {
    for (;;) {
      const view = await readSession(site.store, found.id)
      if (!view) return { kind: 'nobody' }
      const { session, account } = view
      if (session.ended) return { kind: 'ended', session, ending: session.ended, account }
      const now = site.clock.now()
      const renewing = now - session.refreshedAt >= site.settings.lifetimes.access
      const ending = endingOf(view, renewing, now)
      if (ending) {
        const writes = endSession(session, ending, telling(site, byStranger(address), now))
        if (!(await site.store.commit(writes, unchanged(view)))) continue
        site.hurry()
        return { kind: 'ended', session, ending, account }
      }
      if (!renewing) return { kind: 'signed_in', view }
      const used: Session = { ...session, refreshedAt: now }
      if (await site.store.commit([{ table: 'session', put: used }], unchanged(view))) {
        return { kind: 'signed_in', view: { ...view, session: used } }
      }
    }
  })
}

/**
 * A cookie counts as an access token until it is as old as one of those may get; its next use is a
 * refresh, and is refused where a refresh would be.
 */
function endingOf(view: SessionView, renewing: boolean, now: Moment): Ending | undefined {
  const deadline = passedDeadline(view.session, now)
  if (deadline) return { ...deadline, actor: 'system' }
  const refusal = renewing
    ? viewRefusal(view)
    : (useRefusal(view.user) ?? accountRefusal(view.account, view.membership))
  return refusal && { reason: refusal.reason, actor: refusal.actor, at: now }
}

/** Signs the browser out on the site; says nothing about whether anybody was signed in. */
export async function signOutHere(site: Site, browser: Browser): Promise<void> {
  for (;;) {
    const seen = await visit(site, browser)
    if (seen.kind !== 'signed_in') return
    const { session } = seen.view
    const now = site.clock.now()
    const ending = { reason: 'signed_out', actor: 'user', at: now } as const
    const by = byPerson(session, browser.address)
    const writes = endSession(session, ending, telling(site, by, now))
    // Pressed twice, or used elsewhere at this moment: look again, the second may find it done.
    if (!(await site.store.commit(writes, unchanged(seen.view)))) continue
    site.hurry()
    site.log.info({ session: session.id, reason: ending.reason }, 'session ended')
    return
  }
}
