import { describe, expect, test } from 'vitest'
import { DAY, type Duration, HOUR, MINUTE, type Moment, SECOND } from '../../../clock/moment.ts'
import {
  DISPLACED_MEMORY,
  decideRefresh,
  type PresentedRefresh,
  passedDeadline,
  positionOf,
  type RefreshDecision,
  rotated,
  SAME_MOMENT,
} from '../../../idp/sessions/rotation.ts'
import type { SessionView } from '../../../idp/sessions/standing.ts'
import type { Session, TokenState } from '../../../idp/store/records.ts'
import { NONCE_LIFE } from '../../../protocol/dpop/nonce.ts'
import { aMembership, anAccount, aSession, aUser, T0 } from '../store/records.ts'

const KEY = 'jkt-d1'
const NOW: Moment = T0 + 8 * HOUR

const viewOf = (session: Partial<Session>, more: Partial<SessionView> = {}): SessionView => ({
  session: aSession('s1', session),
  user: aUser('u1'),
  account: anAccount('a1'),
  membership: aMembership('u1', 'a1'),
  ...more,
})

/** A session that was refreshed `ago` with attempt `a1`: T1 made way for T2, and T2d never arrived. */
const family = (ago: Duration, more: Partial<TokenState> = {}): TokenState => ({
  current: 'T2',
  confirmed: false,
  previous: { hash: 'T1', attemptHash: 'a1', sealed: 'sealed T2', rotatedAt: NOW - ago },
  displaced: ['T2d'],
  ...more,
})

const lapsed = { reason: 'reuse_detected', actor: 'system', at: NOW } as const
const REUSE: RefreshDecision = { kind: 'end', ...lapsed }
const MISMATCH: RefreshDecision = { kind: 'end', ...lapsed, reason: 'device_mismatch' }
const ROTATE: RefreshDecision = { kind: 'rotate', displaces: null }
const ROTATE_AGAIN: RefreshDecision = { kind: 'rotate', displaces: 'T2' }
const REPLAY: RefreshDecision = { kind: 'replay', sealed: 'sealed T2' }
const IN_PROGRESS: RefreshDecision = { kind: 'in_progress' }
const SUPERSEDED: RefreshDecision = { kind: 'superseded' }
const UNKNOWN: RefreshDecision = { kind: 'unknown' }

interface Row {
  readonly secret: 'current' | 'previous' | 'displaced' | 'older'
  readonly attempt: 'same' | 'other' | 'none'
  readonly key: 'right' | 'wrong'
  readonly used?: boolean
  readonly ago?: Duration
  readonly answer: RefreshDecision
}

const HELD_BACK = NONCE_LIFE - 1

const HASHES = { current: 'T2', previous: 'T1', displaced: 'T2d', older: 'T0' } as const
const ATTEMPTS = { same: 'a1', other: 'a2', none: null } as const
const ANY_ATTEMPT = ['same', 'other', 'none'] as const

/** DESIGN §6, row by row; a row with `any` is told in full. */
const TABLE: readonly Row[] = [
  ...ANY_ATTEMPT.flatMap((attempt): readonly Row[] => [
    { secret: 'current', attempt, key: 'right', used: false, answer: ROTATE },
    { secret: 'current', attempt, key: 'right', used: true, answer: ROTATE },
    { secret: 'displaced', attempt, key: 'right', used: false, answer: SUPERSEDED },
    { secret: 'displaced', attempt, key: 'right', used: true, answer: SUPERSEDED },
    { secret: 'previous', attempt, key: 'right', used: true, answer: REUSE },
    { secret: 'older', attempt, key: 'right', used: false, answer: REUSE },
    { secret: 'older', attempt, key: 'right', used: true, answer: REUSE },
    { secret: 'current', attempt, key: 'wrong', used: false, answer: MISMATCH },
    { secret: 'current', attempt, key: 'wrong', ago: SECOND, answer: MISMATCH },
    { secret: 'previous', attempt, key: 'wrong', used: false, answer: MISMATCH },
    { secret: 'previous', attempt, key: 'wrong', used: true, answer: MISMATCH },
    { secret: 'previous', attempt, key: 'wrong', ago: SECOND, answer: MISMATCH },
    { secret: 'displaced', attempt, key: 'wrong', answer: MISMATCH },
    { secret: 'older', attempt, key: 'wrong', answer: UNKNOWN },
  ]),
  { secret: 'previous', attempt: 'same', key: 'right', ago: SECOND, answer: REPLAY },
  { secret: 'previous', attempt: 'same', key: 'right', ago: 8 * HOUR, answer: REPLAY },
  { secret: 'previous', attempt: 'other', key: 'right', ago: 0, answer: IN_PROGRESS },
  { secret: 'previous', attempt: 'none', key: 'right', ago: SECOND, answer: IN_PROGRESS },
  { secret: 'previous', attempt: 'other', key: 'right', ago: SAME_MOMENT - 1, answer: IN_PROGRESS },
  { secret: 'previous', attempt: 'other', key: 'right', ago: SAME_MOMENT, answer: ROTATE_AGAIN },
  { secret: 'previous', attempt: 'none', key: 'right', ago: SAME_MOMENT, answer: ROTATE_AGAIN },
  { secret: 'previous', attempt: 'other', key: 'right', ago: 8 * HOUR, answer: ROTATE_AGAIN },
  // An honest race of two processes must not sign anyone out, even if one has used its answer already.
  ...ANY_ATTEMPT.flatMap((attempt): readonly Row[] => [
    { secret: 'previous', attempt, key: 'right', used: true, ago: SECOND, answer: IN_PROGRESS },
    { secret: 'previous', attempt, key: 'right', used: true, ago: 9_999, answer: IN_PROGRESS },
  ]),
  { secret: 'previous', attempt: 'other', key: 'right', used: true, ago: 10_000, answer: REUSE },
  { secret: 'previous', attempt: 'none', key: 'right', used: true, ago: 10_000, answer: REUSE },
  // A request that a network held back while the device tried again: as long as its proof is good.
  {
    secret: 'previous',
    attempt: 'same',
    key: 'right',
    used: true,
    ago: HELD_BACK,
    answer: IN_PROGRESS,
  },
  { secret: 'previous', attempt: 'same', key: 'right', used: true, ago: NONCE_LIFE, answer: REUSE },
]

const told = ({ answer }: Row) => ('reason' in answer ? answer.reason : answer.kind)

describe('the table of DESIGN §6', () => {
  test.for(
    TABLE.map((row): [string, Row] => [
      `${row.secret} secret, ${row.attempt} attempt, ${row.key} key, successor ${
        row.used ? 'used' : 'not used'
      }, rotated ${(row.ago ?? HOUR) / SECOND} s ago: ${told(row)}`,
      row,
    ]),
  )('%s', ([, row]) => {
    const tokens = family(row.ago ?? HOUR, { confirmed: row.used ?? false })
    const presented: PresentedRefresh = {
      secretHash: HASHES[row.secret],
      attemptHash: ATTEMPTS[row.attempt],
      jkt: row.key === 'right' ? KEY : 'jkt-thief',
    }
    expect(decideRefresh(viewOf({ tokens }), presented, NOW)).toEqual(row.answer)
  })

  test('no attempt then and none now is not "the same attempt": nothing was sealed to give again', () => {
    const previous = { hash: 'T1', attemptHash: null, sealed: null, rotatedAt: NOW - HOUR }
    const presented = { secretHash: 'T1', attemptHash: null, jkt: KEY }
    const view = viewOf({ tokens: family(HOUR, { previous }) })
    expect(decideRefresh(view, presented, NOW)).toEqual(ROTATE_AGAIN)
  })

  test('the first refresh of a session rotates; a secret that it never had is no token of its own', () => {
    const view = viewOf({})
    const first = { secretHash: 'hash-s1', attemptHash: null, jkt: KEY }
    expect(decideRefresh(view, first, NOW)).toEqual(ROTATE)
    expect(decideRefresh(view, { ...first, secretHash: 'T7' }, NOW)).toEqual(REUSE)
  })

  test('a session without a key is nobody’s to refresh, and does not end by the attempt', () => {
    const view = viewOf({ jkt: null, deviceId: null, tokens: null })
    const presented = { secretHash: 'T1', attemptHash: null, jkt: KEY }
    expect(decideRefresh(view, presented, NOW)).toEqual(UNKNOWN)
  })
})

describe('the order of the checks', () => {
  const stale = { secretHash: 'T0', attemptHash: null, jkt: KEY }
  const current = { secretHash: 'T2', attemptHash: null, jkt: KEY }
  const stranger = { secretHash: 'T0', attemptHash: null, jkt: 'jkt-stranger' }
  const disabled = aUser('u1', { loginsDisabled: { at: T0, actor: 'admin', mode: 'expiry' } })
  const closed = anAccount('a1', { closed: { at: T0, actor: 'user' } })

  test('a backup restored after three weeks hears idle_expired, as of the deadline, and not reuse_detected', () => {
    const view = viewOf({ tokens: family(HOUR) })
    expect(decideRefresh(view, stale, T0 + 21 * DAY)).toEqual({
      kind: 'end',
      reason: 'idle_expired',
      actor: 'system',
      at: T0 + 14 * DAY,
    })
  })

  test('after the deadline even a copied token on another device hears of the deadline', () => {
    const view = viewOf({ tokens: family(HOUR) })
    const thief = { ...current, jkt: 'jkt-thief' }
    expect(decideRefresh(view, thief, T0 + 21 * DAY)).toMatchObject({ reason: 'idle_expired' })
  })

  test.for([
    ['logins_disabled', { user: disabled }, 'admin'],
    ['user_deleted', { user: aUser('u1', { deleted: { at: T0, actor: 'user' } }) }, 'user'],
    ['user_deleted', { user: undefined }, 'admin'],
    ['account_closed', { account: closed }, 'user'],
    ['membership_removed', { membership: undefined }, 'admin'],
    ['membership_removed', { account: undefined }, 'admin'],
  ] as const)(
    '%s comes before the state of the token, old or current, right or wrong key',
    ([reason, more, actor]) => {
      const view = viewOf({ tokens: family(HOUR) }, more)
      for (const presented of [stale, current, { ...current, jkt: 'jkt-thief' }]) {
        const answer = decideRefresh(view, presented, NOW)
        expect(answer).toEqual({ kind: 'end', reason, actor, at: NOW })
      }
    },
  )

  test('deadlines come before person and account', () => {
    const view = viewOf({ tokens: family(HOUR) }, { user: disabled, account: closed })
    const answer = decideRefresh(view, current, T0 + 15 * DAY)
    expect(answer).toMatchObject({ reason: 'idle_expired' })
  })

  test('a session that has ended says when and why, again and again, whatever holds by now', () => {
    const ended = { at: T0 + HOUR, reason: 'signed_out', actor: 'user' } as const
    const view = viewOf({ tokens: family(HOUR), ended }, { user: disabled })
    for (const presented of [stale, current, { ...current, jkt: 'jkt-thief' }]) {
      const answer = decideRefresh(view, presented, T0 + 300 * DAY)
      expect(answer).toEqual({ kind: 'ended', ...ended })
    }
  })

  test.for([
    ['a living session', {}, {}, NOW],
    [
      'an ended one',
      { ended: { at: T0, reason: 'signed_out', actor: 'user' } as const },
      {},
      T0 + DAY,
    ],
    ['one past its deadline', {}, {}, T0 + 200 * DAY],
    ['one of a disabled person', {}, { user: disabled }, NOW],
  ] as const)(
    'a stranger with neither token nor key learns nothing of %s and ends nothing',
    ([, session, more, now]) => {
      const view = viewOf({ tokens: family(HOUR), ...session }, more)
      expect(decideRefresh(view, stranger, now)).toEqual(UNKNOWN)
    },
  )
})

describe('deadlines', () => {
  const start = viewOf({}).session
  const current = { secretHash: 'hash-s1', attemptHash: null, jkt: KEY }

  test('day 13: still in; day 14 and 1 s: idle_expired since day 14', () => {
    expect(decideRefresh(viewOf({}), current, T0 + 13 * DAY)).toEqual(ROTATE)
    expect(decideRefresh(viewOf({}), current, T0 + 14 * DAY + SECOND)).toMatchObject({
      kind: 'end',
      reason: 'idle_expired',
      at: T0 + 14 * DAY,
    })
  })

  test('the last millisecond of day 14 is in, the next is out', () => {
    expect(passedDeadline(start, T0 + 14 * DAY - 1)).toBeUndefined()
    expect(passedDeadline(start, T0 + 14 * DAY)).toEqual({
      reason: 'idle_expired',
      at: T0 + 14 * DAY,
    })
  })

  test('used daily until day 180: absolute_expired; every day before: still in', () => {
    let session = start
    for (let day = 1; day < 180; day++) {
      const now = T0 + day * DAY
      expect(passedDeadline(session, now), `day ${day}`).toBeUndefined()
      session = { ...session, refreshedAt: now }
    }
    expect(passedDeadline(session, T0 + 180 * DAY - 1)).toBeUndefined()
    expect(passedDeadline(session, T0 + 180 * DAY)).toEqual({
      reason: 'absolute_expired',
      at: T0 + 180 * DAY,
    })
  })

  test('last used on day 170: absolute_expired on day 180, for the rolling window would end later', () => {
    const session = { ...start, refreshedAt: T0 + 170 * DAY }
    const end = { reason: 'absolute_expired', at: T0 + 180 * DAY }
    expect(passedDeadline(session, T0 + 400 * DAY)).toEqual(end)
  })

  test('the lifetimes are those that were promised at sign-in', () => {
    const strict = { ...start, idle: 15 * MINUTE, absolute: DAY }
    expect(passedDeadline(strict, T0 + 15 * MINUTE)?.reason).toBe('idle_expired')
    const busy = { ...strict, refreshedAt: T0 + DAY - MINUTE }
    expect(passedDeadline(busy, T0 + DAY)).toEqual({ reason: 'absolute_expired', at: T0 + DAY })
  })
})

describe('the family after a rotation', () => {
  const rotation = {
    presented: 'T2',
    successor: 'T3',
    attemptHash: 'a9',
    sealed: 'sealed T3',
    displaces: null,
    now: NOW,
  }

  test('the successor is current and not yet used; what was presented is the previous one', () => {
    expect(rotated(family(HOUR, { confirmed: true }), rotation)).toEqual({
      current: 'T3',
      confirmed: false,
      previous: { hash: 'T2', attemptHash: 'a9', sealed: 'sealed T3', rotatedAt: NOW },
      displaced: ['T2d'],
    })
  })

  test('a lost answer, another attempt 11 s later: the lost successor is displaced and told so', () => {
    const after = rotated(family(11 * SECOND), { ...rotation, presented: 'T1', displaces: 'T2' })
    expect(after.displaced).toEqual(['T2', 'T2d'])
    expect(positionOf(after, 'T2')).toBe('displaced')
    expect(positionOf(after, 'T1')).toBe('previous')
    expect(positionOf(after, 'T3')).toBe('current')
    expect(positionOf(after, 'T0')).toBe('other')
  })

  test(`the last ${DISPLACED_MEMORY} displaced successors are remembered, so a lost line doesn't grow the record for ever`, () => {
    let tokens = family(HOUR, { displaced: [] })
    for (let n = 0; n < 20; n++) {
      const successor = `S${n}`
      tokens = rotated(tokens, {
        ...rotation,
        presented: 'T1',
        successor,
        displaces: tokens.current,
      })
    }
    expect(tokens.displaced).toEqual(['S18', 'S17', 'S16', 'S15', 'S14', 'S13', 'S12', 'S11'])
  })

  test('a session without refresh tokens knows no secret', () => {
    expect(positionOf(null, 'T1')).toBe('other')
  })
})
