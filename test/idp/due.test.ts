import { expect, test, vi } from 'vitest'
import { DAY } from '../../clock/moment.ts'
import { startSite } from '../support/site.ts'
import { aSession } from './store/records.ts'

// Thousands of commits, each on disk: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

test('day 14: more sessions than are looked up at once run out in the same minute, each once and in order', async () => {
  const running = await startSite()
  const { store, clock, due } = running
  try {
    const began = clock.now()
    const sessions = Array.from({ length: 2_500 }, (_, n) =>
      aSession(`s${n}`, {
        userId: 'usr_ada',
        accountId: 'acc_ada',
        authTime: began,
        createdAt: began,
        // Not in the order of the table.
        refreshedAt: began + ((n * 7919) % 60_000),
      }),
    )
    await store.commit(sessions.map((session) => ({ table: 'session', put: session })))
    clock.advance(15 * DAY)
    const done = await due.run()
    expect(done.filter(({ name }) => name.endsWith('ended: idle_expired'))).toHaveLength(2_500)
    expect(await store.liveSessionsOfUser('usr_ada')).toEqual([])
    const told = await store.eventsAfter(0, 5_000)
    expect(told.map(({ at }) => at)).toEqual(
      sessions.map(({ refreshedAt, idle }) => refreshedAt + idle).toSorted((a, b) => a - b),
    )
  } finally {
    await running.close()
  }
})
