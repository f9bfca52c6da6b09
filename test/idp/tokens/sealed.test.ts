import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openAnswer, sealAnswer } from '../../../idp/tokens/sealed.ts'

const SEAL = { presented: 'lkr_presented', attempt: 'attempt-1' }
const ANSWER = JSON.stringify({ refresh_token: 'lkr_next', name: 'Ada 🔑' })

test('whoever presents the same token and names the same attempt opens it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (answer, presented, attempt) => {
      const sealed = sealAnswer(answer, { presented, attempt })
      const expected = Buffer.from(answer, 'utf8').toString('utf8')
      expect(openAnswer(sealed, { presented, attempt })).toBe(expected)
    }),
  )
})

test('with another token or another attempt it stays shut, also when both run together alike', () => {
  const sealed = sealAnswer(ANSWER, SEAL)
  for (const seal of [
    { ...SEAL, presented: 'lkr_another' },
    { ...SEAL, attempt: 'attempt-2' },
    { ...SEAL, attempt: '' },
    { presented: SEAL.attempt, attempt: SEAL.presented },
    { presented: 'lkr_presenteda', attempt: 'ttempt-1' },
  ]) {
    expect(() => openAnswer(sealed, seal)).toThrow()
  }
})

test('any flipped bit, anything cut off or put on, keeps it shut', () => {
  const bytes = Buffer.from(sealAnswer(ANSWER, SEAL), 'base64url')
  const opens = (changed: Buffer) => openAnswer(changed.toString('base64url'), SEAL)
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(() => opens(changed), `bit ${bit}`).toThrow()
  }
  for (const length of [0, 5, 12, 20, 28, bytes.length - 1]) {
    expect(() => opens(bytes.subarray(0, length)), `${length} bytes`).toThrow()
  }
  expect(() => opens(Buffer.concat([bytes, Buffer.from([0])]))).toThrow()
})

test('the same answer sealed twice looks different, and shows nothing of what is inside', () => {
  const [one, two] = [sealAnswer(ANSWER, SEAL), sealAnswer(ANSWER, SEAL)]
  expect(one).not.toBe(two)
  expect(Buffer.from(one, 'base64url').includes('lkr_')).toBe(false)
})
