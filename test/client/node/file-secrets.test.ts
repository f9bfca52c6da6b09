import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileSecretStore } from '../../../client/node/file-secrets.ts'
import { house } from '../house.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-secrets-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('written, read, replaced, cleared; nothing else is left in the folder', async () => {
  const path = join(folder, 'deep', 'entry.json')
  const secrets = new FileSecretStore(path)
  expect(await secrets.read()).toBeUndefined()
  await secrets.clear()
  await secrets.write('one')
  await secrets.write('two')
  expect(await new FileSecretStore(path).read()).toBe('two')
  expect(await readdir(join(folder, 'deep'))).toEqual(['entry.json'])
  await secrets.clear()
  expect(await secrets.read()).toBeUndefined()
})

test.skipIf(process.platform === 'win32')(
  'only its owner can read it, whatever was there',
  async () => {
    const path = join(folder, 'entry.json')
    await writeFile(path, 'old', { mode: 0o644 })
    await new FileSecretStore(path).write('new')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  },
)

test('many writers at once: one of their values, whole', async () => {
  const path = join(folder, 'entry.json')
  const values = Array.from({ length: 20 }, (_, index) => String(index).repeat(5_000))
  await Promise.all(values.map((value) => new FileSecretStore(path).write(value)))
  expect(values).toContain(await new FileSecretStore(path).read())
  expect(await readdir(folder)).toEqual(['entry.json'])
})

test('the engine signs in on it, and a second engine goes on', async () => {
  const secrets = new FileSecretStore(join(folder, 'entry.json'))
  const { engine, site, clock } = house({ ports: { secrets } })
  expect(await engine.signIn()).toEqual({ kind: 'ok' })
  const next = house({ site, clock, ports: { secrets } })
  expect(await next.engine.start()).toMatchObject({ at: 'signed_in' })
})
