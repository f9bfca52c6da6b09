import type { Duration, Moment } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Actor } from '../../protocol/reasons.ts'
import type { By } from '../audit/by.ts'
import { sessionEndsAt } from '../lifetimes.ts'
import type { Site } from '../site.ts'
import type { Session, User } from '../store/records.ts'
import { changePerson, endAll, type PersonChange, type PersonView } from './change.ts'

export type DisableMode = NonNullable<User['loginsDisabled']>['mode']

/**
 * Until when a session works without being renewed: to the end of its newest access token; a browser
 * on the site, whose cookie counts as one, for as long after its last renewal.
 *
 * @param access the life of an access token
 */
export const worksUntil = (session: Session, access: Duration): Moment =>
  session.cookieHash === null
    ? session.accessEndsAt
    : Math.min(session.refreshedAt + access, sessionEndsAt(session))

/**
 * The latest moment at which anything of a person can still work once nothing is renewed any more:
 * what the page says before they disable logins "when tokens run out".
 *
 * @param sessions those that have not ended
 * @returns `undefined` when nothing works any more
 */
export function latestWorkingMoment(
  sessions: readonly Session[],
  access: Duration,
  now: Moment,
): Moment | undefined {
  const moments = sessions.map((session) => worksUntil(session, access)).filter((at) => at > now)
  return moments.length === 0 ? undefined : Math.max(...moments)
}

/**
 * Decides what disabling comes to. *now* ends every session and every sign-in under way; *expiry*
 * leaves what is out there until it must be renewed. The stricter mode may follow the other, never
 * the reverse, and doing it again changes nothing.
 */
export function decideDisable(
  { user, sessions }: PersonView,
  mode: DisableMode,
  actor: Actor,
  now: Moment,
): PersonChange | undefined {
  const before = user.loginsDisabled
  if (before && (before.mode === 'now' || before.mode === mode)) return undefined
  const disabled: User = { ...user, loginsDisabled: { at: now, actor, mode } }
  const change =
    mode === 'now'
      ? endAll(disabled, sessions, { reason: 'logins_disabled', actor, at: now })
      : { user: disabled, ends: [] }
  return { ...change, act: { word: 'logins_disabled', details: { mode } } }
}

/** Disables the logins of a person (DESIGN §6). */
export async function disableLogins(site: Site, userId: string, mode: DisableMode, by: By) {
  const done = await changePerson(site, userId, by, (view, now) =>
    decideDisable(view, mode, by.actor, now),
  )
  site.log.info({ user: userId, mode, actor: by.actor }, 'logins disabled')
  return done
}

/**
 * Whether a person may switch logins on again by themselves. They get to ask only in mode *expiry*
 * and from what still works; what an admin switched off, only an admin switches on.
 */
export const mayEnable = (user: User, actor: Actor): boolean =>
  actor === 'admin' || user.loginsDisabled?.actor !== 'admin'

/**
 * Enables the logins of a person again. After *now* nothing of theirs is left that could ask for it:
 * whoever stole a password must not be able to undo what was done against them, so it takes an admin.
 *
 * @throws LatchkeyError `access_denied`
 */
export async function enableLogins(site: Site, userId: string, by: By) {
  const { actor } = by
  const done = await changePerson(site, userId, by, ({ user }) => {
    if (!user.loginsDisabled) return undefined
    if (!mayEnable(user, actor) || (actor === 'user' && user.loginsDisabled.mode === 'now')) {
      throw new LatchkeyError(
        'access_denied',
        'Only an administrator can switch these logins on again: ask one.',
      )
    }
    return { user: { ...user, loginsDisabled: null }, ends: [], act: { word: 'logins_enabled' } }
  })
  site.log.info({ user: userId, actor }, 'logins enabled')
  return done
}
