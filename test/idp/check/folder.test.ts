import { chmod, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { checkFolder } from '../../../idp/check/folder.ts'
import { openLinkKey } from '../../../idp/links/link-key.ts'
import { nodeDisk } from '../../../idp/store/disk.ts'
import type { OutboxEvent, Session } from '../../../idp/store/records.ts'
import type { Write } from '../../../idp/store/store.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import { openSigningKeys } from '../../../idp/tokens/signing-keys.ts'
import { temporaryFolder } from '../store/folder.ts'
import {
  aDelivery,
  aDevice,
  aMail,
  aMembership,
  anAccount,
  anEvent,
  anInvitation,
  aSession,
  aUser,
  openQuietly,
  T0,
} from '../store/records.ts'

const aToken = (current: string) => ({
  current: hashOf(current),
  confirmed: false,
  previous: null,
  displaced: [],
})

const signedIn = (n: number, more: Partial<Session> = {}): Session =>
  aSession(`s${n}`, {
    userId: `u${n}`,
    accountId: `a${n}`,
    deviceId: `d${n}`,
    jkt: `jkt-d${n}`,
    tokens: aToken(`t${n}`),
    ...more,
  })

const person = (n: number): Write[] => [
  { table: 'user', put: aUser(`u${n}`) },
  { table: 'account', put: anAccount(`a${n}`) },
  { table: 'membership', put: aMembership(`u${n}`, `a${n}`) },
  { table: 'device', put: aDevice(`d${n}`, { used: true }) },
  { table: 'session', put: signedIn(n) },
]

/** A whole folder: u1 in a last good snapshot and in the newest, u2 and what services hear in its journal. */
async function healthyFolder(wrong: readonly Write[] = []): Promise<string> {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  await store.commit(person(1))
  await store.compact()
  await store.commit(person(2))
  await store.commit([
    { table: 'event', put: anEvent('e1') },
    { table: 'delivery', put: aDelivery('e1') },
  ])
  await store.commit([{ table: 'event', put: anEvent('e2') }])
  if (wrong.length > 0) await store.commit(wrong)
  await store.close()
  await openSigningKeys(folder)
  await openLinkKey(folder)
  return folder
}

/** Every byte, and what a start would notice besides. */
async function imageOf(folder: string) {
  const names = (await readdir(folder)).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const { mode, mtimeMs } = await stat(join(folder, name))
      return [name, mode, mtimeMs, await readFile(join(folder, name), 'latin1')]
    }),
  )
}

/** What is wrong, with the folder's own name taken out; nothing in it may have changed. */
async function faultsIn(folder: string): Promise<readonly string[]> {
  const before = await imageOf(folder)
  const { faults } = await checkFolder(folder, nodeDisk)
  expect(await imageOf(folder)).toEqual(before)
  return faults.map((fault) => fault.replaceAll(folder, '<data>'))
}

test('a healthy folder: nothing is wrong, and its records are counted', async () => {
  const folder = await healthyFolder()
  expect(await faultsIn(folder)).toEqual([])
  const { version, counts } = await checkFolder(folder, nodeDisk)
  expect(version).toBe(2)
  expect(Object.fromEntries(counts)).toMatchObject({ user: 2, session: 2, event: 2, mail: 0 })
})

const flip = async (file: string, at: number) => {
  const bytes = await readFile(file)
  bytes[at] = (bytes[at] ?? 0) ^ 0x04
  await writeFile(file, bytes)
}

const edit = async (file: string, change: (text: string) => string) =>
  writeFile(file, change(await readFile(file, 'utf8')))

const STAND_IN =
  'The last good snapshot could not stand in for the newest one: make a backup of the folder now; the site makes another snapshot in time. '

const DAMAGES: readonly [
  what: string,
  damage: (folder: string) => Promise<unknown>,
  ...sentences: RegExp[],
][] = [
  [
    'a flipped bit in the journal',
    (folder) => flip(join(folder, 'journal-2.jsonl'), 200),
    /^<data>\/journal-2\.jsonl is damaged at line 1 \(its checksum is wrong\): restore the data folder/,
  ],
  [
    'a line gone from the journal',
    (folder) => edit(join(folder, 'journal-2.jsonl'), (text) => text.replace(/^.*\n/, '')),
    /^<data>\/journal-2\.jsonl is damaged at line 1 \(commit 3 stands where 2 belongs\): restore/,
  ],
  [
    'a torn end',
    async (folder) => {
      const file = join(folder, 'journal-2.jsonl')
      await truncate(file, (await stat(file)).size - 7)
    },
    /^<data>\/journal-2\.jsonl ends in \d+ bytes that are no whole commit, .*: start the site, which moves them aside/,
  ],
  [
    'a flipped bit in the newest snapshot',
    (folder) => flip(join(folder, 'snapshot-2.jsonl'), 300),
    /^<data>\/snapshot-2\.jsonl is damaged .*: move it out of the folder and start again/,
  ],
  [
    'a flipped bit in the last good snapshot',
    (folder) => flip(join(folder, 'snapshot-1.jsonl'), 5),
    new RegExp(`^${STAND_IN}<data>/snapshot-1\\.jsonl is damaged`),
  ],
  [
    'a missing journal of the last good snapshot',
    (folder) => rm(join(folder, 'journal-1.jsonl')),
    new RegExp(`^${STAND_IN}<data>/journal-1\\.jsonl is missing`),
  ],
  [
    'a missing newest journal',
    (folder) => rm(join(folder, 'journal-2.jsonl')),
    /^<data>\/journal-2\.jsonl is missing: restore the data folder from a backup/,
  ],
  [
    'a snapshot of other records',
    (folder) => rename(join(folder, 'snapshot-2.jsonl'), join(folder, 'snapshot-1.jsonl')),
    /^<data>\/snapshot-1\.jsonl is damaged \(its first line is that of another file\)/,
  ],
  [
    'a newer version',
    (folder) =>
      edit(join(folder, 'snapshot-2.jsonl'), (text) => text.replace('"version":2', '"version":3')),
    /^<data>\/snapshot-2\.jsonl was written by a newer Latchkey \(store version 3, this one knows 2\)/,
  ],
  [
    'files that are left over',
    async (folder) => {
      await writeFile(join(folder, 'snapshot-3.jsonl.tmp'), '')
      await writeFile(join(folder, 'journal-1.jsonl.torn'), '')
      await writeFile(join(folder, 'keys.json.new'), '')
      await writeFile(join(folder, 'notes.txt'), '')
    },
    /^<data>\/journal-1\.jsonl\.torn holds the torn end of a journal .*: remove it/,
    /^<data>\/keys\.json\.new is a draft that was never finished.*: remove it\.$/,
    /^<data>\/notes\.txt is nothing of this site: move it out of the folder\.$/,
    /^<data>\/snapshot-3\.jsonl\.tmp is a snapshot that was never finished.*: start the site/,
  ],
  [
    'signing keys that others can read',
    (folder) => chmod(join(folder, 'keys.json'), 0o640),
    /^<data>\/keys\.json may be read or written by others \(mode 640\): run chmod 600 on it/,
  ],
  [
    'signing keys that are none',
    (folder) => writeFile(join(folder, 'keys.json'), '{"keys":[]}'),
    /^The signing keys in <data>\/keys\.json can't be read\. Put the file back from a backup/,
  ],
  [
    'no signing keys',
    (folder) => rm(join(folder, 'keys.json')),
    /^<data>\/keys\.json is missing: put it back from a backup/,
  ],
  [
    'a key of links that is none',
    (folder) => writeFile(join(folder, 'links.key'), 'short'),
    /^<data>\/links\.key holds no key that can be read: put it back/,
  ],
]

test.each(DAMAGES)('%s', async (_, damage, ...sentences) => {
  const folder = await healthyFolder()
  await damage(folder)
  expect(await faultsIn(folder)).toEqual(sentences.map((it) => expect.stringMatching(it)))
})

const anEventNumbered = (id: string, sequence: number): OutboxEvent => ({
  ...anEvent(id),
  sequence,
})

const WRONG_RECORDS: readonly [wrong: Write, ...faults: string[]][] = [
  [
    { table: 'membership', put: aMembership('u1', 'a9') },
    'membership u1:a9 is of account a9, which is missing',
  ],
  [
    { table: 'membership', put: { ...aMembership('u1', 'a1'), id: 'u2:a1' } },
    'membership u2:a1 has the id of another one',
  ],
  [
    { table: 'user', remove: 'u1' },
    'membership u1:a1 is of user u1, who is missing',
    'session s1 is of user u1, who is missing',
  ],
  [{ table: 'device', remove: 'd1' }, 'session s1 is on device d1, which is missing'],
  [
    { table: 'session', put: signedIn(1, { jkt: 'jkt-other' }) },
    'session s1 is bound to another key than its device d1',
  ],
  [
    { table: 'session', put: { ...signedIn(1, { tokens: aToken('t3') }), id: 's3' } },
    'session s3 has the same device as s1: d1',
  ],
  [
    { table: 'session', put: signedIn(1, { tokens: { ...aToken('t'), current: 'lkr_secret' } }) },
    'session s1 keeps something as a token’s hash that is no SHA-256',
  ],
  [
    {
      table: 'session',
      put: signedIn(1, { tokens: { ...aToken('t'), displaced: [hashOf('t')] } }),
    },
    'session s1 keeps one token in two places',
    'session s1 has displaced tokens that came from none',
  ],
  [
    { table: 'user', put: { ...aUser('u3'), identities: aUser('u1').identities } },
    'user u3 has the same identity as u1: subject-u1 of http://localhost:4000/tenant/',
  ],
  [
    { table: 'device', put: aDevice('d3', { jkt: 'jkt-d1' }) },
    'device d3 has the same key as d1: jkt-d1',
  ],
  [
    { table: 'invitation', put: anInvitation('i1', { accountId: 'a9' }) },
    'invitation i1 is to account a9, which is missing',
  ],
  [
    {
      table: 'invitation',
      put: anInvitation('i1', { state: { kind: 'accepted', at: T0, userId: 'u9' } }),
    },
    'invitation i1 was accepted by a user who is missing',
  ],
  [
    { table: 'mail', put: aMail('m1', { state: 'sent' }) },
    'mail m1 is done and has a next attempt',
  ],
  [
    { table: 'event', remove: 'e1' },
    'delivery e1:http://127.0.0.1:3100/hook is of event e1, which is missing',
  ],
  [
    { table: 'delivery', put: aDelivery('e1', { nextAt: null }) },
    'delivery e1:http://127.0.0.1:3100/hook waits and has no next attempt',
  ],
  [
    { table: 'event', put: anEventNumbered('e3', 1) },
    'event e3 has number 1, and stands behind number 2',
  ],
  [
    { table: 'event', put: anEventNumbered('e3', 7) },
    'event numbers go up to 7, and their counter stands at 2',
  ],
]

const ROWS = WRONG_RECORDS.map(([wrong, ...faults]) => ({ first: faults[0], wrong, faults }))

test.each(ROWS)('$first', async ({ wrong, faults }) => {
  expect(await faultsIn(await healthyFolder([wrong]))).toEqual(
    faults.map(
      (fault) =>
        `${fault}: restore the data folder from a backup in which that is right, for the site itself never writes it so.`,
    ),
  )
})

test('a session that ended may outlive its person; deadlines that passed are no fault', async () => {
  const ended = { at: T0 + DAY, reason: 'user_deleted', actor: 'admin' } as const
  const folder = await healthyFolder([
    { table: 'session', put: signedIn(2, { ended }) },
    { table: 'membership', remove: 'u2:a2' },
    { table: 'user', remove: 'u2' },
  ])
  expect(await faultsIn(folder)).toEqual([])
})

test('a record that is no record at all is named, and the others are looked at all the same', async () => {
  const folder = await healthyFolder()
  await rm(join(folder, 'snapshot-1.jsonl'))
  await rm(join(folder, 'journal-1.jsonl'))
  const store = await openQuietly(folder)
  await store.commit([
    JSON.parse('{"table":"session","put":{"id":"s1","tokens":{}}}'),
    { table: 'device', remove: 'd2' },
  ])
  await store.close()
  expect(await faultsIn(folder)).toEqual([
    expect.stringMatching(/^session s1 is not built as one/),
    expect.stringMatching(/^session s2 is on device d2, which is missing/),
  ])
})

test('while a site runs on the folder, and where there is none, it refuses in words', async () => {
  const folder = await healthyFolder()
  const store = await openQuietly(folder)
  await expect(checkFolder(folder, nodeDisk)).rejects.toMatchObject({ code: 'data_folder_in_use' })
  await store.close()
  await expect(checkFolder(join(folder, 'none'), nodeDisk)).rejects.toThrow(
    `The data folder ${join(folder, 'none')} can't be read (there is none): give another one`,
  )
  await expect(checkFolder(await temporaryFolder(), nodeDisk)).rejects.toThrow(
    /^There is no store in .* yet: the first start of the site makes it/,
  )
})

test('whoever starts a site in the middle of it is told, and gets no findings', async () => {
  const folder = await healthyFolder()
  const released = { pid: 1, host: 'h', boot: null, started: null, released: true }
  const disk = {
    list: nodeDisk.list,
    async *read(path: string) {
      await writeFile(join(folder, 'lock-9'), JSON.stringify(released))
      yield* nodeDisk.read(path)
    },
  }
  await expect(checkFolder(folder, disk)).rejects.toThrow('Somebody used the data folder')
})
