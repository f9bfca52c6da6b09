import type fc from 'fast-check'
import type { Store } from '../../../idp/store/store.ts'

/** Reads on which the acts of these tests decide. */
const SCHEDULED = [
  'user',
  'session',
  'account',
  'membership',
  'code',
  'liveSessionsOfUser',
  'membershipsOfUser',
  'membershipsOfAccount',
  'invitationsOfAccount',
]

/**
 * A store whose every answer comes when the scheduler says so: fast-check then walks through the
 * orders in which sign-ins, refreshes and endings may read and write.
 */
export function scheduled(
  store: Store,
  scheduler: fc.Scheduler,
  commit: Store['commit'] = store.commit.bind(store),
): Store {
  const later =
    <A extends readonly unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await scheduler.schedule(Promise.resolve(), `before ${name}`)
      return call(...args)
    }
  return new Proxy(store, {
    get(target, property) {
      if (property === 'commit') return later('commit', commit)
      const member: unknown = Reflect.get(target, property)
      if (typeof member !== 'function') return member
      const bound = member.bind(target)
      return SCHEDULED.includes(String(property)) ? later(String(property), bound) : bound
    },
  })
}
