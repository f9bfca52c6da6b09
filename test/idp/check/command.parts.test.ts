import { execFile } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openSigningKeys } from '../../../idp/tokens/signing-keys.ts'
import { temporaryFolder } from '../store/folder.ts'
import { aUser, openQuietly } from '../store/records.ts'

const RUN = fileURLToPath(new URL('../../../run.mjs', import.meta.url))

/** `npm run site -- …` without npm. */
function site(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env.PATH, ...environment }
  return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [RUN, 'site', ...words], { env }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    )
  })
}

test('it takes --data before DATA, says what is there, and its exit code tells whether all is well', async () => {
  const folder = await temporaryFolder()
  const store = await openQuietly(folder)
  await store.commit([{ table: 'user', put: aUser('u1') }])
  const inUse = await site(['check', '--data', folder])
  expect(inUse).toMatchObject({ code: 1, out: '' })
  expect(inUse.err).toMatch(/^The data folder .* is in use by process \d+ .*: stop that one first/)
  await store.close()
  await openSigningKeys(folder)

  const well = await site(['check', '--data', folder], { DATA: '/nowhere' })
  expect(well).toMatchObject({ code: 0, err: '' })
  expect(well.out).toMatch(/^.*, store version 2:\n {2}user +1\n[\s\S]*\nall is well\n$/)

  await chmod(`${folder}/keys.json`, 0o644)
  const unwell = await site(['check'], { DATA: folder })
  expect(unwell).toMatchObject({ code: 1, err: '' })
  expect(unwell.out).toMatch(/^[\s\S]*\n- .*keys\.json may be read or written by others[^\n]*\n$/)
})

test('what it doesn’t know, it says in a sentence', async () => {
  expect(await site(['look'])).toEqual({
    code: 1,
    out: '',
    err: 'Say "npm run site" to start the site, or "npm run site -- check [--data <folder>]" to look through its data folder.\n',
  })
  expect((await site(['check', '--folder', 'x'])).err).toMatch(/^Unknown option '--folder'/)
})
