import { expect, test } from 'vitest'
import { readSettings } from '../../../idp/settings.ts'
import { returnError, returnRefusal, returnUrl } from '../../../idp/sign-in/return.ts'

const provider = {
  name: 'b2c',
  label: 'B2C',
  issuer: 'http://localhost:4000/',
  client_id: 'site',
  client_secret: 'site-secret',
}
const site = { settings: readSettings({ PROVIDERS: JSON.stringify([provider]) }) }
const LOOPBACK = 'http://127.0.0.1:5000/callback'

const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

test('code, state and iss go back, whatever characters the state has', () => {
  const state = 'a b&c=d#e%20é+"'
  const url = returnUrl(site, { redirectUri: LOOPBACK, state }, { code: 'lkc_1' })
  expect(url.startsWith(`${LOOPBACK}?`)).toBe(true)
  expect(parametersOf(url)).toEqual({ code: 'lkc_1', state, iss: 'http://127.0.0.1:3000' })
})

test('no state came, so none goes back', () => {
  const url = returnUrl(site, { redirectUri: LOOPBACK, state: null }, { code: 'lkc_1' })
  expect(parametersOf(url)).toEqual({ code: 'lkc_1', iss: 'http://127.0.0.1:3000' })
})

test('the private scheme keeps its single slash', () => {
  const to = { redirectUri: 'dev.latchkey.app:/callback', state: 's' }
  expect(returnUrl(site, to, { code: 'c' })).toBe(
    'dev.latchkey.app:/callback?code=c&state=s&iss=http%3A%2F%2F127.0.0.1%3A3000',
  )
})

test('bad news carries state and iss as well (RFC 9207 §2)', () => {
  const url = returnError(
    site,
    { redirectUri: LOOPBACK, state: 's' },
    'access_denied',
    'Cancelled.',
  )
  expect(parametersOf(url)).toEqual({
    error: 'access_denied',
    error_description: 'Cancelled.',
    state: 's',
    iss: 'http://127.0.0.1:3000',
  })
})

test('who is turned away hears the reason and since when; what is not known is left out', () => {
  const to = { redirectUri: LOOPBACK, state: null }
  const refused = { kind: 'refused', description: 'Logins are disabled.' } as const
  expect(
    parametersOf(returnRefusal(site, to, { ...refused, reason: 'logins_disabled', at: 61_999 })),
  ).toEqual({
    error: 'access_denied',
    error_description: 'Logins are disabled.',
    reason: 'logins_disabled',
    ended_at: '61',
    iss: 'http://127.0.0.1:3000',
  })
  expect(
    Object.keys(parametersOf(returnRefusal(site, to, { ...refused, reason: null, at: null }))),
  ).toEqual(['error', 'error_description', 'iss'])
})
