import { expect, test } from 'vitest'
import { explain } from '../../../playground/requests/explained.ts'
import { fieldsOf, fingerprint } from '../../../playground/requests/fields.ts'

test('words of the protocol are said, everything else is a fingerprint: also what nobody foresaw', () => {
  const form =
    'grant_type=refresh_token&client_id=latchkey-desktop&refresh_token=lkr_1&password=hunter2'
  expect(fieldsOf('application/x-www-form-urlencoded', form)).toEqual({
    grant_type: 'refresh_token',
    client_id: 'latchkey-desktop',
    refresh_token: fingerprint('lkr_1'),
    password: 'not shown',
  })
  const json = JSON.stringify({ expires_in: 3600, access_token: 'ey', nested: { key: 'secret' } })
  const shown = fieldsOf('application/json; charset=utf-8', json)
  expect(shown).toMatchObject({ expires_in: '3600', access_token: fingerprint('ey') })
  expect(JSON.stringify(shown)).not.toContain('secret')
})

test.each([
  ['application/json', '{"cut":'],
  ['application/json', '"text"'],
  ['text/html', '<p>secret</p>'],
  ['', 'secret'],
])('nothing is shown of a body of kind %j that reads %j', (kind, body) => {
  expect(fieldsOf(kind, body)).toEqual({})
})

test('a message that is none of the protocol’s is not explained; one that brings a nonce says so', () => {
  const message = {
    method: 'POST',
    path: '/refresh',
    status: 400,
    sent: {},
    answered: {},
    began: 0,
    ended: 1,
  }
  expect(explain('site', { ...message, path: '/admin/audit' })).toBeUndefined()
  expect(explain('site', message)?.standard).toContain('RFC 6749 §6')
  expect(
    explain('site', { ...message, answered: { error: 'use_dpop_nonce' } })?.standard,
  ).toContain('RFC 9449 §8')
})
