import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, MINUTE, type Moment } from '../../../clock/moment.ts'
import { NONCE_LIFE, ProofNonces } from '../../../protocol/dpop/nonce.ts'

const NOW: Moment = 1_750_000_000_000

test('a nonce lives from its issue for five minutes, in this century and the next', () => {
  const nonces = new ProofNonces()
  for (const issued of [0, NOW, NOW + 36_500 * DAY]) {
    const nonce = nonces.issue(issued)
    expect(nonces.accepts(nonce, issued - 1)).toBe(false)
    expect(nonces.accepts(nonce, issued)).toBe(true)
    expect(nonces.accepts(nonce, issued + 5 * MINUTE)).toBe(true)
    expect(nonces.accepts(nonce, issued + 5 * MINUTE + 1)).toBe(false)
  }
  expect(NONCE_LIFE).toBe(5 * MINUTE)
})

test('it fits a header and an RFC 9449 §8.1 nonce-char, unescaped', () => {
  expect(new ProofNonces().issue(NOW)).toMatch(/^[\w-]{30}$/)
})

test('no byte of it can be changed, so nobody makes a nonce younger than it is', () => {
  const nonces = new ProofNonces()
  const nonce = Buffer.from(nonces.issue(NOW), 'base64url')
  fc.assert(
    fc.property(fc.nat(nonce.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(nonce)
      changed[at] = (changed[at] ?? 0) ^ flip
      expect(nonces.accepts(changed.toString('base64url'), NOW)).toBe(false)
    }),
  )
})

test('any text at all is an answer and never an error', () => {
  const nonces = new ProofNonces()
  const anyCharacter = fc.nat(0xffff).map((code) => String.fromCharCode(code))
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 60 }), (text) => {
      expect(nonces.accepts(text, NOW)).toBe(false)
    }),
  )
})

test('after a restart no older nonce is taken', () => {
  expect(new ProofNonces().accepts(new ProofNonces().issue(NOW), NOW)).toBe(false)
})
