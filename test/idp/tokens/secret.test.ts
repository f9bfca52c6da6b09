import { expect, test } from 'vitest'
import {
  deviceIdOf,
  hashOf,
  newId,
  newSecret,
  sameHash,
  userIdOf,
} from '../../../idp/tokens/secret.ts'

test('the hash is SHA-256 as base64url: PKCE’s S256, the example of RFC 7636 B', () => {
  expect(hashOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  )
})

test('hashes are the same or not, whatever their lengths', () => {
  expect(sameHash(hashOf('a'), hashOf('a'))).toBe(true)
  expect(sameHash(hashOf('a'), hashOf('b'))).toBe(false)
  expect(sameHash('', hashOf('a'))).toBe(false)
  expect(sameHash('é', 'e')).toBe(false)
})

test('secrets are 43 characters that need no escaping, and never come twice', () => {
  const many = Array.from({ length: 1_000 }, newSecret)
  expect(new Set(many).size).toBe(1_000)
  for (const secret of many) expect(secret).toMatch(/^[\w-]{43}$/)
})

test('an id says what it names', () => {
  expect(newId('evt')).toMatch(/^evt_[\w-]{22}$/)
  expect(newId('evt')).not.toBe(newId('evt'))
})

test('a key has one device and a subject one person, each time again', () => {
  expect(deviceIdOf('a'.repeat(43))).toBe(`dev_${'a'.repeat(22)}`)
  expect(userIdOf('https://one/', 'ada')).toBe(userIdOf('https://one/', 'ada'))
  expect(userIdOf('https://one/', 'ada')).toMatch(/^usr_[\w-]{22}$/)
})

test('the same subject at another issuer is another person, also when the texts run together alike', () => {
  expect(userIdOf('https://one/', 'ada')).not.toBe(userIdOf('https://two/', 'ada'))
  expect(userIdOf('https://one/a', 'da')).not.toBe(userIdOf('https://one/', 'ada'))
})
