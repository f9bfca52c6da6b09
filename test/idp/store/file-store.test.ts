import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { idOf } from '../../../idp/store/data.ts'
import { type Disk, nodeDisk } from '../../../idp/store/disk.ts'
import type { FileStore } from '../../../idp/store/file-store.ts'
import type { Session } from '../../../idp/store/records.ts'
import type { Write } from '../../../idp/store/store.ts'
import { temporaryFolder } from './folder.ts'
import {
  aCode,
  aDelivery,
  aDevice,
  aMembership,
  anAccount,
  anEvent,
  aSession,
  aSignIn,
  aUser,
  openQuietly,
  T0,
} from './records.ts'

const ONE_OF_EACH: readonly Write[] = [
  { table: 'user', put: aUser('u1') },
  { table: 'account', put: anAccount('a1') },
  { table: 'membership', put: aMembership('u1', 'a1') },
  { table: 'device', put: aDevice('d1') },
  { table: 'signIn', put: aSignIn('i1') },
  { table: 'code', put: aCode('c1') },
  { table: 'session', put: aSession('s1', { cookieHash: 'cookie' }) },
  { table: 'event', put: anEvent('e1') },
  { table: 'delivery', put: aDelivery('e1') },
]

async function everything(store: FileStore) {
  return {
    user: await store.user('u1'),
    userByIdentity: await store.userByIdentity('http://localhost:4000/tenant/', 'subject-u1'),
    account: await store.account('a1'),
    membership: await store.membership('u1', 'a1'),
    membershipsOfUser: await store.membershipsOfUser('u1'),
    device: await store.device('d1'),
    deviceByKey: await store.deviceByKey('jkt-d1'),
    signIn: await store.signIn('i1'),
    signInByState: await store.signInByState('state-i1'),
    code: await store.code('c1'),
    session: await store.session('s1'),
    sessionByCookie: await store.sessionByCookie('cookie'),
    liveSessionsOfDevice: await store.liveSessionsOfDevice('d1'),
    event: await store.event('e1'),
    waitingDeliveries: await store.waitingDeliveries(),
  }
}

const EVERYTHING = {
  user: aUser('u1'),
  userByIdentity: aUser('u1'),
  account: anAccount('a1'),
  membership: aMembership('u1', 'a1'),
  membershipsOfUser: [aMembership('u1', 'a1')],
  device: aDevice('d1'),
  deviceByKey: aDevice('d1'),
  signIn: aSignIn('i1'),
  signInByState: aSignIn('i1'),
  code: aCode('c1'),
  session: aSession('s1', { cookieHash: 'cookie' }),
  sessionByCookie: aSession('s1', { cookieHash: 'cookie' }),
  liveSessionsOfDevice: [aSession('s1', { cookieHash: 'cookie' })],
  event: { ...anEvent('e1'), sequence: 1 },
  waitingDeliveries: [aDelivery('e1')],
}

const NOTHING = {
  user: undefined,
  userByIdentity: undefined,
  account: undefined,
  membership: undefined,
  membershipsOfUser: [],
  device: undefined,
  deviceByKey: undefined,
  signIn: undefined,
  signInByState: undefined,
  code: undefined,
  session: undefined,
  sessionByCookie: undefined,
  liveSessionsOfDevice: [],
  event: undefined,
  waitingDeliveries: [],
}

test('what was committed is there at once, after a restart, and after a restart from a snapshot', async () => {
  const folder = join(await temporaryFolder(), 'made', 'if need be')
  let store = await openQuietly(folder)
  expect(store.isEmpty()).toBe(true)
  expect(await everything(store)).toEqual(NOTHING)
  expect(await store.commit(ONE_OF_EACH)).toBe(true)
  expect(await everything(store)).toEqual(EVERYTHING)
  await store.close()

  store = await openQuietly(folder)
  expect(store.isEmpty()).toBe(false)
  expect(await everything(store)).toEqual(EVERYTHING)
  await store.compact()
  await store.close()

  store = await openQuietly(folder)
  expect(await everything(store)).toEqual(EVERYTHING)
  await store.commit(
    ONE_OF_EACH.map((write) => ({ table: write.table, remove: idOf(write) }) as Write),
  )
  expect(await everything(store)).toEqual(NOTHING)
  await store.close()

  store = await openQuietly(folder)
  expect(await everything(store)).toEqual(NOTHING)
  expect(store.isEmpty()).toBe(true)
  expect(await store.nextDue()).toBeUndefined()
  await store.close()
})

test('only the owner may read what is in the folder', async () => {
  const folder = join(await temporaryFolder(), 'data')
  const store = await openQuietly(folder)
  await store.commit(ONE_OF_EACH)
  await store.compact()
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  for (const name of await readdir(folder)) {
    expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600])
  }
  await store.close()
})

test('a commit whose expectation no longer holds changes nothing, not even in part', async () => {
  const store = await openQuietly(await temporaryFolder())
  await store.commit([{ table: 'user', put: aUser('u1') }])
  const was = await store.user('u1')
  const renamed = aUser('u1', { name: 'Grace' })
  expect(
    await store.commit([{ table: 'user', put: renamed }], [{ table: 'user', id: 'u1', was }]),
  ).toBe(true)

  const late = await store.commit(
    [
      { table: 'account', put: anAccount('a1') },
      { table: 'user', put: aUser('u1', { name: 'Mallory' }) },
    ],
    [
      { table: 'account', id: 'a1', was: undefined },
      { table: 'user', id: 'u1', was },
    ],
  )
  expect(late).toBe(false)
  expect(await store.account('a1')).toBeUndefined()
  expect(await store.user('u1')).toBe(renamed)
  // What says the same is the same: a record may have been read again meanwhile.
  const copy = structuredClone(renamed)
  expect(await store.commit([], [{ table: 'user', id: 'u1', was: copy }])).toBe(true)
  expect(await store.commit([], [{ table: 'user', id: 'u1', was: renamed }])).toBe(true)
  await store.close()
})

test('of twenty who decide on the same record, one wins', async () => {
  const store = await openQuietly(await temporaryFolder())
  await store.commit([{ table: 'session', put: aSession('s1') }])
  const was = await store.session('s1')
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      store.commit(
        [{ table: 'session', put: aSession('s1', { accessTokenId: `winner-${i}` }) }],
        [{ table: 'session', id: 's1', was }],
      ),
    ),
  )
  expect(outcomes).toEqual([true, ...Array.from({ length: 19 }, () => false)])
  expect((await store.session('s1'))?.accessTokenId).toBe('winner-0')
  await store.close()
})

test('what can not be written is refused before anything has changed', async () => {
  const store = await openQuietly(await temporaryFolder())
  const bad = { ...aUser('u1'), signIns: 1n } as unknown as ReturnType<typeof aUser>
  const writes: Write[] = [
    { table: 'account', put: anAccount('a1') },
    { table: 'user', put: bad },
  ]
  await expect(store.commit(writes)).rejects.toThrow(TypeError)
  expect(await store.account('a1')).toBeUndefined()
  expect(await store.commit(ONE_OF_EACH)).toBe(true)
  await store.close()
})

/** A disk whose journal waits for a word before each flush, and counts them. */
function patientDisk() {
  const waiting: (() => void)[] = []
  let flushes = 0
  const disk: Disk = {
    ...nodeDisk,
    async openForAppend(path) {
      const file = await nodeDisk.openForAppend(path)
      return {
        ...file,
        async append(bytes) {
          flushes += 1
          await new Promise<void>((resume) => waiting.push(resume))
          await file.append(bytes)
        },
      }
    },
  }
  return { disk, flushes: () => flushes, flush: () => waiting.shift()?.() }
}

test('a hundred who come while one flush is under way share the next one', async () => {
  const { disk, flushes, flush } = patientDisk()
  const store = await openQuietly(await temporaryFolder(), { disk })
  const first = store.commit([{ table: 'user', put: aUser('u0') }])
  await expect.poll(flushes).toBe(1)
  const others = Array.from({ length: 100 }, (_, i) =>
    store.commit([{ table: 'user', put: aUser(`u${i + 1}`) }]),
  )
  flush()
  await first
  await expect.poll(flushes).toBe(2)
  flush()
  expect(await Promise.all(others)).toEqual(others.map(() => true))
  expect(flushes()).toBe(2)
  await store.close()
})

test('nobody is told of a change that is not on disk, neither who made it nor who reads it', async () => {
  const { disk, flushes, flush } = patientDisk()
  const store = await openQuietly(await temporaryFolder(), { disk })
  const told: string[] = []
  const tell = (name: string) => () => told.push(name)
  const all = [
    store
      .commit([{ table: 'session', put: aSession('s1', { cookieHash: 'c' }) }])
      .then(tell('commit')),
    store.session('s1').then(tell('read')),
    store.sessionByCookie('c').then(tell('look-up')),
    store.sessionByCookie('none').then(tell('failed look-up')),
    store.commit([]).then(tell('empty commit')),
  ]
  await store.session('other')
  await store.account('a1')
  await expect.poll(flushes).toBe(1)
  expect(told).toEqual([])
  flush()
  await Promise.all(all)
  expect(told.toSorted()).toEqual(['commit', 'empty commit', 'failed look-up', 'look-up', 'read'])
  await store.close()
})

test('a look-up follows its record: keys change, sessions end, deliveries arrive', async () => {
  const store = await openQuietly(await temporaryFolder())
  const provider = aSignIn('i1')
  const atLogout = aSignIn('i1', {
    step: {
      at: 'logout',
      stateHash: 'second',
      outcome: { kind: 'person', userId: 'u1', authTime: T0 },
    },
  })
  await store.commit([{ table: 'signIn', put: provider }])
  await store.commit([{ table: 'signIn', put: atLogout }])
  expect(await store.signInByState('state-i1')).toBeUndefined()
  expect(await store.signInByState('second')).toBe(atLogout)
  await store.commit([{ table: 'signIn', put: aSignIn('i1', { step: { at: 'done' } }) }])
  expect(await store.signInByState('second')).toBeUndefined()

  const ended: Session = aSession('s2', {
    ended: { at: T0, reason: 'signed_out', actor: 'user' },
  })
  await store.commit(['s1', 's2', 's3'].map((id) => ({ table: 'session', put: aSession(id) })))
  await store.commit([{ table: 'session', put: ended }])
  expect((await store.liveSessionsOfDevice('d1')).map(({ id }) => id)).toEqual(['s1', 's3'])

  await store.commit([
    { table: 'delivery', put: aDelivery('late', { nextAt: T0 + 5 }) },
    { table: 'delivery', put: aDelivery('soon', { nextAt: T0 + 1 }) },
    { table: 'delivery', put: aDelivery('dead', { nextAt: null, state: 'dead' }) },
  ])
  expect((await store.waitingDeliveries()).map(({ eventId }) => eventId)).toEqual(['soon', 'late'])

  const two = aUser('u1', {
    identities: [
      { issuer: 'a', subject: 'x' },
      { issuer: 'b', subject: 'x' },
    ],
  })
  await store.commit([{ table: 'user', put: two }])
  await store.commit([{ table: 'user', put: { ...two, identities: two.identities.slice(1) } }])
  expect(await store.userByIdentity('a', 'x')).toBeUndefined()
  expect((await store.userByIdentity('b', 'x'))?.id).toBe('u1')
  await store.close()
})

test('day 14: the idle session is due; the one that was refreshed on day 10 is not until day 24', async () => {
  const folder = await temporaryFolder()
  let store = await openQuietly(folder)
  await store.commit([
    { table: 'session', put: aSession('idle') },
    { table: 'session', put: aSession('busy') },
    { table: 'device', put: aDevice('used', { used: true }) },
  ])
  await store.commit([{ table: 'session', put: aSession('busy', { refreshedAt: T0 + 10 * DAY }) }])
  for (let round = 0; round < 2; round += 1) {
    expect(await store.nextDue()).toBe(T0 + 14 * DAY)
    expect(await store.dueRecords(T0 + 14 * DAY - 1, 99)).toEqual([])
    expect((await store.dueRecords(T0 + 14 * DAY, 99)).map(({ record }) => record.id)).toEqual([
      'idle',
    ])
    await store.close()
    store = await openQuietly(folder)
  }
  await store.commit([{ table: 'session', remove: 'idle' }])
  expect(await store.nextDue()).toBe(T0 + 24 * DAY)
  await store.close()
})

test('a store that was closed says so, and closing twice is nothing', async () => {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  const last = store.commit(ONE_OF_EACH)
  await Promise.all([store.close(), store.close()])
  expect(await last).toBe(true)
  const closed = { code: 'store_stopped', message: 'The store is closed: open it again to go on.' }
  await expect(store.commit([])).rejects.toMatchObject(closed)
  await expect(store.user('u1')).rejects.toMatchObject(closed)
  await expect(store.membershipsOfUser('u1')).rejects.toMatchObject(closed)
  await expect(store.compact()).rejects.toMatchObject(closed)
  expect(await store.nextDue()).toBeUndefined()
  const again = await openQuietly(folder)
  expect(await everything(again)).toEqual(EVERYTHING)
  await again.close()
})

test('a folder that is a file is refused in a sentence', async () => {
  const file = join(await temporaryFolder(), 'file')
  await writeFile(file, 'not a folder')
  for (const folder of [file, join(file, 'below')]) {
    await expect(openQuietly(folder)).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: expect.stringMatching(
        /^The data folder .* can't be used \((EEXIST|ENOTDIR)\): give a folder that this user may read and write, on a disk with room\.$/,
      ),
    })
  }
})
