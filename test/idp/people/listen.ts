import type { Store } from '../../../idp/store/store.ts'

/** What services have been told of a session, whichever way it was written. */
export function listen(store: Store) {
  const told = new Map<string, string[]>()
  const commit: Store['commit'] = async (writes, expected) => {
    const done = await store.commit(writes, expected)
    if (!done) return done
    for (const write of writes) {
      if (write.table !== 'event' || !('put' in write)) continue
      const { type, data } = write.put.payload
      if (type !== 'session.ended') continue
      const { session_id, reason } = data
      told.set(session_id, [...(told.get(session_id) ?? []), reason])
    }
    return done
  }
  return { told, commit }
}
