import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../../clock/moment.ts'
import { fromErrorBody, toDescription, toErrorBody } from '../../protocol/error-body.ts'
import { type ErrorCode, HTTP_STATUS, LatchkeyError } from '../../protocol/errors.ts'
import { ACTORS, REASONS } from '../../protocol/reasons.ts'

const CODES = Object.keys(HTTP_STATUS) as ErrorCode[]

describe('every code has a status that says whose fault it is', () => {
  test.for(CODES)('%s', (code) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    const { status } = new LatchkeyError(code, 'Try again.')
    expect(status).toBe(HTTP_STATUS[code])
    const ours = code === 'server_error' || code === 'temporarily_unavailable'
    expect(Math.floor(status / 100)).toBe(ours ? 5 : 4)
  })
})

test('the statuses that the standards fix', () => {
  const { invalid_grant, invalid_token, use_dpop_nonce, invalid_dpop_proof } = HTTP_STATUS
  // RFC 6749 §5.2, RFC 6750 §3.1, RFC 9449 §8 and §5.
  expect([invalid_grant, invalid_token, use_dpop_nonce, invalid_dpop_proof]).toEqual([
    400, 401, 400, 400,
  ])
  expect(HTTP_STATUS.refresh_in_progress).toBe(409)
})

test('an error keeps its cause for the log, and its body does not tell it', () => {
  const cause = new Error('with a secret in it')
  const error = new LatchkeyError('invalid_grant', 'Sign in again.', { cause })
  expect(error).toBeInstanceOf(Error)
  expect(error.cause).toBe(cause)
  expect(toErrorBody(error)).toEqual({
    error: 'invalid_grant',
    error_description: 'Sign in again.',
  })
})

test('what one party says is what the other hears', () => {
  const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })
  fc.assert(
    fc.property(
      fc.constantFrom(...CODES),
      fc.string({ minLength: 1 }),
      optional(fc.constantFrom(...REASONS)),
      optional(fc.constantFrom(...ACTORS)),
      optional(fc.nat(4_000_000_000)),
      (code, message, reason, actor, seconds) => {
        const at = seconds === undefined ? undefined : seconds * SECOND
        const sent = new LatchkeyError(code, message, { reason, actor, at })
        const heard = fromErrorBody(JSON.parse(JSON.stringify(toErrorBody(sent))))
        expect(heard).toBeInstanceOf(LatchkeyError)
        expect({ ...heard, message: heard?.message }).toEqual({
          ...sent,
          message: toDescription(message),
        })
      },
    ),
  )
})

test('times cross the wire in whole seconds, rounded down', () => {
  const sent = new LatchkeyError('invalid_grant', 'Sign in.', { at: 1_999 })
  expect(toErrorBody(sent).ended_at).toBe(1)
})

test.for([
  ['a proxy’s page', '<html>Bad gateway</html>'],
  ['nothing', undefined],
  ['null', null],
  ['a list', []],
  ['a success', { access_token: 'a' }],
  ['a code that is not ours', { error: 'teapot' }],
  ['a name that every object has', { error: 'toString' }],
  ['a code of another type', { error: 400 }],
  ['a reason that does not exist', { error: 'invalid_grant', reason: 'bored' }],
] as const)('%s is no error of ours, so it ends no session', ([, body]) => {
  expect(fromErrorBody(body)).toBeUndefined()
})

test('an error of another server that follows the standard is heard, without a sentence too', () => {
  expect(fromErrorBody({ error: 'invalid_grant', error_uri: 'https://…' })).toMatchObject({
    code: 'invalid_grant',
    message: 'invalid_grant',
    reason: undefined,
  })
})

test.each([
  ['Anna’s “Café” – closed…', "Anna's 'Cafe' - closed..."],
  ['back\\slash and "quotes"', "back?slash and 'quotes'"],
  ['Łódź 東京', '?odz ??'],
])('error_description is what RFC 6749 §5.2 allows: %s', (sentence, description) => {
  expect(toDescription(sentence)).toBe(description)
  expect(toDescription(sentence)).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/)
})
