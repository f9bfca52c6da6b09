import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { type FileStore, openFileStore } from '../../../idp/store/file-store.ts'
import { temporaryFolder } from './folder.ts'
import { FATES, FragileDisk } from './fragile-disk.ts'
import { aCode, aDelivery, anAccount, aSession, aUser, openQuietly, T0 } from './records.ts'

/**
 * What the first version wrote, over some of its life: a snapshot of its beginning with its journal,
 * one of later with commits behind it, the last of them when events were counted already.
 */
const VERSION_1 = join(import.meta.dirname, 'version-1')

const HOOK = 'http://127.0.0.1:3100/hook'

async function folderOfVersion1(): Promise<string> {
  const folder = await temporaryFolder()
  await cp(VERSION_1, folder, { recursive: true })
  return folder
}

const storeFiles = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted()

/** Everything that the folder of version 1 holds, as it must read today. */
async function expectAllOfIt(store: FileStore) {
  const allEnded = { times: 1, at: T0 + 5, reason: 'logins_disabled', actor: 'user' } as const
  expect(await store.user('u1')).toEqual(aUser('u1', { allEnded: null }))
  expect(await store.user('u2')).toEqual(aUser('u2', { allEnded }))
  expect(await store.user('u3')).toEqual(aUser('u3', { allEnded: null }))
  expect(await store.account('a3')).toEqual(anAccount('a3'))
  expect(await store.membership('u3', 'a3')).toMatchObject({ role: 'owner' })
  expect((await store.deviceByKey('jkt-d2'))?.id).toBe('d2')
  expect((await store.session('s1'))?.ended?.reason).toBe('signed_out')
  expect((await store.session('s2'))?.ended?.reason).toBe('logins_disabled')
  expect((await store.session('s3'))?.ended?.reason).toBe('idle_expired')
  expect((await store.signInByState('state-i1'))?.id).toBe('i1')
  expect((await store.signIn('i2'))?.step.at).toBe('chooser')
  expect(await store.code('c1')).toEqual(aCode('c1'))
  expect((await store.code('c2'))?.era).toBe(1)
  const kept = { sequence: 0, keepUntil: T0 + 14 * DAY }
  expect(await store.event('e1')).toMatchObject(kept)
  expect(await store.event('e2')).toMatchObject(kept)
  expect(await store.event('e3')).toMatchObject({ sequence: 1, keepUntil: T0 + 99 })
  expect(await store.latestSequence()).toBe(1)
  for (const id of ['e1', 'e2', 'e3']) {
    expect(await store.delivery(`${id}:${HOOK}`)).toEqual(aDelivery(id, { history: [] }))
  }
  expect(await store.audit({ userId: 'u3', limit: 9 })).toMatchObject([{ sequence: 1 }])
}

test('a folder of version 1 opens, works, and stays what it became; nothing is lost', async () => {
  const folder = await folderOfVersion1()
  const said: string[] = []
  const store = await openFileStore(folder, {
    log: (sentence) => said.push(sentence),
    onFailure: () => {},
  })
  expect(said).toEqual([
    `The data folder ${folder} was of store version 1 and is now of version 2: an older Latchkey can't open it any more. The files of version 1 stay until the next snapshot.`,
  ])
  await expectAllOfIt(store)
  await store.commit([{ table: 'session', put: aSession('s4') }])
  await store.close()
  expect(await storeFiles(folder)).toEqual([
    'journal-2.jsonl',
    'journal-3.jsonl',
    'snapshot-2.jsonl',
    'snapshot-3.jsonl',
  ])

  const again = await openQuietly(folder)
  await expectAllOfIt(again)
  expect(await again.session('s4')).toEqual(aSession('s4'))
  await again.compact()
  await again.compact()
  await again.close()
  expect(await storeFiles(folder)).toEqual([
    'journal-4.jsonl',
    'journal-5.jsonl',
    'snapshot-4.jsonl',
    'snapshot-5.jsonl',
  ])
})

test('the files of version 1 that were kept bring back the same, with what was committed since', async () => {
  const folder = await folderOfVersion1()
  const store = await openFileStore(folder, { log: () => {}, onFailure: () => {} })
  await store.commit([{ table: 'user', put: aUser('u4') }])
  await store.close()
  await writeFile(join(folder, 'snapshot-3.jsonl'), 'damaged')
  await expect(openQuietly(folder)).rejects.toThrow('move it out of the folder and start again')
  const files = new Map<string, Buffer>()
  for (const name of await storeFiles(folder)) {
    if (name !== 'snapshot-3.jsonl') {
      files.set(`/data/${name}`, await readFile(join(folder, name)))
    }
  }
  const again = await openOn(new FragileDisk(files))
  await expectAllOfIt(again)
  expect(await again.user('u4')).toEqual(aUser('u4'))
  await again.close()
})

const openOn = (disk: FragileDisk) =>
  openFileStore('/data', { disk, log: () => {}, onFailure: () => {} })

test('power lost at any moment of the way leaves a folder that opens with everything', async () => {
  const files = new Map<string, Buffer>()
  for (const name of await storeFiles(VERSION_1)) {
    files.set(`/data/${name}`, await readFile(join(VERSION_1, name)))
  }
  const whole = new FragileDisk(files)
  await (await openOn(whole)).close()
  expect(whole.operations).toBeGreaterThan(6)
  for (let operations = 0; operations < whole.operations; operations += 1) {
    const disk = new FragileDisk(files, operations)
    await openOn(disk).then(
      (store) => store.close(),
      () => {},
    )
    for (const fate of FATES) {
      const left = await openOn(new FragileDisk(disk.afterPowerLoss(fate)))
      await expectAllOfIt(left)
      await left.commit([{ table: 'session', put: aSession('s4') }])
      await left.close()
    }
  }
})

test('a commit of a newer version is refused in words', async () => {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  await store.commit([{ table: 'session', put: aSession('s1') }])
  await store.close()
  const journal = join(folder, 'journal-1.jsonl')
  const body = (await readFile(journal, 'utf8')).slice(9, -1).replace(/,2\]$/, ',3]')
  await writeFile(journal, `${crc32(body).toString(16).padStart(8, '0')} ${body}\n`)
  await expect(openQuietly(folder)).rejects.toMatchObject({
    code: 'store_too_new',
    message: `${journal} was written by a newer Latchkey (store version 3, this one knows 2): start that one, or restore a backup from before the update. Nothing was changed.`,
  })
})
