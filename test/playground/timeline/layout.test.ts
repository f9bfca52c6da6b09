import { expect, test } from 'vitest'
import { DAY, HOUR, type Moment } from '../../../clock/moment.ts'
import type { Happening, Unnumbered } from '../../../playground/history/happening.ts'
import { layOut } from '../../../playground/timeline/layout.ts'
import { timelineText } from '../../../playground/timeline/text.ts'

const START: Moment = Date.UTC(2026, 10, 24, 12)

const numbered = (...happenings: readonly Unnumbered[]): readonly Happening[] =>
  happenings.map((happening, index) => ({ ...happening, number: index + 1 }))

const signedIn = (session_id: string, at: Moment, device_id: string | null = 'dev_1') =>
  ({
    kind: 'signed_in',
    at,
    session_id,
    user_id: 'usr_ada',
    person: 'Ada',
    account_id: 'acc_ada',
    device_id,
    device: 'Laptop',
    platform: 'linux',
    client_id: 'latchkey-desktop',
    idle: 14 * DAY,
    absolute: 180 * DAY,
    access_ends_at: at + HOUR,
  }) as const

const refreshed = (session_id: string, at: Moment) =>
  ({ kind: 'refreshed', at, session_id, access_ends_at: at + HOUR, displaces: false }) as const

test('nothing happened: no lane', () => {
  expect(layOut([], START)).toEqual({ now: START, lanes: [], services: [], others: [] })
  expect(timelineText(layOut([], START))).toContain('Nothing has happened yet.')
})

test('day 0: signed in; day 3: refreshed: the window slides, the absolute end stands', () => {
  const history = numbered(signedIn('ses_1', START), refreshed('ses_1', START + 3 * DAY))
  const [lane] = layOut(history, START + 3 * DAY).lanes
  expect(lane?.bands).toMatchObject([
    {
      ending: undefined,
      marks: [{ kind: 'signed_in' }, { kind: 'refreshed' }],
      ahead: {
        hour: START + 3 * DAY + HOUR,
        window: START + 17 * DAY,
        absolute: START + 180 * DAY,
      },
    },
  ])
})

test('an ended session has nothing ahead; the next one on its device is another band of the same lane', () => {
  const history = numbered(
    signedIn('ses_1', START),
    {
      kind: 'ended',
      at: START + 14 * DAY,
      session_id: 'ses_1',
      reason: 'idle_expired',
      actor: 'system',
    },
    signedIn('ses_2', START + 15 * DAY),
    signedIn('ses_3', START + 15 * DAY, 'dev_2'),
  )
  const { lanes } = layOut(history, START + 15 * DAY)
  expect(lanes.map(({ id, bands }) => [id, bands.map(({ session }) => session)])).toEqual([
    ['dev_1', ['ses_1', 'ses_2']],
    ['dev_2', ['ses_3']],
  ])
  expect(lanes[0]?.bands[0]).toMatchObject({
    ending: { at: START + 14 * DAY, reason: 'idle_expired' },
    ahead: undefined,
  })
})

test('a browser has no device: its lane is its person’s', () => {
  const history = numbered(signedIn('ses_1', START, null), signedIn('ses_2', START + DAY, null))
  expect(layOut(history, START).lanes).toMatchObject([{ id: 'usr_ada latchkey-desktop' }])
})

test('what was heard late stands where it belongs; what is of no known session is left out', () => {
  const history = numbered(
    signedIn('ses_1', START),
    refreshed('ses_1', START + 2 * DAY),
    { kind: 'purge_probed', at: START - 1, session_id: 'ses_1', outcome: 'sticky', answer: 'code' },
    refreshed('ses_unknown', START),
  )
  const [band] = layOut(history, START).lanes[0]?.bands ?? []
  expect(band?.marks.map(({ kind }) => kind)).toEqual(['not_proven', 'signed_in', 'refreshed'])
})

test('as text: the deadlines ahead say which comes first', () => {
  const text = timelineText(layOut(numbered(signedIn('ses_1', START)), START + DAY))
  expect(text).toBe(`Now 2026-11-25 12:00

Laptop (linux), Ada
  session ses_1, latchkey-desktop: lives
    ● 2026-11-24 12:00  Ada signed in on Laptop.
    ┄ 2026-11-24 13:00  the next request refreshes first
    ┄ 2026-12-08 12:00  idle_expired unless it is used before, in 13 days
    ┃ 2027-05-23 12:00  absolute_expired, in 179 days
`)
})
