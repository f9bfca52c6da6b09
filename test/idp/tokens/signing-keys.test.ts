import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { jwtVerify, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { openSigningKeys } from '../../../idp/tokens/signing-keys.ts'
import { temporaryFolder } from '../store/folder.ts'

test('the first start makes a key, for the owner’s eyes alone; the second finds it', async () => {
  const folder = await temporaryFolder()
  const first = await openSigningKeys(folder)
  const second = await openSigningKeys(folder)
  expect(second.kid).toBe(first.kid)
  expect(second.published).toEqual(first.published)
  expect((await stat(path.join(folder, 'keys.json'))).mode & 0o777).toBe(0o600)
})

test('the published keys hold no private half', async () => {
  const { published } = await openSigningKeys(await temporaryFolder())
  for (const key of published.keys) {
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  }
})

test('the newest of several keys signs; tokens of the older are still verified', async () => {
  const folder = await temporaryFolder()
  const other = await temporaryFolder()
  const old = await openSigningKeys(folder)
  await openSigningKeys(other)
  const keysOf = async (at: string) =>
    JSON.parse(await readFile(path.join(at, 'keys.json'), 'utf8')).keys
  const both = { keys: [...(await keysOf(folder)), ...(await keysOf(other))] }
  await writeFile(path.join(folder, 'keys.json'), JSON.stringify(both))
  const now = await openSigningKeys(folder)
  expect(now.kid).toBe(both.keys[1].kid)
  for (const { privateKey, kid } of [old, now]) {
    const jwt = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
    await expect(jwtVerify(jwt, now.verifyKeys)).resolves.toBeTruthy()
  }
})

test.for(['', '{', '[]', '{"keys":[]}', '{"keys":[{"kty":"EC","d":"hunter2"}]}'])(
  'a key file that holds %s is named, with what to do, and left as it is',
  async (content) => {
    const folder = await temporaryFolder()
    const file = path.join(folder, 'keys.json')
    await writeFile(file, content)
    const error = (await openSigningKeys(folder).catch((error: unknown) => error)) as Error
    expect(error.name).toBe('StartError')
    expect(error.message).toContain(file)
    expect(error.message).toContain('Put the file back from a backup')
    expect(error.message).not.toContain('hunter2')
    expect(await readFile(file, 'utf8')).toBe(content)
  },
)
