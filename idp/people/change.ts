import type { Moment } from '../../clock/moment.ts'
import type { AuditAct } from '../../protocol/audit.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { ServiceEvent } from '../../protocol/events.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'
import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import { announce } from '../services/outbox.ts'
import { type Ending, endSession } from '../sessions/endings.ts'
import { passedDeadline } from '../sessions/rotation.ts'
import { eraOf } from '../sessions/standing.ts'
import { type Site, telling } from '../site.ts'
import type { AuditRecord, Session, User } from '../store/records.ts'
import type { Expectation, Write } from '../store/store.ts'

/** A person and what they are signed in on, as read at one moment. */
export interface PersonView {
  readonly user: User
  /** Those that have not ended, in the order in which they began. */
  readonly sessions: readonly Session[]
}

/** What is to become of a person and their sessions. */
export interface PersonChange {
  readonly user: User
  readonly ends: readonly {
    readonly session: Session
    readonly reason: Reason
    readonly actor: Actor
  }[]
  /** What the audit log says of it, besides the endings. */
  readonly act?: { readonly word: AuditAct; readonly details?: AuditRecord['details'] }
  /** What services are told of it, besides the endings. */
  readonly events?: readonly ServiceEvent[]
}

/**
 * Changes a person and ends sessions of theirs in one commit. Whoever signs in, refreshes or is
 * signed out at the same moment makes it decide again, so no session slips through: one that begins
 * writes the person's record too.
 *
 * @param by who asks for it, and from where
 * @param decide pure; `undefined`: nothing is to be done
 * @returns the person as they are now, and the ids of the sessions that ended
 * @throws LatchkeyError `not_found`, and what `decide` throws
 */
export async function changePerson(
  site: Site,
  userId: string,
  by: By,
  decide: (view: PersonView, now: Moment) => PersonChange | undefined,
): Promise<{ readonly user: User; readonly ended: readonly string[] }> {
  for (;;) {
    const user = await site.store.user(userId)
    if (!user || user.deleted) throw new LatchkeyError('not_found', 'There is no such person.')
    const sessions = await site.store.liveSessionsOfUser(userId)
    const now = site.clock.now()
    const change = decide({ user, sessions }, now)
    if (!change) return { user, ended: [] }
    const endings = change.ends.map(({ session, reason, actor }) => ({
      session,
      ending: endingNow(session, { reason, actor, at: now }),
    }))
    const told = telling(site, by, now)
    const { act, events = [] } = change
    const writes: Write[] = [
      { table: 'user', put: change.user },
      ...(act ? [audit(act.word, by, now, { userId }, { details: act.details ?? {} })] : []),
      ...endings.flatMap(({ session, ending }) => endSession(session, ending, told)),
      ...events.flatMap((payload) => announce({ payload, at: now }, told.services, now)),
    ]
    const expected: Expectation[] = [
      { table: 'user', id: user.id, was: user },
      ...endings.map(
        ({ session }) => ({ table: 'session', id: session.id, was: session }) as const,
      ),
    ]
    if (!(await site.store.commit(writes, expected))) continue
    site.hurry()
    for (const { session, ending } of endings) {
      site.log.info({ session: session.id, reason: ending.reason }, 'session ended')
    }
    return { user: change.user, ended: endings.map(({ session }) => session.id) }
  }
}

/** A session whose deadline has passed, and which nobody swept yet, ended by that deadline. */
export function endingNow(session: Session, wished: Ending): Ending {
  const deadline = passedDeadline(session, wished.at)
  return deadline ? { ...deadline, actor: 'system' } : wished
}

/**
 * Ends all of `sessions`, and every sign-in of the person that is under way: whoever proved
 * themselves before this moment does not get in by it (`overtaken`).
 */
export function endAll(user: User, sessions: readonly Session[], ending: Ending): PersonChange {
  const { reason, actor, at } = ending
  return {
    user: { ...user, allEnded: { times: eraOf(user) + 1, at, reason, actor } },
    ends: sessions.map((session) => ({ session, reason, actor })),
  }
}
