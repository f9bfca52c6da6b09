import { absoluteEndsAt, accountDueAt, sessionEndsAt } from '../../idp/lifetimes.ts'
import type { Account } from '../../idp/store/records.ts'
import { nameOf } from '../history/derive.ts'
import type { Due } from '../scene.ts'
import type { Mirror } from './mirror.ts'

/** What the site will do by itself, with a name that says to whom: its own plan names the next moment only. */
export function upcoming(mirror: Mirror): Due[] {
  const sessions = mirror
    .all('session')
    .filter(({ ended }) => !ended)
    .map((session) => {
      const at = sessionEndsAt(session)
      const reason = at === absoluteEndsAt(session) ? 'absolute_expired' : 'idle_expired'
      const device = session.deviceId === null ? undefined : mirror.get('device', session.deviceId)
      const on = device?.name ?? session.clientId
      return due(at, `session of ${nameOf(mirror, session.userId)} on ${on} ends: ${reason}`)
    })
  const accounts = mirror.all('account').flatMap((account) => {
    const at = accountDueAt(account)
    return at === undefined ? [] : [due(at, planInWords(account))]
  })
  const deliveries = mirror
    .all('delivery')
    .flatMap(({ nextAt, eventId, attempts }) =>
      nextAt === null
        ? []
        : [
            due(
              nextAt,
              `${mirror.get('event', eventId)?.payload.type ?? 'an event'} is sent to a service, attempt ${attempts + 1}`,
            ),
          ],
    )
  return [...sessions, ...accounts, ...deliveries].sort((a, b) => a.at - b.at)
}

const due = (at: number, name: string): Due => ({ at, party: 'site', name })

function planInWords({ name, subscription }: Account): string {
  const { status, reminded, cancels, plan } = subscription
  switch (status) {
    case 'trialing':
      return reminded || cancels
        ? `trial of ${name} ends`
        : `trial of ${name} ends soon: its owners are reminded`
    case 'active':
      return `paid period of ${name} (${plan}) ends`
    case 'past_due':
    case 'canceled':
      return `plan of ${name} is canceled unless it is paid`
  }
}
