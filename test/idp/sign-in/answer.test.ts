import { expect, test } from 'vitest'
import { HOUR, SECOND } from '../../../clock/moment.ts'
import { isFresh, readNo } from '../../../idp/sign-in/answer.ts'

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

test.for([
  ['access_denied', 'AADB2C90118: The user has forgotten their password.\r\n', 'forgot_password'],
  ['access_denied', 'AADB2C90118', 'forgot_password'],
  ['access_denied', 'AADB2C901180: another', 'refused'],
  ['access_denied', ' AADB2C90118', 'refused'],
  ['access_denied', 'aadb2c90118', 'refused'],
  ['access_denied', 'AADB2C90091: cancelled', 'refused'],
  ['access_denied', '', 'refused'],
  ['server_error', 'AADB2C90118', 'refused'],
] as const)('%s with “%s” is %s', ([error, description, why]) => {
  expect(readNo(error, description)).toBe(why)
})
