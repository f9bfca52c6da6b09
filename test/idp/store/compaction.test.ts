import { readdir } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { type Disk, nodeDisk } from '../../../idp/store/disk.ts'
import type { Session } from '../../../idp/store/records.ts'
import { temporaryFolder } from './folder.ts'
import { aSession, openQuietly } from './records.ts'

// Real files by the hundred: seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const filesIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => !name.startsWith('lock')).toSorted()

test('a snapshot written while everything changes comes out right', async () => {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  const sessions = new Map<string, Session>()
  const put = (id: string, accessTokenId: string) => {
    const session = aSession(id, { accessTokenId })
    sessions.set(id, session)
    return store.commit([{ table: 'session', put: session }])
  }
  const remove = (id: string) => {
    sessions.delete(id)
    return store.commit([{ table: 'session', remove: id }])
  }
  // Enough for some slices.
  const first = Array.from({ length: 20_000 }, (_, n) => aSession(`s${n}`))
  for (const session of first) sessions.set(session.id, session)
  await store.commit(first.map((session) => ({ table: 'session', put: session })))

  const compaction = { done: false }
  const compacting = store.compact().then(() => {
    compaction.done = true
  })
  let changes = 0
  for (let n = 0; !compaction.done; n += 1) {
    await Promise.all([
      put(`s${(n * 7919) % 20_000}`, `changed-${n}`),
      remove(`s${(n * 104_729) % 20_000}`),
      put(`new${n}`, 'new'),
    ])
    changes += 3
  }
  await compacting
  expect(changes).toBeGreaterThan(9)
  await put('after', 'after')
  await store.close()
  expect(await filesIn(folder)).toEqual([
    'journal-1.jsonl',
    'journal-2.jsonl',
    'snapshot-1.jsonl',
    'snapshot-2.jsonl',
  ])

  const again = await openQuietly(folder)
  for (const id of [...first.map(({ id }) => id), ...sessions.keys()]) {
    expect(await again.session(id)).toEqual(sessions.get(id))
  }
  await again.close()
})

test('a snapshot that saw a commit on its way to the disk waits until it is there', async () => {
  const events: string[] = []
  let hold = Promise.resolve()
  const disk: Disk = {
    ...nodeDisk,
    async openForAppend(path) {
      const file = await nodeDisk.openForAppend(path)
      return {
        ...file,
        async append(bytes) {
          await hold
          await file.append(bytes)
          events.push('flushed')
        },
      }
    },
    async create(path) {
      const file = await nodeDisk.create(path)
      return {
        ...file,
        async sync() {
          await file.sync()
          events.push('snapshot synced')
        },
      }
    },
    async rename(from, to) {
      events.push('snapshot counts')
      await nodeDisk.rename(from, to)
    },
  }
  const store = await openQuietly(await temporaryFolder(), { disk })
  await store.commit([{ table: 'session', put: aSession('s1') }])
  events.length = 0
  let release = () => {}
  hold = new Promise((resolve) => {
    release = resolve
  })
  const compacting = store.compact()
  const commit = store.commit([{ table: 'session', put: aSession('s2') }])
  await expect.poll(() => events).toContain('snapshot synced')
  // Time enough for one that doesn't wait: its next step would be the rename.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  expect(events).toEqual(['snapshot synced'])
  release()
  await Promise.all([commit, compacting])
  expect(events).toEqual(['snapshot synced', 'flushed', 'snapshot counts'])
  await store.close()
})

test('journals that outgrow what lives make room by themselves; the last good generation stays', async () => {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder, { compactAfter: 10_000 })
  for (let n = 0; n < 400; n += 1) {
    await store.commit([{ table: 'session', put: aSession('s1', { accessTokenId: `${n}` }) }])
  }
  await store.compact()
  await store.close()
  const files = await filesIn(folder)
  expect(files).toHaveLength(4)
  // One by hand, and before it at least one by itself: how many is a matter of the disk's speed.
  expect(Math.max(...files.map((name) => Number(/\d+/.exec(name))))).toBeGreaterThan(2)
  const again = await openQuietly(folder)
  expect((await again.session('s1'))?.accessTokenId).toBe('399')
  await again.close()
})

test('closing does not wait for a long snapshot: the journals hold everything', async () => {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  const sessions = Array.from({ length: 20_000 }, (_, n) => aSession(`s${n}`))
  await store.commit(sessions.map((session) => ({ table: 'session', put: session })))
  const compacting = store.compact()
  await store.close()
  await compacting
  expect(await filesIn(folder)).toEqual(['journal-1.jsonl', 'journal-2.jsonl', 'snapshot-1.jsonl'])
  const again = await openQuietly(folder)
  expect(await again.session('s19999')).toEqual(sessions.at(-1))
  await again.close()
})
