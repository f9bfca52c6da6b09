import { expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { PlaygroundClient } from '../../../playground/client.ts'
import type { Happening } from '../../../playground/history/happening.ts'
import { type Act, recorded, sourceOf } from '../../../playground/recording/acts.ts'
import { type Recording, testText, withStep } from '../../../playground/recording/test-text.ts'
import type { Scene } from '../../../playground/scene.ts'

const NOW = Date.UTC(2026, 10, 24)

const person = (state: Scene['people'][number]['state']): Scene['people'][number] => ({
  id: 'usr_1',
  name: 'Alice',
  email: 'alice@example.test',
  state,
  accounts: [
    { id: 'acc_1', name: 'Alice’s', role: 'owner', plan: 'pro', status: 'active', closed: false },
  ],
  sessions: [
    {
      id: 's1',
      device: 'Laptop',
      platform: 'linux',
      client_id: 'c',
      signed_in_at: NOW,
      refreshed_at: NOW,
      idle_ends_at: NOW,
      absolute_ends_at: NOW,
      purge: null,
    },
  ],
})

const scene = (state: Scene['people'][number]['state'] = 'active'): Scene => ({
  epoch: 'e',
  now_ms: NOW,
  offset_ms: 0,
  parties: [],
  people: [person(state)],
  due: [],
  deliveries: [],
  faults: [],
  provider_trail: [],
})

const act = (group: Act['group'], method: string, ...args: readonly unknown[]): Act => ({
  group,
  method,
  args,
  scene: scene(),
})

test.each<[Act, string]>([
  [act('clock', 'advance', '14d'), "await clock.advance('14d')"],
  [
    act('clock', 'advanceTo', new Date(NOW + DAY + 1_000).toISOString()),
    "await clock.advance('1d 1s')",
  ],
  [act('clock', 'toNextDue'), 'await clock.toNextDue()'],
  [
    act('people', 'disable', 'usr_1', 'now'),
    "await people.disable((await people.named('alice@example.test')).id, 'now')",
  ],
  [
    act('accounts', 'putOn', 'acc_1', 'team'),
    "await accounts.putOn((await accounts.named('Alice’s')).id, 'team')",
  ],
  [act('sessions', 'end', 's1'), "await sessions.end((await sessions.on('Laptop')).id)"],
  [act('faults', 'set', 'drop', 'next'), "await faults.set('drop', 'next')"],
  [act('parties', 'down', "o'clock"), "await parties.down('o\\'clock')"],
])('%o is written by names that hold in another world', (one, line) => {
  expect(sourceOf(one)).toBe(line)
})

test('what was only looked at, and what was refused, is not written down', async () => {
  const noted: string[] = []
  const client = new PlaygroundClient('http://127.0.0.1:1')
  const watched = recorded(
    client,
    () => scene(),
    ({ method }) => noted.push(method),
  )
  await expect(watched.clock.advance('1d')).rejects.toThrow()
  await expect(watched.people.all()).rejects.toThrow()
  expect(noted).toEqual([])
})

test('somebody signs in by hand in between; how people stand, and why sessions ended, is expected', () => {
  const happenings = [
    {
      number: 1,
      at: NOW,
      kind: 'ended',
      session_id: 's0',
      reason: 'idle_expired',
      actor: 'system',
    },
    {
      number: 2,
      at: NOW,
      kind: 'signed_in',
      session_id: 's1',
      user_id: 'usr_1',
      person: 'Alice',
      account_id: 'acc_1',
      device_id: 'd',
      device: 'Laptop',
      platform: 'linux',
      client_id: 'c',
      idle: 1,
      absolute: 1,
      access_ends_at: NOW,
    },
    {
      number: 3,
      at: NOW,
      kind: 'ended',
      session_id: 's1',
      reason: 'logins_disabled',
      actor: 'admin',
    },
  ] as const satisfies readonly Happening[]
  const recording: Recording = {
    from: 1,
    steps: [
      { act: act('clock', 'advance', '1d'), after: 1 },
      { act: act('people', 'disable', 'usr_1', 'now'), after: 3 },
    ],
  }
  expect(testText(recording, happenings, scene('logins_disabled'), 'vitest')).toBe(
    `import { expect, test as base } from 'vitest'
import { type Playground, playgroundFixture } from '../playground/fixture.ts'

const test = base.extend<{ playground: Playground }>({ playground: playgroundFixture })

test('recorded on 2026-11-24', async ({ playground: { client } }) => {
  const { clock, people } = client
  await clock.advance('1d')
  // Alice signs in on Laptop here: let your own client do it.
  await people.disable((await people.named('alice@example.test')).id, 'now')

  // How it came out.
  expect((await people.named('alice@example.test')).state).toBe('logins_disabled')
  expect(await client.endings()).toMatchObject([
    { device: 'Laptop', reason: 'logins_disabled' },
  ])
}, 60_000)
`,
  )
  expect(testText(recording, happenings, scene(), 'playwright')).toContain(
    'test.setTimeout(60_000)',
  )
})

test('a reset begins the recording anew, as a test begins', () => {
  const before: Recording = { from: 7, steps: [{ act: act('clock', 'advance', '1d'), after: 9 }] }
  expect(withStep(before, { act: act('clock', 'reset'), after: 0 })).toEqual({ from: 0, steps: [] })
})
