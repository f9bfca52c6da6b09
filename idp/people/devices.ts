import { toSeconds } from '../../clock/moment.ts'
import type { SignedInDevice } from '../../protocol/my-devices.ts'
import { CLIENT_NAMES, isClientId } from '../clients.ts'
import { absoluteEndsAt, idleEndsAt, sessionEndsAt } from '../lifetimes.ts'
import type { Site } from '../site.ts'
import type { Device, Session } from '../store/records.ts'

/** A session with the installation that it belongs to, if it has one. */
export interface Installation {
  readonly session: Session
  readonly device: Device | undefined
}

/** The platform of a client that never told its own; several such are not known to be one machine. */
const UNTOLD = 'unknown'

/**
 * The sessions that a reinstall has most likely orphaned (seed 2: a stored id is lost on reinstall):
 * another installation by the same name on the same platform appeared, and since then the older one
 * was not used once. They run out by themselves; this is only to be said.
 *
 * @returns ids of sessions
 */
export function replacedInstallations(all: readonly Installation[]): ReadonlySet<string> {
  const replaced = all.filter(({ session, device }) =>
    all.some(
      (other) =>
        device !== undefined &&
        other.device !== undefined &&
        device.platform !== UNTOLD &&
        other.device.id !== device.id &&
        other.device.name === device.name &&
        other.device.platform === device.platform &&
        other.device.createdAt > device.createdAt &&
        other.device.createdAt > session.refreshedAt,
    ),
  )
  return new Set(replaced.map(({ session }) => session.id))
}

/** Everything that a person is signed in on, the most recently used first. */
export async function devicesOf(
  site: Site,
  userId: string,
  here: string,
): Promise<readonly SignedInDevice[]> {
  const now = site.clock.now()
  const sessions = (await site.store.liveSessionsOfUser(userId)).filter(
    // One past its deadline has ended, whether or not the sweep has come by.
    (session) => now < sessionEndsAt(session),
  )
  const all = await Promise.all(
    sessions.map(async (session) => ({
      session,
      device: session.deviceId === null ? undefined : await site.store.device(session.deviceId),
    })),
  )
  const replaced = replacedInstallations(all)
  return all
    .toSorted((a, b) => b.session.refreshedAt - a.session.refreshedAt)
    .map((one) => describe(one, one.session.id === here, replaced.has(one.session.id)))
}

const describe = (
  { session, device }: Installation,
  here: boolean,
  replaced: boolean,
): SignedInDevice => ({
  id: session.id,
  device_id: session.deviceId,
  client_id: session.clientId,
  name: device?.name ?? nameOf(session),
  platform: device?.platform ?? (session.cookieHash === null ? UNTOLD : 'browser'),
  this_one: here,
  signed_in_at: toSeconds(session.createdAt),
  last_used_at: toSeconds(session.refreshedAt),
  idle_ends_at: toSeconds(idleEndsAt(session)),
  absolute_ends_at: toSeconds(absoluteEndsAt(session)),
  runs_out_at: toSeconds(sessionEndsAt(session)),
  replaced,
  purge: session.purge,
})

const nameOf = ({ clientId }: Session): string =>
  isClientId(clientId) ? CLIENT_NAMES[clientId] : clientId
