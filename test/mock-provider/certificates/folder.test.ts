import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SystemClock } from '../../../clock/clock.ts'
import { openAuthority } from '../../../mock-provider/certificates/folder.ts'

const now = new SystemClock().now()
const root = mkdtempSync(join(tmpdir(), 'latchkey-certificates-'))
afterAll(() => rmSync(root, { recursive: true }))

const rights = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('the first start makes the authority, the next ones use it', () => {
  const folder = join(root, 'first', 'start')
  const first = openAuthority(folder, now)
  const second = openAuthority(folder, now)
  expect(second.authority.certificate.fingerprint256).toBe(
    first.authority.certificate.fingerprint256,
  )
  expect(readdirSync(folder).sort()).toEqual(['authority.pem', 'ca.pem'])
  expect(first.file).toBe(join(folder, 'ca.pem'))
})

test('its owner alone reads the key, and the certificate that is handed out holds none', () => {
  const folder = join(root, 'rights')
  const { file } = openAuthority(folder, now)
  expect(rights(folder)).toBe('700')
  expect(rights(join(folder, 'authority.pem'))).toBe('600')
  expect(readFileSync(join(folder, 'authority.pem'), 'utf8')).toContain('PRIVATE KEY')
  expect(readFileSync(file, 'utf8')).not.toContain('PRIVATE KEY')
})

test('a certificate that was removed or changed is put back', () => {
  const folder = join(root, 'put-back')
  const { file } = openAuthority(folder, now)
  const certificate = readFileSync(file, 'utf8')
  writeFileSync(file, 'something else')
  openAuthority(folder, now)
  expect(readFileSync(file, 'utf8')).toBe(certificate)
})

test('a broken file is named, with what to do, and is left as it is', () => {
  const folder = join(root, 'broken')
  openAuthority(folder, now)
  const secret = join(folder, 'authority.pem')
  writeFileSync(secret, 'half a key')
  expect(() => openAuthority(folder, now)).toThrow(
    `The file ${secret} can't be used: it does not hold a key and a certificate as PEM. Remove it and start again`,
  )
  expect(readFileSync(secret, 'utf8')).toBe('half a key')
})

test('a folder that can’t be one is named', () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  expect(() => openAuthority(file, now)).toThrow(`The folder ${file} must be readable and writable`)
})
