import { absoluteEndsAt, idleEndsAt } from '../../idp/lifetimes.ts'
import type { User } from '../../idp/store/records.ts'
import { outcomeInWords } from '../history/derive.ts'
import type { SignatureCheck } from '../requests/exchange.ts'
import type { DeliveryShown, PersonShown, SessionShown } from '../scene.ts'
import type { Mirror } from './mirror.ts'
import type { ShownSession } from './records.ts'

/** Everyone, with their accounts and what they are signed in on. */
export function peopleShown(mirror: Mirror): PersonShown[] {
  const accounts = groupBy(mirror.all('membership'), ({ userId }) => userId)
  const sessions = groupBy(
    mirror.all('session').filter(({ ended }) => !ended),
    ({ userId }) => userId,
  )
  return mirror.all('user').map((user) => {
    const theirs = (accounts.get(user.id) ?? []).flatMap(({ accountId, role }) => {
      const account = mirror.get('account', accountId)
      if (!account) return []
      const { id, name, subscription, closed } = account
      const { plan, status } = subscription
      return [{ id, name, role, plan, status, closed: closed !== null }]
    })
    return {
      id: user.id,
      name: user.name,
      email: user.email,
      state: stateOf(user, theirs),
      accounts: theirs,
      sessions: (sessions.get(user.id) ?? []).map((session) => sessionShown(session, mirror)),
    }
  })
}

/** Whether they may sign in, and if not, why: asked in the order in which the site does. */
export function stateOf(
  { deleted, loginsDisabled }: Pick<User, 'deleted' | 'loginsDisabled'>,
  accounts: readonly { readonly closed: boolean }[],
): PersonShown['state'] {
  if (deleted) return 'deleted'
  if (loginsDisabled) return loginsDisabled.mode === 'now' ? 'logins_disabled' : 'no_new_logins'
  return accounts.some(({ closed }) => !closed) ? 'active' : 'no_open_account'
}

function sessionShown(session: ShownSession, mirror: Mirror): SessionShown {
  const device = session.deviceId === null ? undefined : mirror.get('device', session.deviceId)
  return {
    id: session.id,
    device: device?.name ?? session.clientId,
    platform: device?.platform ?? 'browser',
    client_id: session.clientId,
    signed_in_at: session.createdAt,
    refreshed_at: session.refreshedAt,
    idle_ends_at: idleEndsAt(session),
    absolute_ends_at: absoluteEndsAt(session),
    purge: session.purge,
  }
}

/** The newest deliveries to services first. */
export const deliveriesShown = (
  mirror: Mirror,
  limit: number,
  signatureOf: (eventId: string) => SignatureCheck | undefined,
): DeliveryShown[] =>
  mirror
    .all('delivery')
    .slice(-limit)
    .reverse()
    .map(({ id, endpoint, eventId, state, attempts, nextAt, history = [] }) => {
      const payload = mirror.get('event', eventId)?.payload
      return {
        id,
        endpoint,
        event: payload?.type ?? 'an event',
        state,
        attempts,
        next_at: nextAt,
        history: history.map(({ at, outcome }) => ({ at, answer: outcomeInWords(outcome) })),
        payload,
        signature: signatureOf(eventId) ?? null,
      }
    })

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}
