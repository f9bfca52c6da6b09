import { expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { BY_TIME } from '../../../idp/audit/by.ts'
import { audit } from '../../../idp/audit/entry.ts'
import { AUDIT_MEMORY } from '../../../idp/lifetimes.ts'
import { temporaryFolder } from './folder.ts'
import { openQuietly, T0 } from './records.ts'

type Filter = Parameters<Awaited<ReturnType<typeof openQuietly>>['audit']>[0]

const entry = (userId: string, accountId: string, at = T0) =>
  audit('signed_in', BY_TIME, at, { userId, accountId })

test('the newest first, by person and by account, page by page, and so after a restart', async () => {
  const folder = await temporaryFolder()
  let store = await openQuietly(folder)
  for (const [user, account] of [
    ['u1', 'a1'],
    ['u2', 'a1'],
    ['u1', 'a2'],
    ['u1', 'a1'],
  ] as const) {
    await store.commit([entry(user, account)])
  }
  const numbers = async (filter: Partial<Filter>) =>
    (await store.audit({ limit: 10, ...filter })).map(({ sequence }) => sequence)
  const all = async () => ({
    everything: await numbers({}),
    two: await numbers({ limit: 2 }),
    nextTwo: await numbers({ limit: 2, before: 3 }),
    u1: await numbers({ userId: 'u1' }),
    a1: await numbers({ accountId: 'a1' }),
    both: await numbers({ userId: 'u1', accountId: 'a2' }),
    nobody: await numbers({ userId: 'u3' }),
  })
  const expected = {
    everything: [4, 3, 2, 1],
    two: [4, 3],
    nextTwo: [2, 1],
    u1: [4, 3, 1],
    a1: [4, 2, 1],
    both: [3],
    nobody: [],
  }
  expect(await all()).toEqual(expected)
  await store.compact()
  await store.close()
  store = await openQuietly(folder)
  expect(await all()).toEqual(expected)
  await store.close()
})

test('what somebody did to another is found under both', async () => {
  const store = await openQuietly(await temporaryFolder())
  const by = { actor: 'admin', userId: 'u1', sessionId: 's1', address: null } as const
  await store.commit([audit('member_removed', by, T0, { userId: 'u2', accountId: 'a1' })])
  for (const userId of ['u1', 'u2']) {
    expect(await store.audit({ userId, limit: 10 })).toMatchObject([{ act: 'member_removed' }])
  }
  await store.close()
})

test('nobody rewrites an entry, and nothing else of such a commit is written', async () => {
  const store = await openQuietly(await temporaryFolder())
  await store.commit([entry('u1', 'a1')])
  const [written] = await store.audit({ limit: 1 })
  if (!written) throw new Error('no entry')
  const rewriting = store.commit([
    entry('u2', 'a2'),
    { table: 'audit', put: { ...written, userId: 'u3' } },
  ])
  await expect(rewriting).rejects.toThrow('append-only')
  expect(await store.audit({ limit: 10 })).toEqual([written])
  await store.close()
})

test('day 399: still there; day 400: due to be forgotten', async () => {
  const store = await openQuietly(await temporaryFolder())
  await store.commit([entry('u1', 'a1')])
  expect(AUDIT_MEMORY).toBe(400 * DAY)
  expect(await store.dueRecords(T0 + 399 * DAY, 99)).toEqual([])
  expect(await store.dueRecords(T0 + 400 * DAY, 99)).toMatchObject([{ table: 'audit' }])
  await store.close()
})
