import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Encryption, SafeStorage } from '../../../../desktop/main/storage/safe-storage.ts'

const root = mkdtempSync(join(tmpdir(), 'latchkey-safe-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Encrypts by turning the text round; good enough to see who can read what. */
function house(change: Partial<Encryption> = {}) {
  const folder = mkdtempSync(join(root, 'x-'))
  const file = join(folder, 'deep', 'sign-in.json')
  const turn = (text: string) => [...text].reverse().join('')
  const encryption: Encryption = {
    backend: async () => 'gnome_libsecret',
    encrypt: async (text) => Buffer.from(turn(text)),
    decrypt: async (blob) => ({ text: turn(Buffer.from(blob).toString()), encryptAgain: false }),
    ...change,
  }
  return { file, storage: new SafeStorage(encryption, file), encryption }
}

test('writes, reads, removes; the file holds no plain text, is its owner’s alone, and names the backend', async () => {
  const { storage, file } = house()
  await storage.probe(50)
  expect(await storage.read()).toBeUndefined()
  await storage.write('lkr_secret')
  expect(await storage.read()).toBe('lkr_secret')
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain('lkr_secret')
  expect(JSON.parse(text)).toMatchObject({ version: 1, backend: 'gnome_libsecret' })
  await storage.clear()
  expect(existsSync(file)).toBe(false)
})

test.each([['basic_text'], ['unknown'], [undefined]])(
  '%s keeps no secret: refused, and nothing is written',
  async (backend) => {
    const { storage, file } = house({ backend: async () => backend })
    await expect(storage.probe(50)).rejects.toMatchObject({ trouble: 'not_encrypted' })
    await expect(storage.write('x')).rejects.toMatchObject({ trouble: 'not_encrypted' })
    expect(existsSync(file)).toBe(false)
  },
)

test('what another backend has encrypted is put aside, not believed and not lost', async () => {
  const { storage, file, encryption } = house()
  await storage.write('before')
  const other = new SafeStorage({ ...encryption, backend: async () => 'kwallet6' }, file)
  expect(await other.read()).toBeUndefined()
  expect(existsSync(file)).toBe(false)
  expect(readFileSync(`${file}.unreadable`, 'utf8')).toContain('gnome_libsecret')
})

test('what can’t be decrypted, and what is no such file, is put aside', async () => {
  const { storage, file, encryption } = house()
  await storage.write('before')
  const decrypt = () => Promise.reject(new Error('wrong key'))
  expect(await new SafeStorage({ ...encryption, decrypt }, file).read()).toBeUndefined()
  writeFileSync(file, '{')
  expect(await storage.read()).toBeUndefined()
  expect(existsSync(file)).toBe(false)
})

test('an old key: read, and encrypted by the new one', async () => {
  const { storage, file, encryption } = house()
  await storage.write('before')
  const before = readFileSync(file, 'utf8')
  const again: Encryption = {
    ...encryption,
    encrypt: async (text) => Buffer.from(`${text}!`),
    decrypt: async () => ({ text: 'before', encryptAgain: true }),
  }
  expect(await new SafeStorage(again, file).read()).toBe('before')
  expect(readFileSync(file, 'utf8')).not.toBe(before)
})

test('a keychain that never answers', async () => {
  const { storage } = house({ backend: () => new Promise(() => {}) })
  await expect(storage.probe(5)).rejects.toMatchObject({ trouble: 'slow' })
})
