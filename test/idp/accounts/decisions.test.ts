import { describe, expect, test } from 'vitest'
import { DAY, HOUR, toSeconds } from '../../../clock/moment.ts'
import type { AccountView } from '../../../idp/accounts/change.ts'
import { decideClosing, toldClosing } from '../../../idp/accounts/closing.ts'
import {
  decideAcceptance,
  decideInvitation,
  decideWithdrawal,
  INVITATIONS_A_DAY,
  OPEN_INVITATIONS,
  standingOfInvitation,
} from '../../../idp/accounts/invitations.ts'
import { decideRemoval, decideRole } from '../../../idp/accounts/members.ts'
import { byAdmin } from '../../../idp/audit/by.ts'
import { farewell } from '../../../idp/people/deletion.ts'
import type { Invitation } from '../../../idp/store/records.ts'
import { LatchkeyError } from '../../../protocol/errors.ts'
import { ADA } from '../../support/site.ts'
import { aSession, T0 } from '../store/records.ts'
import { BY_BO, byUser, CREW, member, person } from './crew.ts'

const ME = ADA.user.id

const view = (more: Partial<AccountView> = {}): AccountView => ({
  account: ADA.account,
  memberships: [ADA.membership, ...Object.entries(CREW).map(([id, role]) => member(id, role))],
  invitations: [],
  people: [],
  sessions: [],
  ...more,
})

const invitation = (id: string, more: Partial<Invitation> = {}): Invitation => ({
  id,
  accountId: ADA.account.id,
  address: `${id}@example.test`,
  role: 'member',
  invitedBy: ME,
  createdAt: T0 - 2 * DAY,
  expiresAt: T0 + 5 * DAY,
  state: { kind: 'open' },
  ...more,
})

/** The error code that a decision is refused with; `done` when it is not. */
const outcome = (decide: () => unknown): string => {
  try {
    decide()
    return 'done'
  } catch (error) {
    if (error instanceof LatchkeyError) return error.code
    throw error
  }
}

describe('another role', () => {
  test.each([
    ['usr_bo', 'usr_di', 'owner', 'done'],
    ['usr_bo', ME, 'member', 'done'],
    ['usr_cy', 'usr_di', 'admin', 'access_denied'],
    ['usr_cy', 'usr_bo', 'member', 'access_denied'],
    ['usr_cy', 'usr_cy', 'owner', 'access_denied'],
    ['usr_cy', 'usr_cy', 'member', 'done'],
    ['usr_di', 'usr_ed', 'admin', 'access_denied'],
    ['usr_eve', 'usr_di', 'admin', 'access_denied'],
    ['usr_bo', 'usr_eve', 'admin', 'not_found'],
  ] as const)('%s makes %s %s: %s', (who, whom, role, expected) => {
    const decide = () => decideRole(view(), { userId: whom, role }, byUser(who), T0)
    expect(outcome(decide)).toBe(expected)
  })

  test('the only owner stays one until there is another', () => {
    const alone = view({ memberships: [ADA.membership, member('usr_cy', 'admin')] })
    const step = (on: AccountView) => () =>
      decideRole(on, { userId: ME, role: 'member' }, byUser(ME), T0)
    expect(outcome(step(alone))).toBe('access_denied')
    expect(outcome(step(view()))).toBe('done')
  })

  test('nothing is to be done where it is so already', () => {
    expect(decideRole(view(), { userId: 'usr_cy', role: 'admin' }, BY_BO, T0)).toBeUndefined()
  })

  test('in a closed account nobody changes anything', () => {
    const closed = view({ account: { ...ADA.account, closed: { at: 1, actor: 'user' } } })
    expect(outcome(() => decideRole(closed, { userId: 'usr_di', role: 'admin' }, BY_BO, T0))).toBe(
      'access_denied',
    )
  })

  test('whoever steps down takes along the invitations that they could not make any more', () => {
    const invitations = [
      invitation('i1', { role: 'owner' }),
      invitation('i2', { role: 'member' }),
      invitation('i3', { role: 'owner', invitedBy: 'usr_bo' }),
    ]
    const withdrawn = (role: 'admin' | 'member') =>
      decideRole(view({ invitations }), { userId: ME, role }, BY_BO, T0)?.puts?.flatMap((put) =>
        put.table === 'invitation' ? put.put.id : [],
      )
    expect(withdrawn('admin')).toEqual(['i1'])
    expect(withdrawn('member')).toEqual(['i1', 'i2'])
  })
})

describe('the end of a membership', () => {
  test.each([
    ['usr_bo', ME, 'done'],
    ['usr_bo', 'usr_bo', 'done'],
    ['usr_cy', 'usr_di', 'done'],
    ['usr_cy', 'usr_bo', 'access_denied'],
    ['usr_di', 'usr_ed', 'access_denied'],
    ['usr_di', 'usr_di', 'done'],
    ['usr_bo', 'usr_eve', 'not_found'],
  ] as const)('%s ends that of %s: %s', (who, whom, expected) => {
    expect(outcome(() => decideRemoval(view(), whom, byUser(who), HOUR, T0))).toBe(expected)
  })

  test('a demotion of a moment ago counts: no role of a page that was opened before', () => {
    const demoted = view({ memberships: [member('usr_cy', 'member'), member('usr_di', 'member')] })
    expect(outcome(() => decideRemoval(demoted, 'usr_di', byUser('usr_cy'), HOUR, T0))).toBe(
      'access_denied',
    )
  })

  test('the only owner can’t leave', () => {
    const alone = view({ memberships: [ADA.membership, member('usr_di', 'member')] })
    expect(outcome(() => decideRemoval(alone, ME, byUser(ME), HOUR, T0))).toBe('access_denied')
  })

  test('takes their sessions for this account, and tells until when a token may name it', () => {
    const sessions = [
      aSession('s1', { userId: 'usr_di', accessEndsAt: T0 + 2 * HOUR }),
      aSession('s2', { userId: 'usr_ed' }),
    ]
    const change = decideRemoval(view({ sessions }), 'usr_di', BY_BO, HOUR, T0)
    expect(change.ends).toEqual([
      { session: sessions[0], reason: 'membership_removed', actor: 'admin' },
    ])
    // A session that went on to another account left a token of the last hour behind.
    const told = (one: ReturnType<typeof decideRemoval>) => one.events?.[0]?.payload.data
    expect(told(change)).toMatchObject({ role: null, exp: toSeconds(T0 + 2 * HOUR) })
    const none = decideRemoval(view(), 'usr_di', BY_BO, HOUR, T0)
    expect(told(none)).toMatchObject({ exp: toSeconds(T0 + HOUR) })
  })
})

describe('an invitation', () => {
  const invite = (on: AccountView, more: Partial<Invitation> = {}, who = ME) =>
    decideInvitation(on, invitation('new', { createdAt: T0, ...more }), 'Ada', byUser(who), T0)

  test.each([
    [ME, 'owner', 'done'],
    ['usr_cy', 'member', 'done'],
    ['usr_cy', 'admin', 'access_denied'],
    ['usr_di', 'member', 'access_denied'],
    ['usr_eve', 'member', 'access_denied'],
  ] as const)('by %s as %s: %s', (who, role, expected) => {
    expect(outcome(() => invite(view(), { role }, who))).toBe(expected)
  })

  test('to the same address takes the place of the one before', () => {
    const before = [invitation('old', { address: 'NEW@example.test' }), invitation('other')]
    const states = invite(view({ invitations: before })).puts?.map((put) =>
      put.table === 'invitation' ? [put.put.id, put.put.state.kind] : [],
    )
    expect(states).toEqual([
      ['old', 'withdrawn'],
      ['new', 'open'],
    ])
  })

  test('says nothing of the address to the log', () => {
    expect(JSON.stringify(invite(view()).acts)).not.toContain('@')
  })

  const many = (count: number, more: Partial<Invitation>) =>
    view({ invitations: Array.from({ length: count }, (_, n) => invitation(`i${n}`, more)) })
  test.each([
    [OPEN_INVITATIONS - 1, {}, 'done'],
    [OPEN_INVITATIONS, {}, 'invalid_request'],
    [OPEN_INVITATIONS, { expiresAt: T0 }, 'done'],
    [INVITATIONS_A_DAY - 1, { state: { kind: 'withdrawn', at: T0 }, createdAt: T0 }, 'done'],
    [INVITATIONS_A_DAY, { state: { kind: 'withdrawn', at: T0 }, createdAt: T0 }, 'invalid_request'],
    [INVITATIONS_A_DAY, { state: { kind: 'withdrawn', at: T0 }, createdAt: T0 - DAY }, 'done'],
  ] as const)('beside %i others, %j: %s', (count, more, expected) => {
    expect(outcome(() => invite(many(count, more)))).toBe(expected)
  })

  test('again to one of fifty is no fifty-first', () => {
    expect(outcome(() => invite(many(OPEN_INVITATIONS, {}), { address: 'i7@example.test' }))).toBe(
      'done',
    )
  })

  test.each([
    [{ kind: 'open' }, T0 - 1, 'open'],
    [{ kind: 'open' }, T0, 'expired'],
    [{ kind: 'withdrawn', at: 0 }, T0, 'withdrawn'],
    [{ kind: 'accepted', at: 0, userId: 'u' }, T0, 'accepted'],
  ] as const)('%j at %i is %s', (state, now, expected) => {
    expect(standingOfInvitation(invitation('i', { state, expiresAt: T0 }), now)).toBe(expected)
  })

  test.each([
    [ME, 'done'],
    ['usr_cy', 'done'],
    ['usr_di', 'access_denied'],
  ])('is withdrawn by %s: %s', (who, expected) => {
    const on = view({ invitations: [invitation('i')] })
    expect(outcome(() => decideWithdrawal(on, 'i', byUser(who), T0))).toBe(expected)
    expect(outcome(() => decideWithdrawal(on, 'none', byUser(who), T0))).toBe(
      expected === 'done' ? 'not_found' : expected,
    )
  })
})

describe('an acceptance', () => {
  const fay = person('usr_fay')
  const accept = (more: Partial<AccountView>, who = fay.id) =>
    decideAcceptance(
      view({ invitations: [invitation('i')], people: [fay], ...more }),
      'i',
      who,
      byUser(who),
      T0,
    )

  test.each([
    ['open', {}, 'done'],
    ['gone', { invitations: [] }, 'access_denied'],
    ['expired', { invitations: [invitation('i', { expiresAt: T0 })] }, 'access_denied'],
    [
      'used',
      { invitations: [invitation('i', { state: { kind: 'accepted', at: 1, userId: 'x' } })] },
      'access_denied',
    ],
    [
      'to a closed account',
      { account: { ...ADA.account, closed: { at: 1, actor: 'user' } } },
      'access_denied',
    ],
    [
      'by somebody deleted',
      { people: [{ ...fay, deleted: { at: 1, actor: 'user' } }] },
      'access_denied',
    ],
    ['by a member', { memberships: [ADA.membership, member(fay.id, 'member')] }, 'access_denied'],
  ] as const satisfies readonly (readonly [string, Partial<AccountView>, string])[])(
    '%s: %#',
    (_, more, expected) => {
      expect(outcome(() => accept(more))).toBe(expected)
    },
  )

  test('makes the membership, uses the invitation, and counts as a change of the person', () => {
    const { puts, others } = accept({})
    expect(puts).toMatchObject([
      { table: 'membership', put: { userId: fay.id, role: 'member', since: T0 } },
      { table: 'invitation', put: { state: { kind: 'accepted', userId: fay.id } } },
    ])
    expect(others).toMatchObject([{ table: 'user', put: { signIns: fay.signIns + 1 } }])
  })
})

describe('closing', () => {
  const told = toldClosing({ reason: 'switched', words: '  To\u0000 paper\u202e.\nBye ' })

  test('keeps their words plain', () => {
    expect(told).toEqual({ reason: 'switched', words: 'To paper.\nBye' })
    expect(toldClosing({ reason: 'other', words: ' \u0007 ' }).words).toBeNull()
  })

  test.each([
    [byUser(ME), 'done'],
    [byAdmin(null), 'done'],
    [byUser('usr_cy'), 'access_denied'],
    [byUser('usr_eve'), 'access_denied'],
  ])('by %j: %s', (by, expected) => {
    expect(outcome(() => decideClosing(view(), told, by, HOUR, T0))).toBe(expected)
  })

  test('ends every session for it, withdraws what is open, cancels the plan', () => {
    const sessions = [aSession('s1', { userId: ME }), aSession('s2', { userId: 'usr_di' })]
    const change = decideClosing(
      view({ sessions, invitations: [invitation('i')] }),
      told,
      byUser(ME),
      HOUR,
      T0,
    )
    expect(change?.ends?.map(({ session, reason }) => [session.id, reason])).toEqual([
      ['s1', 'account_closed'],
      ['s2', 'account_closed'],
    ])
    expect(change?.account).toMatchObject({
      closed: { at: T0, actor: 'user', told },
      subscription: { status: 'canceled' },
    })
    expect(change?.puts).toMatchObject([{ put: { state: { kind: 'withdrawn' } } }])
    expect(JSON.stringify(change?.acts)).not.toContain('paper')
  })

  test('twice changes nothing', () => {
    const closed = view({ account: { ...ADA.account, closed: { at: 1, actor: 'user' } } })
    expect(decideClosing(closed, told, byUser(ME), HOUR, T0)).toBeUndefined()
  })
})

test.each([
  ['one of two owners', view(), 'leave'],
  ['a member', view({ memberships: [member('usr_bo', 'owner'), member(ME, 'member')] }), 'leave'],
  ['alone', view({ memberships: [ADA.membership] }), 'close'],
  [
    'alone in charge',
    view({ memberships: [ADA.membership, member('usr_cy', 'admin')] }),
    'keeps_them',
  ],
  [
    'alone in charge of what is closed',
    view({
      memberships: [ADA.membership, member('usr_cy', 'admin')],
      account: { ...ADA.account, closed: { at: 1, actor: 'user' } },
    }),
    'leave',
  ],
] as const)('whoever goes, %s: %#', (_, on, expected) => {
  expect(farewell(on, ME)).toBe(expected)
})
