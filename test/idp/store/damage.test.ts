import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openFileStore } from '../../../idp/store/file-store.ts'
import { temporaryFolder } from './folder.ts'
import { aSession, aUser, openQuietly } from './records.ts'

// Real files by the hundred: seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** A folder with a snapshot of users u0…u4, the last good one before it, and u5…u9 in the journal. */
async function folderWithTen(): Promise<string> {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  for (let n = 0; n < 10; n += 1) {
    if (n === 5) await store.compact()
    await store.commit([{ table: 'user', put: aUser(`u${n}`) }])
  }
  await store.close()
  return folder
}

async function contentOf(folder: string) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted()
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]))
}

async function usersIn(folder: string): Promise<number> {
  const store = await openQuietly(folder)
  const users = await Promise.all(Array.from({ length: 12 }, (_, n) => store.user(`u${n}`)))
  await store.close()
  return users.filter(Boolean).length
}

/** Opens a damaged folder and gives back what it said; nothing in it may have changed. */
async function refusal(folder: string): Promise<{ code: string; message: string }> {
  const before = await contentOf(folder)
  const error: unknown = await openQuietly(folder).catch((error: unknown) => error)
  expect(await contentOf(folder)).toEqual(before)
  expect(error).toMatchObject({ name: 'StoreError', message: expect.stringContaining(folder) })
  return error as { code: string; message: string }
}

async function flip(path: string, at: number) {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x04
  await writeFile(path, bytes)
}

test('a torn last line is moved aside, in words, and the next commit follows the last whole one', async () => {
  const whole = await readFile(join(await folderWithTen(), 'journal-2.jsonl'))
  const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1
  for (const length of [lastLine + 1, lastLine + 12, whole.length - 1]) {
    const folder = await folderWithTen()
    await truncate(join(folder, 'journal-2.jsonl'), length)
    const said: string[] = []
    const store = await openFileStore(folder, {
      log: (sentence) => said.push(sentence),
      onFailure: () => {},
    })
    expect(said).toEqual([
      `${join(folder, 'journal-2.jsonl')} ended in ${length - lastLine} bytes that are no whole commit, as a stop in the middle of a write leaves them: they were moved to ${join(folder, 'journal-2.jsonl.torn')}.`,
    ])
    expect(await readFile(join(folder, 'journal-2.jsonl.torn'))).toEqual(
      whole.subarray(lastLine, length),
    )
    expect([await store.user('u8'), await store.user('u9')]).toEqual([aUser('u8'), undefined])
    await store.commit([{ table: 'user', put: aUser('u10') }])
    await store.close()
    expect(await usersIn(folder)).toBe(10)
  }
})

test('any flipped bit of an acknowledged line with others behind it is refused, and the line named', async () => {
  const folder = await folderWithTen()
  const journal = join(folder, 'journal-2.jsonl')
  const whole = await readFile(journal)
  const second = whole.indexOf('\n') + 1
  const third = whole.indexOf('\n', second) + 1
  // Some beyond the line's newline would make one line of two: the newline itself is the last.
  for (let at = second; at < third; at += 7) {
    await flip(journal, at)
    const { code, message } = await refusal(folder)
    expect(code).toBe('store_corrupt')
    expect(message).toContain(`${journal} is damaged at line 2 (its checksum is wrong): restore`)
    await writeFile(journal, whole)
  }
  expect(await usersIn(folder)).toBe(10)
})

test('a line that was taken out is missed', async () => {
  const folder = await folderWithTen()
  const journal = join(folder, 'journal-2.jsonl')
  const lines = (await readFile(journal, 'utf8')).split('\n')
  await writeFile(journal, lines.toSpliced(2, 1).join('\n'))
  const { code, message } = await refusal(folder)
  expect(code).toBe('store_corrupt')
  expect(message).toContain('line 3 (commit 9 stands where 8 belongs)')
})

test('a torn line is only forgiven at the very end: not in a journal that another one follows', async () => {
  const folder = await folderWithTen()
  await rename(join(folder, 'snapshot-2.jsonl'), join(folder, 'elsewhere'))
  const older = join(folder, 'journal-1.jsonl')
  await truncate(older, (await readFile(older)).length - 5)
  const { code, message } = await refusal(folder)
  expect(code).toBe('store_corrupt')
  expect(message).toContain(`${older} is damaged at line 5`)
})

test('a damaged snapshot is refused at any byte; moved away as told, nothing is lost', async () => {
  const folder = await folderWithTen()
  const snapshot = join(folder, 'snapshot-2.jsonl')
  const whole = await readFile(snapshot)
  for (let at = 0; at < whole.length; at += 29) {
    await flip(snapshot, at)
    const { code, message } = await refusal(folder)
    expect(['store_corrupt', 'store_too_new']).toContain(code)
    expect(message).toContain(snapshot)
    await writeFile(snapshot, whole)
  }
  for (let length = 0; length < whole.length; length += 43) {
    await truncate(snapshot, length)
    const { code, message } = await refusal(folder)
    expect(code).toBe('store_corrupt')
    expect(message).toContain('move it out of the folder and start again')
    await writeFile(snapshot, whole)
  }
  await truncate(snapshot, whole.length - 1)
  await rename(snapshot, join(folder, 'elsewhere'))
  expect(await usersIn(folder)).toBe(10)
})

test('a journal that is gone is missed', async () => {
  const folder = await folderWithTen()
  await rm(join(folder, 'journal-2.jsonl'))
  const { code, message } = await refusal(folder)
  expect(code).toBe('store_corrupt')
  expect(message).toBe(
    `${join(folder, 'journal-2.jsonl')} is missing: restore the data folder from a backup. Nothing was changed.`,
  )
})

test('files of a newer Latchkey are left alone', async () => {
  const folder = await folderWithTen()
  const snapshot = join(folder, 'snapshot-2.jsonl')
  const text = await readFile(snapshot, 'utf8')
  await writeFile(snapshot, text.replace('"version":2', '"version":3'))
  const { code, message } = await refusal(folder)
  expect(code).toBe('store_too_new')
  expect(message).toContain('written by a newer Latchkey (store version 3, this one knows 2)')
})

test('a flush that the power cut in its middle may leave its end without its beginning', async () => {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  await store.commit([{ table: 'session', put: aSession('s0') }])
  await Promise.all(
    ['s1', 's2', 's3'].map((id) => store.commit([{ table: 'session', put: aSession(id) }])),
  )
  await store.close()
  const journal = join(folder, 'journal-1.jsonl')
  const bytes = await readFile(journal)
  const second = bytes.indexOf('\n') + 1
  await writeFile(journal, bytes.fill(0, second, second + 100))
  const said: string[] = []
  const again = await openFileStore(folder, { log: (s) => said.push(s), onFailure: () => {} })
  expect(said).toHaveLength(1)
  expect((await again.session('s0'))?.id).toBe('s0')
  expect(await Promise.all(['s1', 's2', 's3'].map((id) => again.session(id)))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  await again.close()
})
