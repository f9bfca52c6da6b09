import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, MINUTE, SECOND } from '../../../clock/moment.ts'
import { AuditPage } from '../../../protocol/audit.ts'
import { Closings } from '../../../protocol/closing.ts'
import { MyAccounts } from '../../../protocol/my-accounts.ts'
import { MyMembers } from '../../../protocol/my-members.ts'
import { SignInSteps, TestBrowser, whereTo } from '../../support/browser.ts'
import { expectPage, expectProblemPage } from '../../support/refusal.ts'
import { ADA, type RunningSite } from '../../support/site.ts'
import { crewWrites, OTHER, signedInAs } from '../accounts/crew.ts'
import { browserOf, eventsOf, reasonOf, startHeardSite, toldOf } from '../people/person.ts'

const ADMIN_KEY = 'test-admin-key-of-forty-characters-00000'
const ACCOUNT = ADA.account.id

let site: RunningSite
let owner: Awaited<ReturnType<typeof signedInAs>>
let plain: Awaited<ReturnType<typeof signedInAs>>

beforeEach(async () => {
  site = (await startHeardSite({ ADMIN_KEY })).site
  await site.store.commit(crewWrites())
  owner = await signedInAs(site, ADA.user.id)
  plain = await signedInAs(site, 'usr_di')
})
afterEach(() => site.close())

const roleOf = async (userId: string) => (await site.store.membership(userId, ACCOUNT))?.role

const admin = async (method: string, to: string, body?: unknown) => {
  const answer = await fetch(site.url + to, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

/** The link in the mail that went out last. */
async function lastLink(): Promise<string> {
  await site.due.run()
  const [mail] = await site.store.mails(1)
  const file = path.join(site.site.settings.data, 'outbox', `${mail?.id}.eml`)
  const [, link = ''] = /^(http\S+)\r$/m.exec(await readFile(file, 'utf8')) ?? []
  return link
}

/** Somebody who is signed in in a browser, by their name at the scripted provider. */
async function browserAs() {
  const { browser, session } = await browserOf(site)
  return { browser, session }
}

describe('members, for apps', () => {
  test('owners see who belongs to it and how to reach them; members see names', async () => {
    const all = v.parse(MyMembers, (await owner.get('/me/members')).body)
    expect(all.members.map(({ user_id, role, email, you }) => [user_id, role, email, you])).toEqual(
      [
        ['usr_ada', 'owner', 'ada@example.test', true],
        ['usr_bo', 'owner', 'bo@example.test', false],
        ['usr_cy', 'admin', 'cy@example.test', false],
        ['usr_di', 'member', 'di@example.test', false],
        ['usr_ed', 'member', 'ed@example.test', false],
      ],
    )
    await owner.act('POST', '/me/invitations', { address: 'fay@example.test', role: 'member' })
    const less = v.parse(MyMembers, (await plain.get('/me/members')).body)
    expect(less.members.map(({ email }) => email)).toEqual([
      null,
      null,
      null,
      'di@example.test',
      null,
    ])
    expect(less.invitations).toEqual([])
  })

  test('another role: told to services, and in the token at the next refresh', async () => {
    const answer = await owner.act('POST', '/me/members/usr_di', { role: 'admin' })
    expect(answer.status).toBe(200)
    expect(eventsOf(site).map(({ payload }) => payload)).toMatchObject([
      { type: 'membership.changed', data: { user_id: 'usr_di', role: 'admin', actor: 'user' } },
    ])
    expect(await reasonOf(site, plain.sessionId)).toBeUndefined()
    const { body } = await plain.device.refresh(plain.refreshToken)
    const claims = JSON.parse(
      Buffer.from(String(body.access_token).split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(claims.account).toEqual({ id: ACCOUNT, name: ADA.account.name, role: 'admin' })
  })

  test('whoever is removed is signed out of this account, and of no other', async () => {
    const elsewhere = await signedInAs(site, 'usr_di', OTHER.id)
    const answer = await owner.act('DELETE', '/me/members/usr_di')
    expect(answer.body).toEqual({ ended: [plain.sessionId] })
    expect(await reasonOf(site, elsewhere.sessionId)).toBeUndefined()
    expect((await elsewhere.get('/me')).status).toBe(200)
    expect((await plain.get('/me')).body.reason).toBe('membership_removed')
    const log = await site.store.audit({ userId: 'usr_di', limit: 9 })
    expect(log.find(({ act }) => act === 'session_ended')).toMatchObject({
      actor: 'admin',
      byUserId: ADA.user.id,
      userId: 'usr_di',
    })
    const kinds = eventsOf(site).map(({ payload }) => payload.type)
    expect(kinds).toEqual(['session.ended', 'membership.changed'])
  })

  test.each([
    ['POST', '/me/members/usr_ed', { role: 'member' }],
    ['POST', '/me/members/usr_di', { role: 'owner' }],
    ['DELETE', '/me/members/usr_ed', undefined],
    ['DELETE', '/me/members/usr_bo', undefined],
    ['POST', '/me/invitations', { address: 'x@example.test', role: 'member' }],
    ['DELETE', '/me/invitations/inv_1', undefined],
    ['POST', '/me/account/close', { reason: 'other' }],
    ['POST', '/me/account', { account_id: 'acc_nobody' }],
  ] as const)('a member may not %s %s', async (method, to, body) => {
    const answer = await plain.act(method, to, body)
    expect([answer.status, answer.body.error]).toEqual([403, 'access_denied'])
    expect(eventsOf(site)).toEqual([])
    expect((await site.store.account(ACCOUNT))?.closed).toBeNull()
    expect(await site.store.mails(9)).toEqual([])
  })

  test.each([
    ['POST', '/me/members/usr_eve', { role: 'admin' }, 'not_found'],
    ['DELETE', '/me/members/usr_eve', undefined, 'not_found'],
    ['POST', '/me/members/usr_di', { role: 'king' }, 'invalid_request'],
    ['POST', '/me/members/usr_di', {}, 'invalid_request'],
    ['POST', '/me/invitations', { address: 'nobody', role: 'member' }, 'invalid_request'],
    [
      'POST',
      '/me/invitations',
      { address: 'a@b.c\r\nBcc: x@y.z', role: 'member' },
      'invalid_request',
    ],
    ['POST', '/me/invitations', { address: 'x@example.test' }, 'invalid_request'],
    ['DELETE', '/me/invitations/inv_none', undefined, 'not_found'],
    ['POST', '/me/account', {}, 'invalid_request'],
    ['POST', '/me/account/close', { reason: 'bored' }, 'invalid_request'],
    ['POST', '/me/account/close', { reason: 'other', words: 'x'.repeat(1001) }, 'invalid_request'],
    ['POST', '/me/delete', { confirm: 'bo@example.test' }, 'invalid_request'],
  ] as const)('%s %s %j: %s', async (method, to, body, error) => {
    expect((await owner.act(method, to, body)).body.error).toBe(error)
    expect(eventsOf(site)).toEqual([])
  })

  test.each([
    ['POST', '/me/members/usr_di', { role: 'admin' }],
    ['DELETE', '/me/members/usr_di', undefined],
    ['POST', '/me/invitations', { address: 'fay@example.test', role: 'member' }],
    ['POST', '/me/account/close', { reason: 'other' }],
    ['POST', '/me/delete', { confirm: 'ada@example.test' }],
  ] as const)('%s %s takes a fresh sign-in', async (method, to, body) => {
    site.clock.advance(10 * MINUTE + SECOND)
    const answer = await owner.act(method, to, body)
    expect([answer.status, answer.body.error]).toEqual([401, 'insufficient_user_authentication'])
    expect(answer.headers.get('www-authenticate')).toMatch(/max_age=600$/)
    expect(eventsOf(site)).toEqual([])
  })
})

describe('going on with another account', () => {
  test('the same session and deadlines; the token of before is refused here, the next one says it', async () => {
    const before = await site.store.session(plain.sessionId)
    const listed = v.parse(MyAccounts, (await plain.get('/me/accounts')).body)
    expect(listed.accounts.map(({ id, current }) => [id, current])).toEqual([
      [ACCOUNT, true],
      [OTHER.id, false],
    ])
    const answer = await plain.act('POST', '/me/account', { account_id: OTHER.id })
    expect(answer.body).toEqual({
      account: { id: OTHER.id, name: OTHER.name, role: 'owner' },
      refresh: 'now',
    })
    // "Close my account" must mean the one that its sender sees.
    const stale = await plain.act('POST', '/me/account/close', { reason: 'other' })
    expect([stale.status, stale.body.error, stale.body.reason]).toEqual([
      401,
      'invalid_token',
      undefined,
    ])
    const { body } = await plain.device.refresh(plain.refreshToken)
    expect((await plain.device.get('/me', String(body.access_token))).body.account).toMatchObject({
      id: OTHER.id,
    })
    const after = await site.store.session(plain.sessionId)
    expect([after?.createdAt, after?.authTime, after?.ended]).toEqual([
      before?.createdAt,
      before?.authTime,
      null,
    ])
    expect(eventsOf(site)).toEqual([])
  })

  test('what ends the account before leaves the session alone, and says until when its token may be seen', async () => {
    await plain.act('POST', '/me/account', { account_id: OTHER.id })
    await owner.act('DELETE', '/me/members/usr_di')
    expect(await reasonOf(site, plain.sessionId)).toBeUndefined()
    const [told] = eventsOf(site)
    expect(told?.payload).toMatchObject({
      type: 'membership.changed',
      data: { user_id: 'usr_di', account_id: ACCOUNT, role: null },
    })
    const { accessEndsAt } = (await site.store.session(plain.sessionId)) ?? { accessEndsAt: NaN }
    const exp = told?.payload.type === 'membership.changed' ? (told.payload.data.exp ?? 0) : 0
    expect(exp * SECOND).toBeGreaterThanOrEqual(accessEndsAt)
  })

  test.each(['acc_nobody', 'closed'])('to %s: refused as if it were not there', async (to) => {
    await site.store.commit([
      {
        table: 'account',
        put: { ...OTHER, closed: to === 'closed' ? { at: 1, actor: 'user' } : null },
      },
    ])
    const account_id = to === 'closed' ? OTHER.id : to
    const answer = await plain.act('POST', '/me/account', { account_id })
    expect(answer.body.error).toBe('access_denied')
  })
})

describe('an invitation', () => {
  const invite = (address = 'fay@example.test', role = 'member') =>
    owner.act('POST', '/me/invitations', { address, role })

  test('from the mail to membership: opening it changes nothing, accepting it once does', async () => {
    await site.store.commit([
      { table: 'membership', remove: ADA.membership.id },
      { table: 'account', put: { ...OTHER, id: 'acc_own' } },
      {
        table: 'membership',
        put: { ...ADA.membership, id: 'usr_ada:acc_own', accountId: 'acc_own' },
      },
    ])
    const bo = await signedInAs(site, 'usr_bo')
    await bo.act('POST', '/me/invitations', { address: 'fay@example.test', role: 'admin' })
    const link = await lastLink()
    const guest = new TestBrowser(site)
    const opened = await guest.get(link)
    expect([opened.status, opened.headers.location]).toEqual([303, '/account/invitation'])
    const page = await guest.get('/account/invitation')
    expectPage(page)
    expect(page.body).toContain('bo invites you to join Ada’s as an administrator')
    expect(page.body).toContain('fay@example.test')
    expect(page.body).not.toContain(link.slice(link.lastIndexOf('.')))
    expect(page.body).toContain('Sign in to accept')
    expect(await roleOf(ADA.user.id)).toBeUndefined()
    expect((await guest.post('/account/invitation', {})).headers.location).toBe('/')

    // She signs in by an address that is not the invited one.
    await new SignInSteps(guest, { return_to: '/account/invitation' }).all()
    expect((await guest.get('/account/invitation')).body).toContain('Accept as Ada')
    expect((await guest.post('/account/invitation', {})).status).toBe(303)
    expect(await roleOf(ADA.user.id)).toBe('admin')
    expect((await guest.get('/account/invitation')).body).toContain('You belong to Ada’s')
    await guest.post('/account/switch', { account: ACCOUNT })
    expect((await guest.get('/account')).body).toContain('(admin)')

    const again = await guest.post('/account/invitation', {})
    expectProblemPage(again, { status: 403 })
    expect(again.body).toContain('used once')
  })

  test('forged, withdrawn, replaced and expired ones say so in words', async () => {
    const guest = new TestBrowser(site)
    await invite()
    const first = await lastLink()
    await invite('FAY@example.test')
    const second = await lastLink()
    expect(second).not.toBe(first)
    const read = async (link: string) => {
      await guest.get(link)
      return (await guest.get('/account/invitation')).body
    }
    expect(await read(first)).toContain('withdrawn')
    expect(await read(second)).toContain('Sign in to accept')
    const { invitations } = v.parse(MyMembers, (await owner.get('/me/members')).body)
    expect(invitations).toHaveLength(1)
    await owner.act('DELETE', `/me/invitations/${invitations[0]?.id}`)
    expect(await read(second)).toContain('withdrawn')
    expectProblemPage(
      await guest.get(`${second.slice(0, -1)}${second.endsWith('A') ? 'B' : 'A'}`),
      {
        status: 404,
      },
    )
    expectProblemPage(await new TestBrowser(site).get('/account/invitation'), { status: 404 })
    await invite('gil@example.test')
    const third = await lastLink()
    site.clock.advance(7 * DAY)
    expect(await read(third)).toContain('expired')
    site.clock.advance(31 * DAY)
    await site.due.run()
    const forgotten = await guest.get(third)
    expect(forgotten.body).toContain('expired')
  })

  describe('to somebody who has no account left', () => {
    const join = async () => {
      const bo = await signedInAs(site, 'usr_bo')
      await bo.act('DELETE', `/me/members/${ADA.user.id}`)
      await bo.act('POST', '/me/invitations', { address: 'fay@example.test', role: 'member' })
      const guest = new TestBrowser(site)
      await guest.get(await lastLink())
      const steps = (to: string) => new SignInSteps(guest, { return_to: to }).all()
      return { bo, guest, steps }
    }

    test('lets them in by saying yes on the way, and not before', async () => {
      const { guest, steps } = await join()
      // Without the wish to accept, an opened link is no key to anything.
      expectProblemPage(await steps('/account'), { status: 403 })
      const chooser = whereTo(await steps('/account/invitation'))
      expect(chooser.pathname).toBe('/signin/choose')
      const page = await guest.get(chooser.href)
      expectPage(page)
      expect(page.body).toContain('Join Ada’s?')
      expect(await roleOf(ADA.user.id)).toBeUndefined()
      const signin = chooser.searchParams.get('signin') ?? ''
      const stranger = await guest.post('/signin/choose', { signin, account: OTHER.id })
      expectProblemPage(stranger, { status: 400 })
      await guest.post('/signin/choose', { signin, account: ACCOUNT })
      expect(await roleOf(ADA.user.id)).toBe('member')
      expect((await guest.get('/account/invitation')).body).toContain('You belong to Ada’s')
    })

    test('withdrawn meanwhile: says so, and lets nobody in', async () => {
      const { bo, guest, steps } = await join()
      const chooser = whereTo(await steps('/account/invitation'))
      const { invitations } = v.parse(MyMembers, (await bo.get('/me/members')).body)
      await bo.act('DELETE', `/me/invitations/${invitations[0]?.id}`)
      const page = await guest.get(chooser.href)
      expectProblemPage(page, { status: 403 })
      expect(page.body).toContain('withdrawn')
      const signin = chooser.searchParams.get('signin') ?? ''
      await guest.post('/signin/choose', { signin, account: ACCOUNT })
      expect(await roleOf(ADA.user.id)).toBeUndefined()
    })

    test('everything of theirs was ended after they proved themselves: they do not get in by it', async () => {
      const { guest, steps } = await join()
      const chooser = whereTo(await steps('/account/invitation'))
      await admin('POST', `/admin/users/${ADA.user.id}/password-reset`)
      const signin = chooser.searchParams.get('signin') ?? ''
      expectProblemPage(await guest.post('/signin/choose', { signin, account: ACCOUNT }), {
        status: 403,
      })
      expect(await roleOf(ADA.user.id)).toBeUndefined()
    })
  })

  test('of somebody who was removed since opens nothing', async () => {
    const cy = await signedInAs(site, 'usr_cy')
    await cy.act('POST', '/me/invitations', { address: 'backdoor@example.test', role: 'member' })
    const link = await lastLink()
    await owner.act('DELETE', '/me/members/usr_cy')
    const guest = new TestBrowser(site)
    await guest.get(link)
    expect((await guest.get('/account/invitation')).body).toContain('withdrawn')
  })

  test('never has its link in the log', async () => {
    await invite()
    const link = await lastLink()
    await new TestBrowser(site).get(link)
    expect(site.log()).toContain('/invitation/:link')
    expect(site.log()).not.toContain(link.slice(link.lastIndexOf('.')))
  })
})

describe('deleting', () => {
  test('whoever alone owns an account with others in it is told what to do first', async () => {
    await owner.act('DELETE', '/me/members/usr_bo')
    const answer = await owner.act('POST', '/me/delete', { confirm: 'ada@example.test' })
    expect(answer.status).toBe(403)
    expect(answer.body.error_description).toContain("Nobody else owns Ada's")
  })

  test('wipes who they were, closes what is theirs alone, and knows them when they come back', async () => {
    const { browser } = await browserAs()
    await owner.act('DELETE', '/me/members/usr_di')
    await owner.act('POST', '/me/delete', { confirm: 'ada@example.test' })
    const user = await site.store.user(ADA.user.id)
    expect(user).toMatchObject({ name: 'Deleted user', email: null, identities: [] })
    expect(await site.store.membershipsOfUser(ADA.user.id)).toEqual([])
    expect((await site.store.account(ACCOUNT))?.closed).toBeNull()
    expect((await browser.get('/')).body).toContain('This user no longer exists')
    const back = await new SignInSteps(new TestBrowser(site), {}).all()
    expectProblemPage(back, { status: 403 })
    expect(back.body).toContain('This user no longer exists')

    const di = await signedInAs(site, 'usr_di', OTHER.id)
    await di.act('POST', '/me/delete', { confirm: 'di@example.test' })
    expect((await site.store.account(OTHER.id))?.closed).toMatchObject({ actor: 'user' })
    expect(eventsOf(site).map(({ payload }) => payload.type)).toContain('account.closed')
    const entries = await site.store.audit({ limit: 100 })
    expect(JSON.stringify(entries)).not.toMatch(/example\.test|"Ada"/)
  })
})

describe('those who run the site', () => {
  test('close, read why people left, and open again', async () => {
    await owner.act('POST', '/me/account/close', { reason: 'switched', words: 'To paper.' })
    await admin('POST', `/admin/accounts/${OTHER.id}/close`, {})
    const { closings } = v.parse(Closings, (await admin('GET', '/admin/closings')).body)
    expect(
      closings.map(({ account_id, actor, reason, words }) => [account_id, actor, reason, words]),
    ).toEqual([
      [OTHER.id, 'admin', null, null],
      [ACCOUNT, 'user', 'switched', 'To paper.'],
    ])
    expect((await admin('POST', `/admin/accounts/${ACCOUNT}/reopen`)).status).toBe(200)
    const again = await signedInAs(site, ADA.user.id)
    expect((await again.get('/me')).body.subscription).toMatchObject({ status: 'canceled' })
    expect((await admin('POST', '/admin/accounts/acc_none/close', {})).status).toBe(404)
  })

  test('delete a person, once', async () => {
    expect((await admin('DELETE', '/admin/users/usr_di')).body.ended).toEqual([plain.sessionId])
    expect(toldOf(eventsOf(site), plain.sessionId)).toEqual(['user_deleted by admin'])
    expect((await admin('DELETE', '/admin/users/usr_di')).status).toBe(404)
  })
})

describe('the pages', () => {
  test('with a doubled parameter, an act that isn’t one, or from another origin: nothing is done', async () => {
    const { browser } = await browserAs()
    const page = '/account/members'
    expectProblemPage(await browser.post(page, { do: 'crown', member: 'usr_di' }), { status: 400 })
    expectProblemPage(await browser.post(page, { do: 'role', member: 'usr_di', role: 'king' }), {
      status: 400,
    })
    expectProblemPage(
      await browser.post(page, { do: 'remove', member: 'usr_di' }, { origin: 'https://evil.test' }),
      { status: 403 },
    )
    expectProblemPage(await browser.post('/account/delete', { confirm: 'ada' }), { status: 400 })
    expectProblemPage(await browser.post('/account/close', { words: 'no reason' }), { status: 400 })
    expect(await roleOf('usr_di')).toBe('member')
    expect(eventsOf(site)).toEqual([])
  })

  test('eleven minutes after the sign-in they say what to do first, and do nothing', async () => {
    const { browser } = await browserAs()
    site.clock.advance(11 * MINUTE)
    for (const [to, form] of [
      ['/account/members', { do: 'remove', member: 'usr_di' }],
      ['/account/close', { reason: 'other' }],
      ['/account/delete', { confirm: 'ada@example.test' }],
    ] as const) {
      expect((await browser.post(to, form)).headers.location).toBe(to)
      expect((await browser.get(to)).body).toContain('Sign in again')
    }
    expect(eventsOf(site)).toEqual([])
    expect(await roleOf('usr_di')).toBe('member')
  })

  test('activity reads as sentences, page by page, and says where from to whom that is for', async () => {
    const { browser } = await browserAs()
    for (let n = 0; n < 16; n++) {
      const role = n % 2 ? 'member' : 'admin'
      await browser.post('/account/members', { do: 'role', member: 'usr_di', role })
    }
    await browser.post('/account/members', {
      do: 'invite',
      address: 'fay@example.test',
      role: 'owner',
    })
    const mine = await browser.get('/account/activity')
    expectPage(mine)
    expect(mine.body).toContain('You invited somebody as owner.')
    expect(mine.body).toContain('You made di administrator, before member.')
    expect(mine.body).toContain('from 127.0.0.1')
    expect(mine.body).not.toContain('fay@')
    const account = await browser.get('/account/activity?of=account')
    expect(account.body).toContain('di signed in with Latchkey for desktop.')

    for (let n = 0; n < 16; n++) {
      const role = n % 2 ? 'member' : 'admin'
      await browser.post('/account/members', { do: 'role', member: 'usr_ed', role })
    }
    const first = await browser.get('/account/activity?of=account')
    const [, older = ''] = /href="([^"]+)">Older/.exec(first.body) ?? []
    const second = await browser.get(older.replaceAll('&amp;', '&'))
    expect(second.body).toContain('di signed in with Latchkey for desktop.')
    expect(second.body).not.toContain('>Older<')

    // Di reads what was done to her, and not from where.
    const answer = v.parse(AuditPage, (await plain.get('/me/audit')).body)
    const role = answer.entries.find(({ act }) => act === 'role_changed')
    expect([role?.by_user_id, role?.address, role?.by_session_id]).toEqual([
      ADA.user.id,
      null,
      null,
    ])
    expect((await plain.get('/me/audit?of=account')).status).toBe(403)
    expect((await plain.get('/me/audit?of=all')).status).toBe(400)
    expectProblemPage(await browser.get('/account/activity?of=you&of=account'), { status: 400 })
  })

  test('whoever was turned away because logins are off reads who can help', async () => {
    await site.store.commit([
      {
        table: 'user',
        put: { ...ADA.user, loginsDisabled: { at: 1, actor: 'admin', mode: 'now' } },
      },
    ])
    const answer = await new SignInSteps(new TestBrowser(site), {}).all()
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('Who can help')
    expect(answer.body).toContain('Sign in as somebody else')
  })
})
