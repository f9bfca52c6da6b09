import { expect, test } from 'vitest'
import { HOUR, SECOND } from '../../../clock/moment.ts'
import { isFresh } from '../../../idp/sign-in/answer.ts'

const ASKED = 1_750_000_000_900

test.for([
  ['a second later', ASKED + SECOND, true],
  ['in the same second, of which the provider says only the beginning', ASKED - 900, true],
  ['5 s before, by a clock that may be 5 s behind', ASKED - 900 - 5 * SECOND, true],
  ['6 s before', ASKED - 900 - 6 * SECOND, false],
  ['an hour before: nobody was asked', ASKED - HOUR, false],
] as const)('the password was entered %s', ([, authTime, fresh]) => {
  expect(isFresh(authTime, ASKED, 5 * SECOND)).toBe(fresh)
})

test('without tolerance, the same second is still good and the one before is not', () => {
  expect(isFresh(ASKED - 900, ASKED, 0)).toBe(true)
  expect(isFresh(ASKED - 901, ASKED, 0)).toBe(false)
})
