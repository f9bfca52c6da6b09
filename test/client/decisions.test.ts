import { expect, test } from 'vitest'
import { decideOnUse } from '../../client/access-token.ts'
import { backOff } from '../../client/backoff.ts'
import type { Held } from '../../client/held.ts'
import { decideAfterRedeem, decideAfterRefresh } from '../../client/outcome.ts'
import { runsOutAt } from '../../client/run-out.ts'
import type { SiteAnswer } from '../../client/site.ts'
import { decideAtStart, stateOf } from '../../client/state.ts'
import { DAY, HOUR, MINUTE, SECOND, toSeconds } from '../../clock/moment.ts'
import { type ErrorCode, HTTP_STATUS, LatchkeyError } from '../../protocol/errors.ts'
import { REASONS } from '../../protocol/reasons.ts'

test.each([
  [undefined, HOUR, 'refresh'],
  [-5 * SECOND, HOUR, 'use'],
  [0, HOUR, 'use'],
  [59 * MINUTE, HOUR, 'use'],
  [HOUR - 31 * SECOND, HOUR, 'use'],
  [HOUR - 30 * SECOND, HOUR, 'refresh_else_use'],
  [HOUR - 1, HOUR, 'refresh_else_use'],
  [HOUR, HOUR, 'refresh'],
  [61 * MINUTE, HOUR, 'refresh'],
  [0, 20 * SECOND, 'use'],
  [14 * SECOND, 20 * SECOND, 'use'],
  [15 * SECOND, 20 * SECOND, 'refresh_else_use'],
  [0, 0, 'refresh'],
] as const)('a token of age %s and lifetime %s: %s', (age, lifetime, decision) => {
  expect(decideOnUse(age, lifetime)).toBe(decision)
})

test.each([
  [1, undefined, SECOND],
  [2, undefined, 2 * SECOND],
  [6, undefined, 32 * SECOND],
  [7, undefined, MINUTE],
  [5_000, undefined, MINUTE],
  [1, 0, SECOND],
  [1, 90 * SECOND, 90 * SECOND],
  [4, 3 * SECOND, 8 * SECOND],
  [1, 365 * 24 * HOUR, HOUR],
])('failure %s with Retry-After %s: back off for %s', (failures, retryAfter, delay) => {
  expect(backOff(failures, retryAfter)).toBe(delay)
})

const refused = (code: ErrorCode, details = {}): SiteAnswer => ({
  kind: 'refused',
  error: new LatchkeyError(code, 'A sentence.', details),
  retryAfter: undefined,
})

const TOKENS = {
  access_token: 'a',
  token_type: 'DPoP',
  expires_in: 3600,
  refresh_token: 'r',
  issued_at: 1,
  session_id: 's',
}

test.each(Object.keys(HTTP_STATUS) as ErrorCode[])('a refresh answered with %s', (code) => {
  const expected =
    code === 'invalid_grant'
      ? 'ended'
      : code === 'refresh_in_progress'
        ? 'in_progress'
        : 'retry_later'
  expect(decideAfterRefresh(refused(code)).kind).toBe(expected)
})

test.each(REASONS)(
  'a refresh answered with invalid_grant and %s ends for that reason',
  (reason) => {
    const answer = refused('invalid_grant', { reason, actor: 'admin', at: 7 })
    expect(decideAfterRefresh(answer)).toEqual({
      kind: 'ended',
      ending: { reason, actor: 'admin', at: 7 },
      unknownHere: false,
    })
  },
)

test('invalid_grant without a reason: signed_out, and the device may be unknown too', () => {
  expect(decideAfterRefresh(refused('invalid_grant'))).toEqual({
    kind: 'ended',
    ending: { reason: 'signed_out', actor: 'system' },
    unknownHere: true,
  })
})

test.each([
  ['tokens', TOKENS, 'store'],
  ['nothing', undefined, 'retry_later'],
  ['a portal’s JSON', { ok: true }, 'retry_later'],
  ['a bearer token', { ...TOKENS, token_type: 'Bearer' }, 'retry_later'],
  ['no refresh token', { ...TOKENS, refresh_token: undefined }, 'retry_later'],
  ['no session', { ...TOKENS, session_id: undefined }, 'retry_later'],
])('a refresh answered by 200 with %s: %s', (_, body, expected) => {
  expect(decideAfterRefresh({ kind: 'answer', body }).kind).toBe(expected)
  expect(decideAfterRedeem({ kind: 'answer', body }).kind).toBe(expected)
})

test('409 that asks for more patience than anyone has is retry_later', () => {
  const answer = { ...refused('refresh_in_progress'), retryAfter: MINUTE } as SiteAnswer
  expect(decideAfterRefresh(answer)).toMatchObject({ kind: 'retry_later', bug: false })
})

test('a code exchange: the site’s no is final, silence is not', () => {
  expect(decideAfterRedeem(refused('invalid_grant')).kind).toBe('refused')
  expect(decideAfterRedeem(refused('use_dpop_nonce')).kind).toBe('retry_later')
  const silence: SiteAnswer = { kind: 'unreachable', why: 'TimeoutError', retryAfter: undefined }
  expect(decideAfterRedeem(silence).kind).toBe('retry_later')
  expect(decideAfterRefresh(silence).kind).toBe('retry_later')
})

const session = { id: 's', refreshToken: 'r' }
const pendingSignIn = { state: 'a', codeVerifier: 'b', redirectUri: 'c' }
const redeem = { code: 'd', attempt: 'e' }

test.each<[string, Partial<Held>, string]>([
  ['nothing', {}, 'nothing'],
  ['a device', { device: { jkt: 'k' } }, 'nothing'],
  ['a session', { session }, 'refresh'],
  ['a session and an open attempt', { session: { ...session, attempt: 'x' } }, 'refresh'],
  ['a sign-in that nobody came back from', { pendingSignIn }, 'nothing'],
  ['a code', { pendingSignIn: { ...pendingSignIn, redeem } }, 'redeem_code'],
  ['a code and a session', { session, pendingSignIn: { ...pendingSignIn, redeem } }, 'redeem_code'],
])('a start that finds %s: %s', (_, held, decision) => {
  expect(decideAtStart({ version: 1, ...held })).toBe(decision)
})

test.each([
  ['nothing newer', undefined, 14 * DAY],
  ['a token of that refresh', 0, 14 * DAY],
  ['a token of a refresh that came later', 5 * DAY, 19 * DAY],
  ['a token of the last days', 170 * DAY, 180 * DAY],
] as const)(
  'signed in on day 0, and %s: runs out a second after that is over',
  (_, issuedAt, at) => {
    const start = Date.UTC(2026, 10, 23)
    const session = {
      id: 's',
      signed_in_at: toSeconds(start),
      refreshed_at: toSeconds(start),
      idle_ends_at: toSeconds(start + 14 * DAY),
      absolute_ends_at: toSeconds(start + 180 * DAY),
      purge: null,
    }
    const issued = issuedAt === undefined ? undefined : start + issuedAt
    expect(runsOutAt({ session }, issued)).toBe(start + at + SECOND)
  },
)

test('being offline or signing in never decides who is signed in', () => {
  const held: Held = { version: 1, session }
  const at = (signingIn: boolean, offlineSince: number | undefined, of?: Held | 'unknown') =>
    stateOf({
      held: of === 'unknown' ? undefined : (of ?? held),
      signingIn,
      offlineSince,
      stale: false,
    }).at
  expect(at(false, undefined)).toBe('signed_in')
  expect(at(false, 1)).toBe('offline')
  expect(at(true, 1)).toBe('signing_in')
  expect(at(false, 1, { version: 1 })).toBe('signed_out')
  expect(at(false, undefined, 'unknown')).toBe('starting')
})
