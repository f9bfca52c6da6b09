import { toIso } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { By } from '../audit/by.ts'
import { type Ending, endSession } from '../sessions/endings.ts'
import { type Site, telling } from '../site.ts'
import { changePerson, endAll, endingNow } from './change.ts'

/** Ids of the sessions that an act of the person ended. */
export type Ended = readonly string[]

/**
 * Ends one session of a person. One that has ended before stays as it ended: pressing twice is no
 * error, and tells nobody twice.
 *
 * @param by who asks for it, and from which session
 * @throws LatchkeyError `not_found` when it is no session of this person
 */
export async function endOneSession(
  site: Site,
  userId: string,
  sessionId: string,
  by: By,
): Promise<Ended> {
  for (;;) {
    const session = await site.store.session(sessionId)
    if (!session || session.userId !== userId) {
      throw new LatchkeyError('not_found', 'You are not signed in on such a device: look again.')
    }
    if (session.ended) return []
    const now = site.clock.now()
    const reason = session.id === by.sessionId ? 'signed_out' : 'signed_out_elsewhere'
    const ending: Ending = endingNow(session, { reason, actor: by.actor, at: now })
    const writes = endSession(session, ending, telling(site, by, now))
    if (!(await site.store.commit(writes, [{ table: 'session', id: session.id, was: session }]))) {
      continue
    }
    site.hurry()
    site.log.info({ session: session.id, reason: ending.reason }, 'session ended')
    return [session.id]
  }
}

/** Ends every session of a person but the one that asks, and whatever sign-in of theirs is under way. */
export async function endOtherSessions(site: Site, userId: string, by: By): Promise<Ended> {
  const { ended } = await changePerson(site, userId, by, ({ user, sessions }, at) => {
    const others = sessions.filter(({ id }) => id !== by.sessionId)
    return endAll(user, others, { reason: 'signed_out_elsewhere', actor: by.actor, at })
  })
  return ended
}

/** Ends every session of a person, and whatever sign-in of theirs is under way. */
export async function endAllSessions(site: Site, userId: string, by: By): Promise<Ended> {
  const { ended } = await changePerson(site, userId, by, ({ user, sessions }, at) =>
    endAll(user, sessions, { reason: 'all_devices_signed_out', actor: by.actor, at }),
  )
  return ended
}

/**
 * The password was changed, or is to be: every session of the person ends, and with it every refresh
 * token, in one commit (DESIGN §6).
 *
 * @param by the person, by the button or the provider's reset journey; or an admin
 */
export async function resetPassword(site: Site, userId: string, by: By): Promise<Ended> {
  const { actor } = by
  const { ended } = await changePerson(site, userId, by, ({ user, sessions }, at) => ({
    ...endAll(user, sessions, { reason: 'password_reset', actor, at }),
    act: { word: 'password_reset' },
    events: [
      { type: 'credential.changed', timestamp: toIso(at), data: { user_id: userId, actor } },
    ],
  }))
  return ended
}
