import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, toSeconds } from '../../../clock/moment.ts'
import { changeAccount } from '../../../idp/accounts/change.ts'
import { decideClosing } from '../../../idp/accounts/closing.ts'
import { byPerson } from '../../../idp/audit/by.ts'
import { changePlan } from '../../../idp/plans/change.ts'
import { refresh } from '../../../idp/sessions/refresh.ts'
import type { Membership, Subscription, User } from '../../../idp/store/records.ts'
import { CLAIMS_CHANGED } from '../../../protocol/claims-changed.ts'
import { SignInSteps, TestBrowser } from '../../support/browser.ts'
import { expectPage, expectProblemPage } from '../../support/refusal.ts'
import { ADA, type RunningSite } from '../../support/site.ts'
import { browserOf, byAda, eventsOf, signedIn, startHeardSite } from '../people/person.ts'
import { temporaryFolder } from '../store/folder.ts'
import { anAccount, openQuietly, T0 } from '../store/records.ts'

const PLAN = '/account/plan'
const ACCOUNT = ADA.account.id

let site: RunningSite

beforeEach(async () => {
  ;({ site } = await startHeardSite({ ADMIN_KEY: 'test-admin-key-of-forty-characters-00000' }))
  await onTrial()
})
afterEach(() => site.close())

/** Gives Ada's account a subscription: a trial of 30 days, unless told otherwise. */
async function onTrial(more: Partial<Subscription> = {}) {
  const account = await accountNow()
  const subscription: Subscription = {
    id: 'sub_ada',
    plan: 'trial',
    status: 'trialing',
    trialEndsAt: site.clock.now() + 30 * DAY,
    periodEndsAt: null,
    ...more,
  }
  await site.store.commit([{ table: 'account', put: { ...account, subscription } }])
}

async function accountNow() {
  const account = await site.store.account(ACCOUNT)
  if (!account) throw new Error('There is no account.')
  return account
}

const subscription = async () => (await accountNow()).subscription

/** The next days, with all that is due on the way. */
async function days(count: number) {
  site.clock.advance(count * DAY)
  return (await site.due.run()).map(({ name }) => name)
}

const told = () =>
  eventsOf(site).flatMap(({ payload }) =>
    payload.type === 'subscription.changed'
      ? `${payload.data.subscription.plan} ${payload.data.subscription.status} by ${payload.data.actor}`
      : [],
  )

const audited = async () =>
  (await site.store.audit({ accountId: ACCOUNT, limit: 100 }))
    .filter(({ act }) => act === 'plan_changed')
    .map(({ actor, details }) => `${details.change} by ${actor}`)
    .toReversed()

const mailed = async () => (await site.store.mails(100)).map(({ says }) => says.kind).toReversed()

/** The newest mail, once it went out. */
async function newestMail(): Promise<string> {
  await site.due.run()
  const [newest] = await site.store.mails(1)
  const file = path.join(site.site.settings.data, 'outbox', `${newest?.id}.eml`)
  return readFile(file, 'utf8')
}

/** The paths of the links in the newest mail that choose a plan. */
async function linksMailed(): Promise<readonly string[]> {
  const links = (await newestMail()).match(/http:\S+\/plan\/\S+/g) ?? []
  return links.map((link) => new URL(link).pathname)
}

async function addPerson(name: string, role: Membership['role']): Promise<User> {
  const user: User = {
    ...ADA.user,
    id: `usr_${name}`,
    name,
    email: `${name}@example.test`,
    identities: [],
  }
  await site.store.commit([
    { table: 'user', put: user },
    {
      table: 'membership',
      put: { ...ADA.membership, id: `${user.id}:${ACCOUNT}`, userId: user.id, role },
    },
  ])
  return user
}

const admin = async (method: string, to: string, body?: unknown) => {
  const answer = await fetch(`${site.url}/admin/accounts/${to}`, {
    method,
    headers: {
      authorization: `Bearer ${site.site.settings.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

describe('by the clock', () => {
  test('day 27: reminded; day 30: the trial is over; day 37: canceled; and nobody is signed out', async () => {
    const { device, tokens } = await signedIn(site)
    expect(await days(26)).not.toContainEqual(expect.stringContaining('trial of'))
    // By now the session has run out; another one is there.
    const { tokens: later, device: phone } = await signedIn(site)
    expect(await days(1)).toContain('trial of Ada’s ends soon: its owners are reminded')
    expect([await mailed(), told(), await audited()]).toEqual([['trial_ends_soon'], [], []])

    expect(await days(3)).toContain('trial of Ada’s ends')
    expect(await mailed()).toEqual(['trial_ends_soon', 'payment_due'])
    expect([told(), await audited()]).toEqual([
      ['trial past_due by system'],
      ['trial_ended by system'],
    ])
    expect((await subscription()).graceEndsAt).toBeGreaterThanOrEqual(site.clock.now() + 6 * DAY)
    const refreshed = await phone.refresh(later.refresh_token)
    expect(refreshed.status).toBe(200)
    const me = await phone.get('/me', String(refreshed.body.access_token))
    expect(me.body.subscription).toMatchObject({ status: 'past_due' })

    expect(await days(7)).toContain('plan of Ada’s is canceled')
    expect(await mailed()).toEqual(['trial_ends_soon', 'payment_due', 'plan_canceled'])
    expect(told().at(-1)).toBe('trial canceled by system')
    expect((await phone.refresh(String(refreshed.body.refresh_token))).status).toBe(200)
    expect(await days(100)).not.toContainEqual(expect.stringContaining('Ada’s'))
    expect((await device.refresh(tokens.refresh_token)).body.reason).toBe('idle_expired')
  })

  test('a site that was down from day 20 to day 60: past due then, with the whole grace ahead', async () => {
    await days(60)
    expect((await subscription()).status).toBe('past_due')
    expect(await mailed()).toEqual(['payment_due'])
    await days(6)
    expect((await subscription()).status).toBe('past_due')
    await days(1)
    expect((await subscription()).status).toBe('canceled')
    expect(await audited()).toEqual(['trial_ended by system', 'canceled by system'])
  })

  test('a closed account’s plan is left alone, and nobody is written to', async () => {
    await changeAccount(site.site, ACCOUNT, byAda, 'everybody', (view, now) =>
      decideClosing(view, undefined, byAda, 0, now),
    )
    await onTrial()
    await days(60)
    expect([await mailed(), told()]).toEqual([[], []])
  })

  test('those who own or administer it are written to, members are not', async () => {
    const grace = await addPerson('grace', 'admin')
    await addPerson('max', 'member')
    await days(27)
    const to = (await site.store.mails(10)).map(({ to }) => to.kind === 'person' && to.userId)
    expect(to.toSorted()).toEqual([ADA.user.id, grace.id])
  })
})

test('a restart forgets nothing of what is to come', async () => {
  const folder = await temporaryFolder()
  const trialing = anAccount('acc_1')
  const pastDue = anAccount('acc_2', {
    subscription: { ...trialing.subscription, status: 'past_due', graceEndsAt: T0 + 20 * DAY },
  })
  const closed = anAccount('acc_3', { closed: { at: T0, actor: 'user' } })
  const before = await openQuietly(folder)
  await before.commit([trialing, pastDue, closed].map((put) => ({ table: 'account', put })))
  await before.close()
  const after = await openQuietly(folder)
  expect(await after.nextDue()).toBe(T0 + 20 * DAY)
  const due = await after.dueRecords(T0 + 27 * DAY, 10)
  expect(due.map(({ at, record }) => [record.id, at])).toEqual([
    ['acc_2', T0 + 20 * DAY],
    ['acc_1', T0 + 27 * DAY],
  ])
  await after.close()
})

describe('by the person', () => {
  test('on the page: chooses, cancels, keeps it; each once, with who and from where', async () => {
    const { browser, session } = await browserOf(site)
    const page = await browser.get(PLAN)
    expectPage(page)
    expect(page.body).toContain('On trial; the trial ends')
    for (const form of [{ plan: 'pro' }, { plan: 'pro' }, { do: 'cancel' }, { do: 'cancel' }]) {
      expect((await browser.post(PLAN, form)).headers.location).toBe(PLAN)
    }
    expect((await browser.get('/account/activity')).body).toContain('You chose the plan pro.')
    expect((await browser.get(PLAN)).body).toContain(
      'It is canceled then, and nothing is to be paid.',
    )
    await browser.post(PLAN, { do: 'resume' })
    expect(await audited()).toEqual(['chosen by user', 'cancel_asked by user', 'resumed by user'])
    const [entry] = await site.store.audit({ accountId: ACCOUNT, limit: 1 })
    expect(entry).toMatchObject({
      byUserId: ADA.user.id,
      bySessionId: session.id,
      address: '127.0.0.1',
    })
    // That it was to end is no claim of tokens.
    expect(told()).toEqual(['pro trialing by user'])
  })

  test('a member sees, and can’t change; an administrator can', async () => {
    const { browser } = await browserOf(site)
    const role = (role: Membership['role']) =>
      site.store.commit([{ table: 'membership', put: { ...ADA.membership, role } }])
    await role('member')
    const page = (await browser.get(PLAN)).body
    expect(page).toContain('Those who own or administer the account choose its plan.')
    expect(page).not.toContain('<button')
    expectProblemPage(await browser.post(PLAN, { plan: 'pro' }), { status: 403 })
    expect((await subscription()).plan).toBe('trial')
    await role('admin')
    await browser.post(PLAN, { plan: 'pro' })
    expect((await subscription()).plan).toBe('pro')
  })

  test.each([
    [{}, 400],
    [{ plan: 'gold' }, 400],
    [{ plan: 'trial' }, 400],
    [{ plan: '' }, 400],
    [{ do: 'charge' }, 400],
    [{ do: 'paid' }, 400],
  ])('a form that asks for nothing we know: %j', async (form, status) => {
    const { browser } = await browserOf(site)
    expectProblemPage(await browser.post(PLAN, form), { status })
    expect(await audited()).toEqual([])
  })

  test('a form that no page of ours sent', async () => {
    const { browser } = await browserOf(site)
    for (const headers of [
      { origin: 'https://evil.test' },
      { 'sec-fetch-site': 'cross-site' },
      {},
    ]) {
      expectProblemPage(await browser.post(PLAN, { plan: 'team' }, headers), { status: 403 })
    }
    expect(await audited()).toEqual([])
  })

  test('of nobody: to the sign-in, and back', async () => {
    const stranger = new TestBrowser(site)
    const asked = new URL((await stranger.get(PLAN)).headers.location ?? '', site.url)
    const back = await new SignInSteps(stranger, Object.fromEntries(asked.searchParams)).all()
    expect(back.headers.location).toBe(site.url + PLAN)
  })

  test('by the client, in JSON; the old token is told that it is old, and the new one is not', async () => {
    const { device, tokens } = await signedIn(site)
    const before = await device.get('/me/plan', tokens.access_token)
    expect(before.body).toMatchObject({
      subscription: { plan: 'trial', status: 'trialing' },
      may_change: true,
      plans: [{ name: 'pro' }, { name: 'team' }],
    })
    expect(before.headers.get(CLAIMS_CHANGED)).toBeNull()
    const chosen = await device.act('POST', '/me/plan', tokens.access_token, {
      do: 'choose',
      plan: 'team',
    })
    expect(chosen.body).toMatchObject({ subscription: { plan: 'team', status: 'trialing' } })
    const me = await device.get('/me', tokens.access_token)
    expect([me.status, me.headers.get(CLAIMS_CHANGED)]).toEqual([
      200,
      expect.stringMatching(/^\d{10}$/),
    ])
    const { body } = await device.refresh(tokens.refresh_token)
    const after = await device.get('/me', String(body.access_token))
    expect(after.body.subscription).toMatchObject({ plan: 'team' })
    expect(after.headers.get(CLAIMS_CHANGED)).toBeNull()
  })

  test('another role, another name: that the token is old is told as well', async () => {
    const { device, tokens } = await signedIn(site)
    await site.store.commit([{ table: 'membership', put: { ...ADA.membership, role: 'admin' } }])
    expect(
      (await device.get('/me', tokens.access_token)).headers.get(CLAIMS_CHANGED),
    ).not.toBeNull()
  })

  test.each([
    ['nothing', undefined, 415],
    ['no wish', {}, 400],
    ['a wish that is none', { do: 'paid' }, 400],
    ['no plan', { do: 'choose' }, 400],
    ['a plan that is none', { do: 'choose', plan: 'gold' }, 400],
    ['a plan of another type', { do: 'choose', plan: ['pro'] }, 400],
  ])('JSON with %s: refused', async (_, body, status) => {
    const { device, tokens } = await signedIn(site)
    expect((await device.act('POST', '/me/plan', tokens.access_token, body)).status).toBe(status)
    expect(await audited()).toEqual([])
  })
})

describe('by a link from a mail', () => {
  beforeEach(async () => {
    await days(27)
  })

  test('opening it does nothing; a press chooses, without a sign-in, once', async () => {
    const [pro = '', team = ''] = await linksMailed()
    const browser = new TestBrowser(site)
    for (let scanner = 0; scanner < 3; scanner++) {
      const page = await browser.get(pro)
      expectPage(page)
      expect(page.body).toContain('Pro for Ada’s?')
    }
    expect(await audited()).toEqual([])
    const pressed = await browser.post(pro, {})
    expect([pressed.status, pressed.headers.location]).toEqual([303, pro])
    expect((await browser.get(pro)).body).toContain('Pro is chosen for Ada’s')
    expect(await subscription()).toMatchObject({ plan: 'pro', status: 'trialing' })
    expect(browser.jar.size).toBe(0)
    const [entry] = await site.store.audit({ accountId: ACCOUNT, limit: 1 })
    expect(entry).toMatchObject({
      act: 'plan_changed',
      actor: 'user',
      byUserId: ADA.user.id,
      bySessionId: null,
      address: '127.0.0.1',
      details: { change: 'chosen', plan: 'pro', by: 'mailed_link' },
    })
    // Twice is once, and the other one of the same mail is used up too.
    await browser.post(pro, {})
    expectProblemPage(await browser.post(team, {}), { status: 403 })
    expect((await browser.get(team)).body).toContain('Something was chosen since')
    expect(await audited()).toEqual(['chosen by user'])
  })

  test('day 30, past due: the reminder’s link still chooses; day 41: it has expired', async () => {
    const [pro = ''] = await linksMailed()
    await days(3)
    const browser = new TestBrowser(site)
    expect((await browser.get(pro)).body).toContain('A payment is due')
    await days(11)
    expectProblemPage(await browser.get(pro), { status: 403 })
    expectProblemPage(await browser.post(pro, {}), { status: 403 })
    expect((await subscription()).plan).toBe('trial')
  })

  test('after the end, a choice by link begins nothing before it is paid', async () => {
    await days(3)
    const [, team = ''] = await linksMailed()
    await days(7)
    const browser = new TestBrowser(site)
    await browser.post(team, {})
    expect((await browser.get(team)).body).toContain('Waiting for the payment')
    expect(await subscription()).toMatchObject({ plan: 'team', status: 'canceled' })
    expect((await admin('POST', `${ACCOUNT}/subscription/paid`, {})).status).toBe(200)
    expect(await subscription()).toMatchObject({
      plan: 'team',
      status: 'active',
    })
  })

  test('something was chosen on the page meanwhile: the link does nothing any more', async () => {
    const [pro = ''] = await linksMailed()
    await changePlan(site.site, ACCOUNT, { kind: 'cancel' }, byAda)
    expectProblemPage(await new TestBrowser(site).post(pro, {}), { status: 403 })
  })

  test.each<[string, (link: string) => string, number]>([
    ['another plan', (link) => link.replace('/plan/pro-', '/plan/team-'), 404],
    ['another account', (link) => link.replace('acc_ada', 'acc_bob'), 404],
    ['a later use', (link) => link.replace('-0-', '-1-'), 404],
    ['a later end', (link) => link.replace(/\.(\d)/, '.9'), 404],
    ['half of it', (link) => link.slice(0, -20), 404],
    ['nothing but a word', () => '/plan/pro', 404],
    ['a null', () => '/plan/%00', 404],
    ['bad escapes', () => '/plan/%E0%A4%A', 404],
    ['17 KiB', () => `/plan/${'a'.repeat(15_000)}`, 404],
  ])('one that was tampered with is refused: %s', async (_, tamper, status) => {
    const [pro = ''] = await linksMailed()
    const browser = new TestBrowser(site)
    expectProblemPage(await browser.get(tamper(pro)), { status })
    expectProblemPage(await browser.post(tamper(pro), {}), { status })
    expect(await audited()).toEqual([])
  })

  test('one that was signed for something else opens no plan', async () => {
    const subject = `pro-0-${ADA.user.id}-${ACCOUNT}`
    const expiresAt = site.clock.now() + DAY
    const signed = site.site.links.sign({ purpose: 'invitation', subject, expiresAt })
    expectProblemPage(await new TestBrowser(site).get(`/plan/${signed}`), { status: 404 })
  })

  test('a form that no page of ours sent', async () => {
    const [pro = ''] = await linksMailed()
    const browser = new TestBrowser(site)
    for (const headers of [{ origin: 'https://evil.test' }, {}]) {
      expectProblemPage(await browser.post(pro, {}, headers), { status: 403 })
    }
    expect(await audited()).toEqual([])
  })

  test.each<[string, () => Promise<unknown>]>([
    [
      'is a member only',
      () =>
        site.store.commit([{ table: 'membership', put: { ...ADA.membership, role: 'member' } }]),
    ],
    ['has left', () => site.store.commit([{ table: 'membership', remove: ADA.membership.id }])],
    [
      'has logins disabled',
      async () => {
        const user = (await site.store.user(ADA.user.id)) ?? ADA.user
        const loginsDisabled = { at: 1, actor: 'user', mode: 'now' } as const
        return site.store.commit([{ table: 'user', put: { ...user, loginsDisabled } }])
      },
    ],
    [
      'closed the account',
      async () => {
        const closed = { at: 1, actor: 'user' } as const
        return site.store.commit([{ table: 'account', put: { ...(await accountNow()), closed } }])
      },
    ],
  ])('whoever it was mailed to %s: it is not good any more', async (_, change) => {
    const [pro = ''] = await linksMailed()
    await change()
    const browser = new TestBrowser(site)
    expectProblemPage(await browser.get(pro), { status: 403 })
    expectProblemPage(await browser.post(pro, {}), { status: 403 })
    expect(await audited()).toEqual([])
  })

  test('the store and the log hold no link', async () => {
    const [pro = ''] = await linksMailed()
    await new TestBrowser(site).get(pro)
    const mac = pro.slice(-43)
    expect(JSON.stringify(await site.store.mails(10))).not.toContain(mac)
    expect(site.log()).not.toContain(mac)
  })
})

describe('by the billing system', () => {
  const at = (count: number) => toSeconds(site.clock.now() + count * DAY)

  test('a period was paid: active; told twice, late or out of order changes nothing', async () => {
    const paid = `${ACCOUNT}/subscription/paid`
    const until = at(60)
    expect((await admin('POST', paid, { plan: 'pro', period_ends_at: until })).body).toMatchObject({
      subscription: { plan: 'pro', status: 'active', trial_ends_at: null, period_ends_at: until },
    })
    for (const body of [
      {},
      { period_ends_at: until },
      { period_ends_at: at(30) },
      { period_ends_at: 1 },
    ]) {
      expect((await admin('POST', paid, body)).body.subscription.period_ends_at).toBe(until)
    }
    expect([await audited(), told()]).toEqual([['paid by admin'], ['pro active by admin']])
    expect(await mailed()).toEqual([])
  })

  test('all of it, and how it stands', async () => {
    const path = `${ACCOUNT}/subscription`
    const said = {
      plan: 'enterprise',
      status: 'active',
      trial_ends_at: null,
      period_ends_at: at(90),
      cancels_at_end: true,
    }
    const { body } = await admin('PUT', path, said)
    expect(body).toMatchObject({ subscription: { plan: 'enterprise' }, cancels_at_end: true })
    expect((await admin('GET', path)).body).toEqual(body)
    await days(90)
    expect((await subscription()).status).toBe('canceled')
  })

  test.each([
    ['PUT', '', {}, 400],
    ['PUT', '', { plan: 'pro', status: 'unpaid', trial_ends_at: null, period_ends_at: null }, 400],
    ['PUT', '', { plan: 'pro', status: 'active', trial_ends_at: null, period_ends_at: -1 }, 400],
    ['PUT', '', { plan: 'pro', status: 'active', trial_ends_at: null, period_ends_at: 1.5 }, 400],
    ['PUT', '', { plan: 'pro', status: 'active', trial_ends_at: null, period_ends_at: 1e12 }, 400],
    [
      'PUT',
      '',
      { plan: 'pro', status: 'trialing', trial_ends_at: null, period_ends_at: null },
      400,
    ],
    [
      'PUT',
      '',
      { plan: 'a b', status: 'canceled', trial_ends_at: null, period_ends_at: null },
      400,
    ],
    ['POST', '/paid', {}, 400],
    ['POST', '/paid', { plan: 'gold' }, 400],
    ['POST', '/paid', { plan: 'pro', period_ends_at: '2026-12-01' }, 400],
    ['POST', '/paid', [], 400],
    ['POST', '/paid', undefined, 415],
  ])('%s …/subscription%s %j: refused', async (method, path, body, status) => {
    expect((await admin(method, `${ACCOUNT}/subscription${path}`, body)).status).toBe(status)
    expect(await audited()).toEqual([])
  })

  test('of an account that is none', async () => {
    expect((await admin('GET', 'acc_none/subscription')).status).toBe(404)
    const paid = await admin('POST', 'acc_none/subscription/paid', { plan: 'pro' })
    expect(paid.status).toBe(404)
  })

  test('nobody else: without the admin key', async () => {
    const answer = await fetch(`${site.url}/admin/accounts/${ACCOUNT}/subscription/paid`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"plan":"pro"}',
    })
    expect(answer.status).toBe(401)
    expect((await subscription()).plan).toBe('trial')
  })
})

describe('at the same moment', () => {
  test('a refresh and a change of plan: whichever is first, the next refresh carries it, and both are done', async () => {
    for (let round = 0; round < 30; round++) {
      await onTrial({ choices: round })
      const { device, tokens } = await signedIn(site)
      const request = {
        refreshToken: tokens.refresh_token,
        clientId: 'latchkey-desktop',
        attempt: undefined,
        jkt: await device.jkt(),
        address: null,
      }
      const work = [
        () => refresh(site.site, request),
        () => changePlan(site.site, ACCOUNT, { kind: 'choose', plan: 'pro' }, byAda),
      ]
      const done = await Promise.all((round % 2 ? work : work.toReversed()).map((start) => start()))
      const answer = done.find((one) => 'access_token' in one)
      if (!answer || !('access_token' in answer) || !answer.refresh_token)
        throw new Error('not refreshed')
      expect((await subscription()).plan).toBe('pro')
      const first = await device.get('/me', answer.access_token)
      const old = claimsOf(answer.access_token).subscription.plan !== 'pro'
      expect(first.headers.has(CLAIMS_CHANGED)).toBe(old)
      const next = await device.refresh(answer.refresh_token)
      expect(claimsOf(String(next.body.access_token)).subscription.plan).toBe('pro')
    }
  })

  test('a change of plan and the closing of the account: closed it is, and it stays canceled', async () => {
    for (let round = 0; round < 30; round++) {
      await site.store.commit([
        { table: 'account', put: { ...(await accountNow()), closed: null } },
      ])
      await onTrial()
      const close = () =>
        changeAccount(site.site, ACCOUNT, byAda, 'everybody', (view, now) =>
          decideClosing(view, undefined, byAda, 0, now),
        )
      const choose = () =>
        changePlan(site.site, ACCOUNT, { kind: 'choose', plan: 'pro' }, byAda).catch((error) => {
          expect(error).toMatchObject({ code: 'access_denied' })
        })
      await Promise.all((round % 2 ? [close, choose] : [choose, close]).map((start) => start()))
      const { closed, subscription } = await accountNow()
      expect([closed?.actor, subscription.status]).toEqual(['user', 'canceled'])
    }
  })

  test('two links of one mail pressed at once: one of them counts', async () => {
    await days(27)
    const links = await linksMailed()
    const answers = await Promise.all(links.map((link) => new TestBrowser(site).post(link, {})))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 403])
    expect(await audited()).toEqual(['chosen by user'])
  })

  test('a choice in the very moment in which the trial ends comes after its end', async () => {
    site.clock.advance(30 * DAY)
    await changePlan(site.site, ACCOUNT, { kind: 'choose', plan: 'pro' }, byAda)
    expect(await subscription()).toMatchObject({ plan: 'pro', status: 'past_due' })
    expect(await audited()).toEqual(['trial_ended by system', 'chosen by user'])
  })

  test('somebody who was put out between reading and pressing can’t choose any more', async () => {
    const by = byPerson({ id: 'ses', userId: (await addPerson('grace', 'member')).id }, null)
    await expect(changePlan(site.site, ACCOUNT, { kind: 'cancel' }, by)).rejects.toMatchObject({
      code: 'access_denied',
    })
  })
})

const claimsOf = (token: string): { subscription: { plan: string } } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
