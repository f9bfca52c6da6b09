import { expect, test } from 'vitest'
import type { ExchangeShown } from '../../../playground/requests/exchange.ts'
import { flowsOf, speakersOf, stepsOf } from '../../../playground/requests/flows.ts'

let count = 0

/** `browser>site GET /signin`, from and until which moment, and what runs through it. */
function message(
  line: string,
  [began, ended]: readonly [number, number],
  sent: Record<string, string> = {},
  answered: Record<string, string> = {},
): ExchangeShown {
  const [, from, to, method = '', path = ''] = /^(\w+)>(\w+) (\w+) (\S+)$/.exec(line) ?? []
  return {
    number: ++count,
    at: 0,
    from: from as ExchangeShown['from'],
    to: to as ExchangeShown['to'],
    method,
    path,
    status: 200,
    sent,
    answered,
    began,
    ended,
    says: '',
    standard: '',
  }
}

const signIn = (at: number, id: string): ExchangeShown[] => [
  message(
    'browser>site GET /signin',
    [at, at + 1],
    { state: id, device_id: 'd' },
    { state: `${id}2` },
  ),
  message(
    'browser>provider GET /authorize',
    [at + 2, at + 3],
    { state: `${id}2` },
    { code: `${id}3`, state: `${id}2` },
  ),
  message(
    'browser>site GET /integrations/oauth2/callback',
    [at + 4, at + 8],
    { code: `${id}3`, state: `${id}2` },
    { code: `${id}4`, state: id },
  ),
  message('site>provider POST /token', [at + 5, at + 6], { code: `${id}3` }),
  message('site>provider GET /keys', [at + 6, at + 7]),
  message('client>site POST /token', [at + 9, at + 10], { code: `${id}4` }),
]

const REGISTRATION = [
  message('client>site POST /devices', [0, 1], { name: 'n' }, { error: 'use_dpop_nonce' }),
  message('client>site POST /devices', [2, 3], { name: 'n' }, { device_id: 'd' }),
]

const names = (exchanges: readonly ExchangeShown[]) =>
  flowsOf(exchanges).map(({ name, exchanges: own }) => `${name} ${own.length}`)

test('two sign-ins on one device, a refresh tried three times, a delivery: a flow each, whatever came first', () => {
  const all = [
    ...REGISTRATION,
    ...signIn(10, 'a'),
    message('client>site GET /me', [25, 26]),
    ...signIn(30, 'b'),
    message(
      'client>site POST /refresh',
      [50, 51],
      { 'idempotency-key': 'k' },
      { error: 'use_dpop_nonce' },
    ),
    message('client>site POST /refresh', [52, 53], { 'idempotency-key': 'k' }),
    message('client>site POST /refresh', [90, 91], { 'idempotency-key': 'k' }),
    message('client>site POST /refresh', [95, 96], { 'idempotency-key': 'other' }),
    message('site>service POST /webhooks', [60, 61], { 'webhook-id': 'e' }),
    message('site>service POST /webhooks', [70, 71], { 'webhook-id': 'e' }),
  ]
  const expected = ['Sign-in 8', 'Sign-in 6', 'Refresh 3', 'Refresh 1', 'Delivery 2']
  expect(names(all)).toEqual(expected)
  expect(names(all.toReversed())).toEqual(expected)
})

test('a registration that nobody signed in after stands by itself', () => {
  expect(names(REGISTRATION)).toEqual(['Registration 2'])
})

test('what is asked while another is being answered stands between the two arrows of that one', () => {
  const [flow] = flowsOf(signIn(0, 'c'))
  if (!flow) throw new Error('There is no flow.')
  expect(speakersOf(flow)).toEqual(['client', 'browser', 'site', 'provider'])
  expect(
    stepsOf(flow)
      .map(({ goes, exchange: { path } }) => `${goes} ${path}`)
      .slice(4, 10),
  ).toEqual([
    'there /integrations/oauth2/callback',
    'there /token',
    'back /token',
    'there /keys',
    'back /keys',
    'back /integrations/oauth2/callback',
  ])
})
