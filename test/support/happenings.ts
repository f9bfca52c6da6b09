import { toIso } from '../../clock/moment.ts'
import { announce } from '../../idp/services/outbox.ts'
import { serviceNames } from '../../idp/site.ts'
import type { RunningSite } from './site.ts'

/** Something to tell services of, written as a change of a person writes it; its id. */
export async function happen(
  { site, clock }: Pick<RunningSite, 'site' | 'clock'>,
  userId = 'usr_ada',
): Promise<string> {
  const now = clock.now()
  const writes = announce(
    {
      payload: {
        type: 'user.deleted',
        timestamp: toIso(now),
        data: { user_id: userId, actor: 'admin' },
      },
      at: now,
    },
    serviceNames(site),
    now,
  )
  await site.store.commit(writes)
  const [event] = writes
  if (!event || !('put' in event)) throw new Error('no event')
  return event.put.id
}
