import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { closeAccount } from '../../../idp/accounts/closing.ts'
import { acceptInvitation } from '../../../idp/accounts/invitations.ts'
import { changeRole, removeMember } from '../../../idp/accounts/members.ts'
import { switchAccount } from '../../../idp/accounts/switching.ts'
import { byAdmin } from '../../../idp/audit/by.ts'
import { deleteUser } from '../../../idp/people/deletion.ts'
import { redeem } from '../../../idp/sessions/redemption.ts'
import { refresh } from '../../../idp/sessions/refresh.ts'
import { startWebSession } from '../../../idp/sessions/web.ts'
import type { Site } from '../../../idp/site.ts'
import type { Account, Invitation } from '../../../idp/store/records.ts'
import type { Write } from '../../../idp/store/store.ts'
import { ADA, makeCode, type RunningSite, startSite } from '../../support/site.ts'
import { interrupted } from '../people/interrupted.ts'
import { listen } from '../people/listen.ts'
import { scheduled } from '../people/scheduled.ts'
import { aSignIn } from '../store/records.ts'
import { byUser, member, person, signedInAs } from './crew.ts'

let site: RunningSite
let round = 0

beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

/** Two owners and a member of one account; the member has one of their own, too. New ones each time. */
async function newCrew() {
  const [a, b, m] = ['a', 'b', 'm'].map((name) => `usr_${name}${round}`) as [string, string, string]
  const shared: Account = { ...ADA.account, id: `acc_shared${round}` }
  const own: Account = { ...ADA.account, id: `acc_own${round}` }
  const now = site.clock.now()
  const invitation: Invitation = {
    id: `inv_${round++}`,
    accountId: own.id,
    address: 'somebody@example.test',
    role: 'member',
    invitedBy: m,
    createdAt: now,
    expiresAt: now + DAY,
    state: { kind: 'open' },
  }
  const writes: Write[] = [
    ...[a, b, m].map((id) => ({ table: 'user', put: person(id) }) as const),
    ...[shared, own].map((put) => ({ table: 'account', put }) as const),
    { table: 'membership', put: member(a, 'owner', shared.id) },
    { table: 'membership', put: member(b, 'owner', shared.id) },
    { table: 'membership', put: member(m, 'member', shared.id) },
    { table: 'membership', put: member(m, 'owner', own.id) },
    { table: 'invitation', put: invitation },
  ]
  await site.store.commit(writes)
  return { a, b, m, shared: shared.id, own: own.id, invitation }
}

type Crew = Awaited<ReturnType<typeof newCrew>>
type SignedIn = Awaited<ReturnType<typeof signedInAs>>

/** Everything that may happen at once. */
const ACTS = {
  remove_m: (on, { a, m, shared }) => removeMember(on, shared, m, byUser(a)),
  m_leaves: (on, { m, shared }) => removeMember(on, shared, m, byUser(m)),
  a_removes_b: (on, { a, b, shared }) => removeMember(on, shared, b, byUser(a)),
  b_removes_a: (on, { a, b, shared }) => removeMember(on, shared, a, byUser(b)),
  a_steps_down: (on, { a, shared }) => changeRole(on, shared, a, 'member', byUser(a)),
  b_steps_down: (on, { b, shared }) => changeRole(on, shared, b, 'admin', byUser(b)),
  close: (on, { a, shared }) => closeAccount(on, shared, undefined, byUser(a)),
  delete_m: (on, { m }) => deleteUser(on, m, byAdmin(null)),
  delete_a: (on, { a }) => deleteUser(on, a, byAdmin(null)),
  b_accepts: (on, { b, invitation }) => acceptInvitation(on, { invitation }, b, byUser(b)),
  delete_b: (on, { b }) => deleteUser(on, b, byAdmin(null)),
  switch_here: (on, { m, shared }, elsewhere) =>
    switchAccount(on, elsewhere.sessionId, shared, byUser(m)),
  switch_away: (on, { m, own }, _, here) => switchAccount(on, here.sessionId, own, byUser(m)),
} as const satisfies Record<
  string,
  (on: Site, crew: Crew, elsewhere: SignedIn, here: SignedIn) => Promise<unknown>
>

const NAMES = Object.keys(ACTS) as (keyof typeof ACTS)[]

async function holds(crew: Crew): Promise<void> {
  const { store } = site
  const accounts = [crew.shared, crew.own]
  for (const userId of [crew.a, crew.b, crew.m]) {
    const user = await store.user(userId)
    const sessions = await store.liveSessionsOfUser(userId)
    const memberships = await store.membershipsOfUser(userId)
    if (user?.deleted) expect([sessions, memberships]).toEqual([[], []])
    for (const { accountId } of sessions) {
      expect((await store.account(accountId))?.closed, accountId).toBeNull()
      expect(memberships.map((one) => one.accountId)).toContain(accountId)
    }
  }
  for (const id of accounts) {
    const account = await store.account(id)
    const roles = (await store.membershipsOfAccount(id)).map(({ role }) => role)
    if (!account?.closed) expect(roles, id).toContain('owner')
  }
}

describe('somebody comes between the decision and its commit', () => {
  test('a session that is switched to an account while its person is put out of it ends with the others', async () => {
    const { a, m, shared, own } = await newCrew()
    const { sessionId } = await signedInAs(site, m, own)
    const on = interrupted(site, () => switchAccount(site.site, sessionId, shared, byUser(m)))
    expect((await removeMember(on, shared, m, byUser(a))).ended).toEqual([sessionId])
    expect((await site.store.session(sessionId))?.ended?.reason).toBe('membership_removed')
  })

  test('whoever joins and signs in while the account is closed is signed out with the others', async () => {
    const { b, m, own, invitation } = await newCrew()
    let begun = ''
    const on = interrupted(site, async () => {
      await acceptInvitation(site.site, { invitation }, b, byUser(b))
      begun = (await signedInAs(site, b, own)).sessionId
    })
    expect((await closeAccount(on, own, undefined, byUser(m))).ended).toEqual([begun])
    expect((await site.store.session(begun))?.ended?.reason).toBe('account_closed')
  })

  test('whoever is put out while they sign in on the site is not let in', async () => {
    const { a, m, shared } = await newCrew()
    const createdAt = site.clock.now()
    const redirectUri = `${site.url}/`
    const signIn = aSignIn('s', { clientId: 'latchkey-web', redirectUri, createdAt })
    await site.store.commit([{ table: 'signIn', put: signIn }])
    const on = interrupted(site, () => removeMember(site.site, shared, m, byUser(a)))
    const purge = { outcome: 'proven', answer: 'login_required', at: 0 } as const
    const who = { userId: m, accountId: shared, authTime: site.clock.now(), era: 0, purge }
    const browser = { bindings: [], session: undefined, address: null }
    await expect(startWebSession(on, signIn, who, browser)).rejects.toMatchObject({
      reason: 'membership_removed',
    })
    expect(await site.store.liveSessionsOfUser(m)).toEqual([])
  })

  test('two owners who put each other out at once: one stays', async () => {
    const { a, b, shared } = await newCrew()
    const on = interrupted(site, () => removeMember(site.site, shared, a, byUser(b)))
    await expect(removeMember(on, shared, b, byUser(a))).rejects.toMatchObject({
      code: 'access_denied',
    })
    expect((await site.store.membershipsOfAccount(shared)).map(({ userId }) => userId)).toContain(b)
  })
})

test('in any order of reads and writes: nobody is in where they don’t belong, every open account has an owner, each session is told of once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 5 }),
      fc.boolean(),
      async (scheduler, names, signsIn) => {
        const crew = await newCrew()
        const here = await signedInAs(site, crew.m, crew.shared)
        const elsewhere = await signedInAs(site, crew.m, crew.own)
        const owners = [await signedInAs(site, crew.a, crew.shared)]
        const { told, commit } = listen(site.store)
        const on: Site = { ...site.site, store: scheduled(site.store, scheduler, commit) }
        const code = await makeCode(site, {
          userId: crew.m,
          accountId: crew.shared,
          era: 0,
          jkt: null,
        })
        const all = [here, elsewhere, ...owners]
        const work: Promise<unknown>[] = [
          ...all.map(async (one) =>
            refresh(on, {
              refreshToken: one.refreshToken,
              clientId: 'latchkey-desktop',
              attempt: 'x',
              jkt: await one.device.jkt(),
              address: null,
            }),
          ),
          ...names.map((name) => ACTS[name](on, crew, elsewhere, here)),
          ...(signsIn
            ? [
                redeem(on, {
                  ...code,
                  clientId: 'latchkey-desktop',
                  attempt: undefined,
                  proof: undefined,
                  address: null,
                }),
              ]
            : []),
        ]
        const settled = Promise.allSettled(work)
        await scheduler.waitFor(settled)
        for (const outcome of await settled) {
          // Refused by a rule, never by a fault.
          if (outcome.status === 'rejected') expect(outcome.reason.name).toBe('LatchkeyError')
        }
        await holds(crew)
        for (const words of told.values()) expect(words).toHaveLength(1)
        for (const [id, [word]] of told)
          expect((await site.store.session(id))?.ended?.reason).toBe(word)
        for (const { sessionId } of all) {
          const ended = (await site.store.session(sessionId))?.ended
          expect(told.has(sessionId)).toBe(ended !== null)
        }
      },
    ),
    { numRuns: 150, seed: 20261124 },
  )
}, 60_000)
