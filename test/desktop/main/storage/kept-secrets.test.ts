import { expect, test } from 'vitest'
import { decodeHeld, encodeHeld, type Held } from '../../../../client/held.ts'
import type { Trouble } from '../../../../desktop/ipc/troubles.ts'
import { VaultSecrets } from '../../../../desktop/main/storage/kept-secrets.ts'
import { type Vault, VaultError } from '../../../../desktop/main/storage/vault.ts'

/** A vault with one entry, and a trouble when the test says so. */
class FakeVault implements Vault {
  entry: string | undefined
  trouble: Trouble | undefined
  /** So many failures, then it is well again. */
  hiccups = 0
  readonly limits: number[] = []

  async probe(limit: number) {
    this.limits.push(limit)
    this.#check()
  }

  async read() {
    this.#check()
    return this.entry
  }

  async write(value: string) {
    this.#check()
    this.entry = value
  }

  async clear() {
    this.#check()
    this.entry = undefined
  }

  #check() {
    if (this.hiccups-- > 0) throw new VaultError('lost')
    if (this.trouble) throw new VaultError(this.trouble)
  }
}

async function opened(entry?: string, trouble?: Trouble) {
  const vault = new FakeVault()
  vault.entry = entry
  vault.trouble = trouble
  const secrets = new VaultSecrets(vault, 'keychain', () => {})
  const said: string[] = []
  secrets.onChange(() => said.push(JSON.stringify(secrets.kept)))
  await secrets.open()
  return { vault, secrets, said }
}

const session = (id: string) => ({ id, refreshToken: `lkr_${id}` })
const held = (parts: Partial<Held>): string => encodeHeld({ version: 1, ...parts })

test('a vault that works: what it holds is what is held', async () => {
  const { vault, secrets } = await opened('before')
  expect(secrets.kept).toEqual({ in: 'keychain' })
  expect(await secrets.read()).toBe('before')
  await secrets.write('after')
  expect(vault.entry).toBe('after')
  await secrets.clear()
  expect([vault.entry, await secrets.read()]).toEqual([undefined, undefined])
})

test('at the start three seconds are the limit', async () => {
  const { vault } = await opened()
  expect(vault.limits).toEqual([3_000])
})

test('locked at the start: memory, said so, and what the vault holds is not written over', async () => {
  const { vault, secrets } = await opened('somebody', 'locked')
  expect(secrets.kept).toEqual({ in: 'memory', trouble: 'locked' })
  expect(await secrets.read()).toBeUndefined()
  vault.trouble = undefined
  await secrets.write('somebody else')
  expect(vault.entry).toBe('somebody')
  expect(await secrets.read()).toBe('somebody else')
})

test('unlocked and tried again: whoever was signed in is signed in', async () => {
  const { vault, secrets } = await opened(held({ session: session('before') }), 'locked')
  vault.trouble = undefined
  await secrets.tryAgain()
  expect(secrets.kept).toEqual({ in: 'keychain' })
  expect(decodeHeld((await secrets.read()) ?? '')?.session?.id).toBe('before')
  expect(vault.limits).toEqual([3_000, 60_000])
})

test('still locked: another word, if it is another trouble', async () => {
  const { vault, secrets, said } = await opened(undefined, 'locked')
  await secrets.tryAgain()
  vault.trouble = 'cancelled'
  await secrets.tryAgain()
  expect(said).toEqual([
    '{"in":"memory","trouble":"locked"}',
    '{"in":"memory","trouble":"cancelled"}',
  ])
})

test('restarted while the app runs: the second try reaches it, and nobody notices', async () => {
  const { vault, secrets, said } = await opened('before')
  vault.hiccups = 1
  await secrets.write('after')
  expect(vault.entry).toBe('after')
  expect(said).toEqual(['{"in":"keychain"}'])
})

test('gone while the app runs: nobody is signed out, and the next write finds it well again', async () => {
  const { vault, secrets, said } = await opened('before')
  vault.trouble = 'slow'
  await secrets.write('one')
  expect(await secrets.read()).toBe('one')
  vault.trouble = undefined
  await secrets.write('two')
  expect(vault.entry).toBe('two')
  expect(said).toEqual([
    '{"in":"keychain"}',
    '{"in":"memory","trouble":"slow"}',
    '{"in":"keychain"}',
  ])
})
