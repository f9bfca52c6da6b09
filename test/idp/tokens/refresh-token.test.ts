import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatRefreshToken,
  newRefreshSecret,
  newSessionId,
  parseRefreshToken,
} from '../../../idp/tokens/refresh-token.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const character = fc.constantFrom(...ALPHABET)
const ofLength = (length: number) =>
  fc.string({ unit: character, minLength: length, maxLength: length })
const parts = fc.record({ sessionId: ofLength(22), secret: ofLength(43) })

test('what is formatted is parsed again', () => {
  fc.assert(
    fc.property(parts, (token) => {
      expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token)
    }),
  )
  const made = { sessionId: newSessionId(), secret: newRefreshSecret() }
  expect(parseRefreshToken(formatRefreshToken(made))).toEqual(made)
})

test('any single changed character is noticed without asking the store', () => {
  fc.assert(
    fc.property(parts, fc.nat(74), character, (token, at, other) => {
      const text = formatRefreshToken(token)
      fc.pre(text[at] !== other)
      const changed = text.slice(0, at) + other + text.slice(at + 1)
      expect(parseRefreshToken(changed)).toBeUndefined()
    }),
    { numRuns: 1_000 },
  )
})

test('secret scanners know one by this expression, in the middle of any text', () => {
  const token = formatRefreshToken({ sessionId: newSessionId(), secret: newRefreshSecret() })
  const scanned = /\blkr_[A-Za-z0-9_-]{71}/.exec(`"refresh_token": "${token}",\n`)
  expect(scanned?.[0]).toBe(token)
  expect(token).toHaveLength(75)
})

test.for([
  ['nothing', ''],
  ['the prefix alone', 'lkr_'],
  ['a line break after it', '\n'],
  ['a space after it', ' '],
  ['one character more', 'A'],
])('%s is no refresh token', ([name, tail]) => {
  const token = formatRefreshToken({ sessionId: newSessionId(), secret: newRefreshSecret() })
  const text = name?.includes('it') || name?.includes('more') ? token + tail : (tail ?? '')
  expect(parseRefreshToken(text)).toBeUndefined()
  expect(parseRefreshToken(token.replace('lkr_', 'LKR_'))).toBeUndefined()
})

test('two sessions, two ids; two secrets differ, and each has 256 bits', () => {
  expect(newSessionId()).not.toBe(newSessionId())
  expect(newRefreshSecret()).not.toBe(newRefreshSecret())
  expect(Buffer.from(newRefreshSecret(), 'base64url')).toHaveLength(32)
  expect(Buffer.from(newSessionId(), 'base64url')).toHaveLength(16)
})
