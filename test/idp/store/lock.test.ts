import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { acquireLock, type Lock } from '../../../idp/store/lock.ts'
import { temporaryFolder } from './folder.ts'

test('the same process can not own a folder twice, and can own it again', async () => {
  const folder = await temporaryFolder()
  for (let n = 0; n < 4; n += 1) {
    const lock = await acquireLock(folder)
    await expect(acquireLock(folder)).rejects.toMatchObject({
      code: 'data_folder_in_use',
      message: expect.stringContaining(`is in use by this process (pid ${process.pid})`),
    })
    await lock.release()
  }
  expect(await readdir(folder)).toEqual(['lock-3', 'lock-4'])
})

async function writeOwner(folder: string, changes: object): Promise<void> {
  const lock = await acquireLock(folder)
  const path = join(folder, 'lock-1')
  const owner: unknown = JSON.parse(await readFile(path, 'utf8'))
  await lock.release()
  await writeFile(path, JSON.stringify({ ...Object(owner), ...changes }))
}

test.runIf(process.platform === 'linux').each([
  ['the pid was given to another process', { started: '1' }],
  ['the machine was started since', { boot: 'another boot' }],
  ['there is no such process', { pid: 4_194_304 + 1 }],
  ['it let go', { released: true }],
  [
    'there is no such process, and nothing else is known',
    { pid: 2 ** 30, boot: null, started: null },
  ],
])('a lock is taken over when %s', async (_, changes) => {
  const folder = await temporaryFolder()
  await writeOwner(folder, changes)
  await (await acquireLock(folder)).release()
})

test.each([
  ['the owner lives', {}],
  ['the owner is on another machine', { host: 'elsewhere', pid: 2 ** 30 }],
  ['the pid lives and nothing else is known', { boot: null, started: null }],
  ['it says nothing', { pid: undefined }],
])('a lock is respected when %s', async (_, changes) => {
  const folder = await temporaryFolder()
  await writeOwner(folder, changes)
  const refused = { code: 'data_folder_in_use', message: expect.stringContaining('lock-1') }
  await expect(acquireLock(folder)).rejects.toMatchObject(refused)
  expect(await readdir(folder)).toEqual(['lock-1'])
})

test('of many that want a stale lock at once, one gets it', async () => {
  const folder = await temporaryFolder()
  for (let n = 0; n < 20; n += 1) {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(folder)))
    const won = tries.flatMap((outcome): Lock[] =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    )
    expect(won).toHaveLength(1)
    await won[0]?.release()
  }
})
