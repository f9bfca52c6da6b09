import { type Moment, toIso } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { type AccountView, accountWrites, readAccount } from '../accounts/change.ts'
import { closing } from '../accounts/closing.ts'
import { removal } from '../accounts/members.ts'
import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import { announce } from '../services/outbox.ts'
import { endSession } from '../sessions/endings.ts'
import { type Site, telling } from '../site.ts'
import { identityHash } from '../store/identity.ts'
import type { Device, Session, User } from '../store/records.ts'
import type { Expectation, Write } from '../store/store.ts'
import { endAll, endingNow } from './change.ts'

/** What is left of a person's name wherever it would be shown. */
export const DELETED_NAME = 'Deleted user'

/**
 * What remains of a person: an id that other records name, and hashes of what providers called them.
 * By these they are known when they sign in once more, and refused; otherwise they would be taken for
 * somebody new, and a deletion would be a way to another trial.
 */
export const wiped = (user: User, deleted: { at: Moment; actor: By['actor'] }): User => ({
  ...user,
  name: DELETED_NAME,
  email: null,
  identities: [],
  loginsDisabled: null,
  deleted: {
    ...deleted,
    identityHashes: user.identities.map(({ issuer, subject }) => identityHash(issuer, subject)),
  },
})

/** What becomes of each account of a person who goes. */
export type Farewell = 'leave' | 'close' | 'keeps_them'

/**
 * Somebody who alone owns an account with others in it must hand it over or close it first; an account
 * that nobody else is in closes with them; every other goes on.
 */
export function farewell({ account, memberships }: AccountView, userId: string): Farewell {
  const own = memberships.find((membership) => membership.userId === userId)
  const others = memberships.filter((membership) => membership !== own)
  if (account.closed || own?.role !== 'owner') return 'leave'
  if (others.some(({ role }) => role === 'owner')) return 'leave'
  return others.length === 0 ? 'close' : 'keeps_them'
}

/**
 * Deletes a person: all their sessions end, their memberships go, and what says who they were is
 * wiped, in one commit. Entries of the audit log keep their id, which says nothing without the rest,
 * and the network addresses of their time.
 *
 * @throws LatchkeyError `not_found`; `access_denied` when an account has no other owner
 */
export async function deleteUser(
  site: Site,
  userId: string,
  by: By,
): Promise<{ readonly ended: readonly string[] }> {
  for (;;) {
    const user = await site.store.user(userId)
    if (!user || user.deleted) throw new LatchkeyError('not_found', 'There is no such person.')
    const memberships = await site.store.membershipsOfUser(userId)
    const accounts = await Promise.all(
      memberships.map(({ accountId }) => readAccount(site.store, accountId, [userId])),
    )
    const sessions = await site.store.liveSessionsOfUser(userId)
    const devices = await devicesOf(site, sessions)
    refuseWhileOwner(accounts, userId)
    const now = site.clock.now()
    // Put out of an account since their memberships were read, they have nothing there to leave.
    const changes = accounts.flatMap((view) => leaving(site, view, userId, by, now) ?? [])
    const ending = { reason: 'user_deleted', actor: by.actor, at: now } as const
    const change = endAll(wiped(user, { at: now, actor: by.actor }), sessions, ending)
    const told = telling(site, by, now)
    const writes: Write[] = [
      { table: 'user', put: change.user },
      audit('user_deleted', by, now, { userId }),
      ...sessions.flatMap((session) => endSession(session, endingNow(session, ending), told)),
      ...announce(
        {
          payload: {
            type: 'user.deleted',
            timestamp: toIso(now),
            data: { user_id: userId, actor: by.actor },
          },
          at: now,
        },
        told.services,
        now,
      ),
      ...changes.flatMap(({ writes }) => writes),
      // "Ada's laptop" says who she was.
      ...devices.map(
        (device) => ({ table: 'device', put: { ...device, name: 'A device' } }) as const,
      ),
    ]
    const expected: Expectation[] = [
      { table: 'user', id: userId, was: user },
      ...sessions.map((was) => ({ table: 'session', id: was.id, was }) as const),
      ...devices.map((was) => ({ table: 'device', id: was.id, was }) as const),
      ...changes.flatMap(({ expected }) => expected),
    ]
    if (!(await site.store.commit(writes, expected))) continue
    site.hurry()
    site.log.info({ user: userId, actor: by.actor }, 'user deleted')
    return { ended: sessions.map(({ id }) => id) }
  }
}

async function devicesOf({ store }: Site, sessions: readonly Session[]): Promise<Device[]> {
  const ids = new Set(sessions.flatMap(({ deviceId }) => deviceId ?? []))
  const devices = await Promise.all([...ids].map((id) => store.device(id)))
  return devices.filter((device) => device !== undefined)
}

function refuseWhileOwner(accounts: readonly AccountView[], userId: string): void {
  const kept = accounts.filter((view) => farewell(view, userId) === 'keeps_them')
  if (kept.length === 0) return
  const names = kept.map(({ account }) => account.name).join(', ')
  throw new LatchkeyError(
    'access_denied',
    `Nobody else owns ${names}: make somebody else an owner there, or close it, first.`,
  )
}

/** What their going writes to one account. Their sessions end by the deletion, so none ends by this. */
function leaving(site: Site, view: AccountView, userId: string, by: By, now: Moment) {
  const target = view.memberships.find((membership) => membership.userId === userId)
  if (!target) return undefined
  const { access } = site.settings.lifetimes
  const change =
    farewell(view, userId) === 'close'
      ? { ...closing(view, undefined, by.actor, access, now), leaves: [target] }
      : removal(view, target, by.actor, access, now)
  return accountWrites(site, view, { ...change, ends: [] }, by, now)
}
