import { expect, test } from 'vitest'
import { type AppendFile, type Disk, type NewFile, nodeDisk } from '../../../idp/store/disk.ts'
import type { StoreError } from '../../../idp/store/errors.ts'
import { openFileStore } from '../../../idp/store/file-store.ts'
import { temporaryFolder } from './folder.ts'
import { aUser, openQuietly } from './records.ts'

const systemError = (code: string) => Object.assign(new Error(`${code}: from the disk`), { code })

interface Faults {
  append?: string
  write?: string
  rename?: string
  list?: string
}

/** A real disk that fails where `faults` says so, from then on. */
function faultyDisk(faults: Faults): Disk {
  const check = (fault: string | undefined) => {
    if (fault) throw systemError(fault)
  }
  return {
    ...nodeDisk,
    async openForAppend(path): Promise<AppendFile> {
      const file = await nodeDisk.openForAppend(path)
      return {
        ...file,
        async append(bytes) {
          // As a full disk does it: a part is taken.
          if (faults.append) await file.append(bytes.subarray(0, bytes.length >> 1))
          check(faults.append)
          await file.append(bytes)
        },
      }
    },
    async create(path): Promise<NewFile> {
      const file = await nodeDisk.create(path)
      return {
        ...file,
        async write(bytes) {
          check(faults.write)
          await file.write(bytes)
        },
      }
    },
    async rename(from, to) {
      check(faults.rename)
      await nodeDisk.rename(from, to)
    },
    async list(folder) {
      check(faults.list)
      return nodeDisk.list(folder)
    },
  }
}

const put = (id: string) => [{ table: 'user' as const, put: aUser(id) }]

test.each(['ENOSPC', 'EIO'])(
  '%s: the store stops, for those who wait and all who come',
  async (code) => {
    const folder = await temporaryFolder()
    const faults: Faults = {}
    const failures: StoreError[] = []
    const store = await openFileStore(folder, {
      disk: faultyDisk(faults),
      log: () => {},
      onFailure: (error) => failures.push(error),
    })
    await store.commit(put('before'))
    faults.append = code
    const stopped = {
      code: 'store_stopped',
      message: `Writing to ${folder} failed (${code}), so the store stopped: see to the disk and start the site again. Everything that was acknowledged is safe.`,
    }
    const outcomes = await Promise.allSettled([
      store.commit(put('first')),
      store.commit(put('second')),
      store.user('first'),
      store.userByIdentity('nobody', 'at all'),
    ])
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: stopped })
    delete faults.append
    await expect(store.commit(put('later'))).rejects.toMatchObject(stopped)
    await expect(store.user('before')).rejects.toMatchObject(stopped)
    await expect(store.dueRecords(0, 99)).rejects.toMatchObject(stopped)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatchObject(stopped)
    await store.close()

    const said: string[] = []
    const again = await openFileStore(folder, { log: (s) => said.push(s), onFailure: () => {} })
    expect(said).toHaveLength(1)
    expect(await again.user('before')).toEqual(aUser('before'))
    expect(await again.user('later')).toBeUndefined()
    expect(await again.commit(put('later'))).toBe(true)
    await again.close()
  },
)

test.each([
  ['write', 'ENOSPC'],
  ['rename', 'EIO'],
] as const)(
  'a snapshot whose %s fails stops the store, and the files of before are whole',
  async (where, code) => {
    const folder = await temporaryFolder()
    const faults: Faults = {}
    const failures: StoreError[] = []
    const store = await openFileStore(folder, {
      disk: faultyDisk(faults),
      log: () => {},
      onFailure: (error) => failures.push(error),
    })
    await store.commit(put('before'))
    faults[where] = code
    await expect(store.compact()).rejects.toMatchObject({ code: 'store_stopped' })
    await expect(store.commit(put('later'))).rejects.toMatchObject({ code: 'store_stopped' })
    expect(failures).toHaveLength(1)
    await store.close()
    const again = await openQuietly(folder)
    expect(await again.user('before')).toEqual(aUser('before'))
    await again.compact()
    await again.close()
  },
)

test.each(['EACCES', 'EROFS'])(
  'a folder that answers %s is refused in a sentence, and let go',
  async (code) => {
    const folder = await temporaryFolder()
    await expect(openQuietly(folder, { disk: faultyDisk({ list: code }) })).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: `The data folder ${folder} can't be used (${code}): give a folder that this user may read and write, on a disk with room.`,
    })
    await (await openQuietly(folder)).close()
  },
)
