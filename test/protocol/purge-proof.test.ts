import { expect, test } from 'vitest'
import { readProof } from '../../protocol/purge-proof.ts'

test.for([
  ['login_required', 'proven'],
  ['interaction_required', 'proven'],
  ['code', 'sticky'],
  ['nothing', 'unknown'],
  ['server_error', 'unknown'],
  ['temporarily_unavailable', 'unknown'],
  ['access_denied', 'unknown'],
  // These two say that somebody is signed in, or may be: not that the password would be asked for.
  ['consent_required', 'unknown'],
  ['account_selection_required', 'unknown'],
  ['LOGIN_REQUIRED', 'unknown'],
  ['', 'unknown'],
] as const)('the probe answers "%s": %s', ([answer, outcome]) => {
  expect(readProof(answer, 7)).toEqual({ outcome, answer, at: 7 })
})

test('an endless answer is not kept whole', () => {
  expect(readProof('e'.repeat(5_000), 7).answer).toHaveLength(60)
})
