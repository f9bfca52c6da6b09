import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test as base, expect } from 'vitest'
import { type Playground, playgroundFixture } from '../../playground/fixture.ts'
import type { Happening } from '../../playground/history/happening.ts'
import { type EngineDevice, engineDevice } from '../../playground/stories/named/device.ts'
import { STORY_NAMES } from '../../playground/stories/named/names.ts'

/** One playground for the whole story: each test goes on where the one before it left time. */
const test = base.extend<{ playground: Playground; device: Device }>({
  playground: [playgroundFixture, { scope: 'file' }],
  device: [
    async ({ playground }, use) => {
      const devices: EngineDevice[] = []
      await use(async (name, email = 'alice@example.test') => {
        const device = await engineDevice(playground, name, email)
        devices.push(device)
        expect((await device.engine.signIn()).kind).toBe('ok')
        return device
      })
      for (const device of devices) device.end()
    },
    { scope: 'file' },
  ],
})

type Device = (name: string, email?: string) => Promise<EngineDevice>

const RUN = fileURLToPath(new URL('../../run.mjs', import.meta.url))

const kinds = (happenings: readonly Happening[]) => happenings.map(({ kind }) => kind)

const BY_THE_CLOCK = new Set(['clock_moved', 'came_due'])

test('signed in, used after 61 min, an answer lost and given again, then two quiet weeks: the timeline says why', async ({
  playground: { client, console: url },
  device,
}) => {
  const { clock, faults } = client
  const laptop = await device('Laptop')
  await clock.advance('61min')
  expect((await laptop.hello()).kind).toBe('ok')
  await clock.advance('61min')
  await faults.set('lose_answer', 'next')
  expect((await laptop.hello()).kind).toBe('retry_later')
  expect((await client.scene()).faults[0]).toMatchObject({ fault: 'lose_answer', mode: 'off' })
  await clock.advance('3h')
  expect((await laptop.hello()).kind).toBe('ok')
  expect(kinds(await client.history()).filter((kind) => !BY_THE_CLOCK.has(kind))).toEqual([
    'signed_in',
    'purge_probed',
    'refreshed',
    'fault',
    'refreshed',
    'fault',
    'replayed',
    'refreshed',
  ])

  const { due } = await clock.toNextDue()
  expect(due.name).toBe('session of Alice Adler on Laptop ends: idle_expired')
  expect(await laptop.hello()).toMatchObject({ kind: 'ended', ended: { reason: 'idle_expired' } })

  const refreshes = (await client.requests()).filter(
    ({ path, answered }) => path === '/refresh' && answered.error !== 'use_dpop_nonce',
  )
  expect(refreshes.map(({ status }) => status)).toEqual([200, null, 200, 200, 400])
  expect(refreshes[0]).toMatchObject({
    standard: 'RFC 6749 §6, RFC 9700 §4.14.2, RFC 9449 §5',
    sent: { grant_type: 'refresh_token', refresh_token: expect.stringMatching(/^#[0-9a-f]{8}$/) },
    answered: { refresh_token: refreshes[1]?.sent.refresh_token },
  })
  // The lost answer's token was never presented; the attempt is asked for again by the same one.
  expect(refreshes[2]?.sent).toMatchObject({
    refresh_token: refreshes[1]?.sent.refresh_token,
    'idempotency-key': refreshes[1]?.sent['idempotency-key'],
  })
  expect(refreshes[4]?.answered).toMatchObject({ reason: 'idle_expired' })

  const { stdout } = await promisify(execFile)(process.execPath, [RUN, 'timeline', url])
  const [, lane = ''] = stdout.split('\n\n')
  expect(
    lane.replace(/session \S+,/, 'session,').replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'then'),
  ).toBe(
    `Laptop (linux), Alice Adler
  session, latchkey-desktop: idle_expired
    ✓ then  Purge proven: the provider would ask again (interaction_required).
    ● then  Alice Adler signed in on Laptop.
    ▏ then  Refreshed: the rolling window begins again.
    ▏ then  Refreshed: the rolling window begins again.
    ↺ then  The identical answer was given again: the first one was lost.
    ▏ then  Refreshed: the rolling window begins again.
    ■ then  Ended: idle_expired. It has been a while.`,
  )
})

test('what an administrator does to people, accounts and sessions, each with its reason', async ({
  playground: { client },
  device,
}) => {
  const { people, accounts, sessions } = client
  const phone = await device('Phone')
  const { id, sessions: live } = await people.named('alice@example.test')
  await sessions.end(live[0]?.id ?? '')
  await client.clock.advance('61min')
  expect(await phone.hello()).toMatchObject({
    kind: 'ended',
    ended: { reason: 'signed_out_elsewhere', actor: 'admin' },
  })

  const tablet = await device('Tablet')
  await people.resetPassword(id)
  await people.disable(id, 'expiry')
  expect((await people.named('alice@example.test')).state).toBe('no_new_logins')
  await people.enable(id)
  const [{ id: account = '' } = {}] = (await people.named('alice@example.test')).accounts
  await accounts.setPlan(account, {
    plan: 'team',
    status: 'active',
    trial_ends_at: null,
    period_ends_at: 2_000_000_000,
  })
  await accounts.close(account)
  await accounts.reopen(account)
  await accounts.pay(account, 'pro')
  expect((await people.named('alice@example.test')).accounts).toMatchObject([
    { plan: 'pro', status: 'active', closed: false },
  ])
  await people.delete(id)
  expect((await tablet.hello()).kind).toBe('ended')
  const endings = (await client.history()).filter(({ kind }) => kind === 'ended')
  expect(endings).toMatchObject([
    { reason: 'idle_expired', actor: 'system' },
    { reason: 'signed_out_elsewhere', actor: 'admin' },
    { reason: 'password_reset', actor: 'admin' },
  ])
  await expect(people.enable('usr_nobody')).rejects.toThrow(/no such/i)
})

test('the service is down: deliveries wait and say so; up again, one is told once more by hand', async ({
  playground: { client },
  device,
}) => {
  const { parties, deliveries, people, clock } = client
  await device('Reader', 'olivia@acme.example.test')
  await parties.down('service')
  const { id } = await people.named('olivia@acme.example.test')
  await people.disable(id)
  const newest = async () => (await deliveries.all())[0]
  await expect.poll(newest).toMatchObject({
    event: 'session.ended',
    state: 'waiting',
    history: [{ answer: 'unreachable' }],
  })
  expect((await client.scene()).parties).toMatchObject([
    {},
    {},
    { name: 'service', state: 'stopped' },
  ])
  await parties.up('service')
  await clock.advance('1h')
  const told = await newest()
  expect(told).toMatchObject({ state: 'delivered', attempts: 2 })
  await deliveries.replay(told?.id ?? '')
  await expect.poll(async () => (await newest())?.history.length).toBe(3)
})

test('the site is killed and comes back: nothing is told twice, and faults ended with it', async ({
  playground: { client },
}) => {
  await client.faults.set('delay', 'on')
  const before = (await client.history()).length
  await client.parties.down('site')
  await expect(client.people.enable('usr_nobody')).rejects.toThrow(/site is down/)
  await client.parties.up('site')
  const since = await client.history(before)
  expect(since).toMatchObject([
    { kind: 'party', party: 'site', state: 'stopped' },
    { kind: 'party', party: 'site', state: 'up' },
  ])
  expect((await client.scene()).faults.every(({ mode }) => mode === 'off')).toBe(true)
})

test('the stream tells as it happens; a reset forgets all of it', async ({
  playground: { client },
}) => {
  const listening = new AbortController()
  const heard: Happening[] = []
  const stream = (async () => {
    for await (const happening of client.stream(listening.signal)) heard.push(happening)
  })().catch(() => {})
  await client.clock.advance('1min')
  await expect.poll(() => heard.at(-1)?.kind).toBe('clock_moved')
  expect(heard).toEqual(await client.history())
  listening.abort()
  await stream
  await client.clock.reset()
  expect(await client.history()).toEqual([])
  expect((await client.people.named('alice@example.test')).accounts).toHaveLength(1)
})

test('faults of the provider and of a client’s machine, for the next time alone', async ({
  playground: { client, console: url },
  device,
}) => {
  const mode = async (fault: string) =>
    (await client.scene()).faults.find((one) => one.fault === fault)?.mode
  await client.faults.set('sticky-session', 'next')
  const stage = await device('Stage')
  await expect.poll(() => mode('sticky-session')).toBe('off')
  await client.faults.set('ignored-prompt-login', 'next')
  await client.clock.advance('1h')
  // The provider answers by the session that it kept; nobody typed a password, and so nobody is signed in.
  expect((await stage.engine.signIn()).kind).toBe('refused')
  const trail = async () => (await client.scene()).provider_trail.map(({ says }) => says)
  await expect
    .poll(trail)
    .toEqual(
      expect.arrayContaining([
        'Alice Adler proved who they are.',
        'The fault ignored-prompt-login was done.',
        expect.stringMatching(/^Refused authorize \(.*interaction_required\)/),
      ]),
    )
  await expect.poll(() => mode('ignored-prompt-login')).toBe('off')

  await client.faults.set('slow_keychain', 'next')
  const take = async () => {
    const answer = await fetch(new URL('/faults/slow_keychain/take', url), { method: 'POST' })
    return answer.json()
  }
  expect([await take(), await take()]).toEqual([{ taken: true }, { taken: false }])
  expect(await mode('slow_keychain')).toBe('off')
})

test('each story holds, one after the other, and two at once are refused', async ({
  playground: { client },
}) => {
  const first = client.stories.play('idle')
  await expect(client.stories.play('reset')).rejects.toThrow(/being played/)
  await first
  for (const name of STORY_NAMES.filter((one) => one !== 'idle')) await client.stories.play(name)
  const endings = (await client.history()).flatMap((one) =>
    one.kind === 'ended' ? [one.reason] : [],
  )
  for (const reason of [
    'idle_expired',
    'absolute_expired',
    'device_mismatch',
    'logins_disabled',
    'password_reset',
  ] as const) {
    expect(endings).toContain(reason)
  }
})
