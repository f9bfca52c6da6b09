import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { Disk } from '../../../idp/store/disk.ts'
import { type FileStore, openFileStore } from '../../../idp/store/file-store.ts'
import type { Write } from '../../../idp/store/store.ts'
import { FATES, FragileDisk, PowerLoss } from './fragile-disk.ts'
import { aSession, aUser } from './records.ts'

// Thousands of small lives: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const FOLDER = '/data'
const IDS = ['1', '2', '3', '4', '5']

/** Commit `n` marks a session and a user, which must always tell the same, and may take others away. */
function writesOf(n: number): Write[] {
  const id = IDS[n % IDS.length] ?? '1'
  const other = IDS[(n * 3 + 1) % IDS.length] ?? '1'
  const name = String(n)
  const puts: Write[] = [
    { table: 'session', put: aSession(id, { accessTokenId: name }) },
    { table: 'user', put: aUser(id, { name }) },
  ]
  if (n % 4 !== 3 || other === id) return puts
  return [...puts, { table: 'session', remove: other }, { table: 'user', remove: other }]
}

/** What the records tell, e.g. `["7/7", "-/-", …]`. */
async function stateOf(store: FileStore): Promise<string> {
  const told = IDS.map(async (id) => {
    const [session, user] = [await store.session(id), await store.user(id)]
    return `${session?.accessTokenId ?? '-'}/${user?.name ?? '-'}`
  })
  return (await Promise.all(told)).join(' ')
}

/** The state after each number of commits. */
function statesAfter(count: number): string[] {
  const marks = new Map<string, string>()
  const state = () => IDS.map((id) => `${marks.get(id) ?? '-'}/${marks.get(id) ?? '-'}`).join(' ')
  return [
    state(),
    ...Array.from({ length: count }, (_, n) => {
      for (const write of writesOf(n)) {
        if ('remove' in write) marks.delete(write.remove)
        else marks.set(write.put.id, String(n))
      }
      return state()
    }),
  ]
}

const COMMITS = 30
const STATES = statesAfter(COMMITS)

const open = (disk: Disk) =>
  openFileStore(FOLDER, { disk, compactAfter: 1500, log: () => {}, onFailure: () => {} })

/** Starts, commits in groups of `group` with snapshots in between, stops, starts again, and so on. */
async function live(disk: Disk, groups: readonly number[], told: (n: number) => void) {
  let n = 0
  let store = await open(disk)
  for (const [index, group] of groups.entries()) {
    const commits = Array.from({ length: group }, () => {
      const number = n++
      return store.commit(writesOf(number)).then(() => told(number))
    })
    const compaction = index % 3 === 1 ? store.compact() : undefined
    const outcomes = await Promise.allSettled([...commits, compaction])
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
    if (index % 4 === 3) {
      await store.close()
      store = await open(disk)
    }
  }
  await store.close()
}

const GROUPS = [1, 3, 1, 5, 2, 4, 1, 6, 3, 4]

/** Lives until the power goes, and says how many commits were acknowledged until then. */
async function liveUntil(disk: Disk, groups: readonly number[]): Promise<number> {
  let acknowledged = 0
  await live(disk, groups, (n) => {
    acknowledged = Math.max(acknowledged, n + 1)
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? error.cause : undefined
    if (!(cause instanceof PowerLoss)) throw error
  })
  return acknowledged
}

async function check(files: ReadonlyMap<string, Buffer>, acknowledged: number): Promise<void> {
  const store = await open(new FragileDisk(files))
  const state = await stateOf(store)
  await store.close()
  // Sequences of states may repeat only where nothing was left: look from the acknowledged one on.
  expect(STATES.slice(acknowledged)).toContain(state)
}

test('power lost before any disk operation: whatever was acknowledged is there, and no half of the rest', async () => {
  const whole = new FragileDisk()
  expect(await liveUntil(whole, GROUPS)).toBe(COMMITS)
  expect(whole.operations).toBeGreaterThan(60)
  for (let operations = 0; operations < whole.operations; operations += 1) {
    const disk = new FragileDisk(new Map(), operations)
    const acknowledged = await liveUntil(disk, GROUPS)
    for (const fate of FATES) {
      const files = disk.afterPowerLoss(fate)
      await check(files, acknowledged)
      // … and lost again while starting after that.
      for (let again = 0; ; again += 1) {
        const restarting = new FragileDisk(files, again)
        const store = await open(restarting).catch(() => undefined)
        if (store) {
          await store.close()
          break
        }
        for (const next of ['lost', 'kept'] as const) {
          await check(restarting.afterPowerLoss(next), acknowledged)
        }
      }
    }
  }
})

test('however commits are grouped, a power loss takes none that was acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
      fc.nat(120),
      fc.constantFrom(...FATES),
      async (groups, operations, fate) => {
        const disk = new FragileDisk(new Map(), operations)
        const acknowledged = await liveUntil(disk, groups)
        await check(disk.afterPowerLoss(fate), acknowledged)
      },
    ),
    { numRuns: 200 },
  )
})

const operationsOf = (disk: FragileDisk): Disk => ({
  makeFolder: () => disk.makeFolder(),
  lock: () => disk.lock(),
  list: (folder) => disk.list(folder),
  read: (path) => disk.read(path),
  create: (path) => disk.create(path),
  openForAppend: (path) => disk.openForAppend(path),
  truncate: (path, length) => disk.truncate(path, length),
  rename: (from, to) => disk.rename(from, to),
  remove: (path) => disk.remove(path),
  syncFolder: () => disk.syncFolder(),
})

/** Disks that promise more than they keep: each must be caught by the same check. */
const LIARS: Record<string, (disk: FragileDisk) => Partial<Disk>> = {
  'a journal that is acknowledged before it is written': (disk) => ({
    openForAppend: async (path) => {
      const file = await disk.openForAppend(path)
      return { ...file, append: async (bytes) => void file.append(bytes).catch(() => {}) }
    },
  }),
  'a snapshot that is not synced before it gets its name': (disk) => ({
    create: async (path) => ({ ...(await disk.create(path)), sync: async () => {} }),
  }),
  'a folder that is never synced': () => ({ syncFolder: async () => {} }),
}

test.each(Object.entries(LIARS))('%s is caught', async (_, lie) => {
  let caught = 0
  for (let operations = 0; operations < 100; operations += 1) {
    const disk = new FragileDisk(new Map(), operations)
    const liar: Disk = { ...operationsOf(disk), ...lie(disk) }
    const acknowledged = await liveUntil(liar, GROUPS)
    for (const fate of FATES) {
      await check(disk.afterPowerLoss(fate), acknowledged).catch(() => {
        caught += 1
      })
    }
  }
  expect(caught).toBeGreaterThan(0)
})
