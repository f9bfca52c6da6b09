import { expect, test } from 'vitest'
import { stateOf } from '../../../playground/site/people-shown.ts'

const OPEN = { closed: false }
const CLOSED = { closed: true }
const OFF = { at: 0, actor: 'user' } as const
const DELETED = { at: 0, actor: 'user', identityHashes: [] } as const
const ANYBODY = { deleted: null, loginsDisabled: null }

test.each([
  ['has an open account', ANYBODY, [OPEN], 'active'],
  ['has an open account and a closed one', ANYBODY, [CLOSED, OPEN], 'active'],
  ['belongs to none any more: turned away', ANYBODY, [], 'no_open_account'],
  ['has closed ones only: turned away', ANYBODY, [CLOSED, CLOSED], 'no_open_account'],
  [
    'logins off now',
    { ...ANYBODY, loginsDisabled: { ...OFF, mode: 'now' } },
    [CLOSED],
    'logins_disabled',
  ],
  [
    'logins off when tokens run out',
    { ...ANYBODY, loginsDisabled: { ...OFF, mode: 'expiry' } },
    [OPEN],
    'no_new_logins',
  ],
  ['deleted', { ...ANYBODY, deleted: DELETED }, [], 'deleted'],
] as const)('%s', (_, user, accounts, state) => {
  expect(stateOf(user, accounts)).toBe(state)
})
