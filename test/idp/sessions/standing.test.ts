import { expect, test } from 'vitest'
import {
  accountRefusal,
  personRefusal,
  readSession,
  unchanged,
  viewRefusal,
} from '../../../idp/sessions/standing.ts'
import type { Store } from '../../../idp/store/store.ts'
import { aMembership, anAccount, aSession, aUser, T0 } from '../store/records.ts'

const gone = { at: T0, actor: 'user' } as const
const user = aUser('u1')
const account = anAccount('a1')
const membership = aMembership('u1', 'a1')
const disabled = (mode: 'now' | 'expiry') =>
  aUser('u1', { loginsDisabled: { at: T0, actor: 'admin', mode } })

test('who may be signed in, and why not: with the moment and the actor', () => {
  expect(personRefusal(user)).toBeUndefined()
  expect(personRefusal(undefined)).toMatchObject({ reason: 'user_deleted', at: null })
  expect(personRefusal(aUser('u1', { deleted: gone }))).toEqual({ reason: 'user_deleted', ...gone })
  for (const mode of ['now', 'expiry'] as const) {
    const refusal = { reason: 'logins_disabled', at: T0, actor: 'admin' }
    expect(personRefusal(disabled(mode)), mode).toEqual(refusal)
  }
})

test('who may act for an account, and why not', () => {
  const closed = anAccount('a1', { closed: gone })
  expect(accountRefusal(account, membership)).toBeUndefined()
  expect(accountRefusal(closed, membership)).toEqual({ reason: 'account_closed', ...gone })
  expect(accountRefusal(closed, undefined)?.reason).toBe('account_closed')
  expect(accountRefusal(account, undefined)?.reason).toBe('membership_removed')
  expect(accountRefusal(undefined, membership)?.reason).toBe('membership_removed')
})

test('deleted comes before disabled, the person before the account', () => {
  const session = aSession('s1')
  const both = { ...disabled('now'), deleted: gone }
  const closed = anAccount('a1', { closed: gone })
  expect(personRefusal(both)?.reason).toBe('user_deleted')
  const view = { session, user: disabled('now'), account: closed, membership }
  expect(viewRefusal(view)?.reason).toBe('logins_disabled')
  expect(viewRefusal({ ...view, user })?.reason).toBe('account_closed')
  expect(viewRefusal({ session, user, account, membership })).toBeUndefined()
})

test('a session is read with all that its life depends on, and a decision expects all of it unchanged', async () => {
  const session = aSession('s1')
  const store = {
    session: async (id: string) => (id === 's1' ? session : undefined),
    user: async (id: string) => (id === 'u1' ? user : undefined),
    account: async () => undefined,
    membership: async (...ids: string[]) => (ids.join() === 'u1,a1' ? membership : undefined),
  } satisfies Partial<Store> as unknown as Store
  expect(await readSession(store, 'nobody')).toBeUndefined()
  const view = await readSession(store, 's1')
  expect(view).toEqual({ session, user, account: undefined, membership })
  expect(view && unchanged(view)).toEqual([
    { table: 'session', id: 's1', was: session },
    { table: 'user', id: 'u1', was: user },
    { table: 'account', id: 'a1', was: undefined },
    { table: 'membership', id: 'u1:a1', was: membership },
  ])
})
