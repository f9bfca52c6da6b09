import * as v from 'valibot'
import { callsOn } from '../../calls/call.ts'
import type { Happened } from '../../clock/hub.ts'
import { fromIso, toIso } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { EndedSessions } from '../../protocol/my-devices.ts'
import { AccountPlan, PaidPeriod, SetSubscription } from '../../protocol/my-plan.ts'
import { CLIENT_FAULTS, FAULTS } from '../faults.ts'
import type { House } from '../house.ts'
import { ExchangeShown } from '../requests/exchange.ts'
import { Due, PARTIES, PartyShown, Scene } from '../scene.ts'
import { FAULT_MODES } from '../site/orders.ts'
import { STORY_NAMES } from '../stories/named/names.ts'
import { layOut } from '../timeline/layout.ts'
import { timelineText } from '../timeline/text.ts'
import { Advanced, ClockShown, HistoryPage } from './answers.ts'
import { readAdvance } from './clock-api.ts'

const call = callsOn<House>((sentence) => new LatchkeyError('invalid_request', sentence))

const Id = v.pipe(v.string(), v.nonEmpty())

const Done = v.object({ done: v.literal(true) })

const DONE = { done: true } as const

const PLACE = { id: Id } as const

/** Happenings that one answer holds at most. */
const PAGE = 20_000

/**
 * Everything that the console can do, one documented call each. The routes are made of this table, and so
 * is `/openapi.json`.
 */
export const CALLS = [
  call({
    name: 'clock',
    method: 'get',
    url: '/clock',
    says: 'What time it is for everyone, and how far that is ahead of real time.',
    answer: ClockShown,
    run: clockShown,
  }),
  call({
    name: 'advance',
    method: 'post',
    url: '/clock/advance',
    says: 'Moves everyone’s clock forward; answers when all that was due on the way has happened.',
    body: v.object({ by: v.string() }),
    example: '{"by":"14d"}',
    answer: Advanced,
    run: async (house, { body }) => advanced(house, await house.advance(readAdvance(body.by))),
  }),
  call({
    name: 'advanceTo',
    method: 'post',
    url: '/clock/advance-to',
    says: 'Moves everyone’s clock forward to a moment.',
    body: v.object({ at: v.string() }),
    example: '{"at":"2027-01-01T00:00:00Z"}',
    answer: Advanced,
    run: async (house, { body }) => {
      const at = fromIso(body.at)
      if (at === undefined) {
        throw new LatchkeyError('invalid_request', 'Say the moment as 2027-01-01T00:00:00Z.')
      }
      readAdvance(`${Math.max(1, at - house.hub.now())}ms`)
      return advanced(house, await house.advanceTo(at))
    },
  }),
  call({
    name: 'toNextDue',
    method: 'post',
    url: '/clock/advance-to-next',
    says: 'Moves everyone’s clock forward to the next moment at which something happens by itself.',
    answer: v.object({ ...Advanced.entries, due: Due }),
    run: async (house) => {
      await house.caughtUp()
      const due = house.due().find(({ at }) => at > house.hub.now())
      if (!due) throw new LatchkeyError('not_found', 'Nothing is due: sign somebody in first.')
      return { ...advanced(house, await house.advanceTo(due.at)), due }
    },
  }),
  call({
    name: 'reset',
    method: 'post',
    url: '/clock/reset',
    says: 'Wipes everything and begins anew at real time.',
    answer: ClockShown,
    run: async (house) => {
      await house.reset()
      return clockShown(house)
    },
  }),
  call({
    name: 'scene',
    method: 'get',
    url: '/scene',
    says: 'How everything stands: parties, people, what is due, deliveries, faults.',
    answer: Scene,
    run: async (house) => {
      await house.caughtUp()
      return house.scene()
    },
  }),
  call({
    name: 'history',
    method: 'get',
    url: '/history',
    says: 'What happened, in order.',
    query: { after: 'Only what happened after this number.' },
    answer: HistoryPage,
    run: async (house, { query }) => {
      await house.caughtUp()
      const after = readAfter(query.get('after'))
      const happenings = [...house.history.after(after, PAGE)]
      return { happenings, next: happenings.at(-1)?.number ?? after }
    },
  }),
  call({
    name: 'timeline',
    method: 'get',
    url: '/timeline',
    says: 'The timeline as text.',
    answer: v.object({ text: v.string() }),
    run: async (house) => {
      await house.caughtUp()
      return { text: timelineText(layOut(house.history.after(0), house.hub.now())) }
    },
  }),
  call({
    name: 'requests',
    method: 'get',
    url: '/requests',
    says: 'The last messages of the protocol that came to the site, secrets as fingerprints.',
    query: { after: 'Only what came after this number.' },
    answer: v.object({ requests: v.array(ExchangeShown) }),
    run: async (house, { query }) => {
      await house.caughtUp()
      return { requests: [...house.requests(readAfter(query.get('after')))] }
    },
  }),
  call({
    name: 'disableLogins',
    method: 'post',
    url: '/people/{id}/logins/disable',
    says: 'Switches signing in off: now, or when tokens run out.',
    path: PLACE,
    body: v.object({ mode: v.picklist(['now', 'expiry']) }),
    example: '{"mode":"now"}',
    answer: Done,
    run: (house, { path, body }) =>
      act(house, 'POST', `/admin/users/${path.id}/logins/disable`, body),
  }),
  call({
    name: 'enableLogins',
    method: 'post',
    url: '/people/{id}/logins/enable',
    says: 'Switches signing in on again.',
    path: PLACE,
    answer: Done,
    run: (house, { path }) => act(house, 'POST', `/admin/users/${path.id}/logins/enable`, {}),
  }),
  call({
    name: 'resetPassword',
    method: 'post',
    url: '/people/{id}/password-reset',
    says: 'Ends every session of a person, as after a changed password.',
    path: PLACE,
    answer: EndedSessions,
    run: async (house, { path }) =>
      v.parse(
        EndedSessions,
        await house.admin('POST', `/admin/users/${path.id}/password-reset`, {}),
      ),
  }),
  call({
    name: 'deletePerson',
    method: 'delete',
    url: '/people/{id}',
    says: 'Deletes a person.',
    path: PLACE,
    answer: EndedSessions,
    run: async (house, { path }) =>
      v.parse(EndedSessions, await house.admin('DELETE', `/admin/users/${path.id}`)),
  }),
  call({
    name: 'endSession',
    method: 'delete',
    url: '/sessions/{id}',
    says: 'Ends a session, as an administrator.',
    path: PLACE,
    answer: EndedSessions,
    run: async (house, { path }) =>
      v.parse(EndedSessions, await house.admin('DELETE', `/admin/sessions/${path.id}`)),
  }),
  call({
    name: 'closeAccount',
    method: 'post',
    url: '/accounts/{id}/close',
    says: 'Closes an account.',
    path: PLACE,
    answer: EndedSessions,
    run: async (house, { path }) =>
      v.parse(EndedSessions, await house.admin('POST', `/admin/accounts/${path.id}/close`, {})),
  }),
  call({
    name: 'reopenAccount',
    method: 'post',
    url: '/accounts/{id}/reopen',
    says: 'Opens a closed account again.',
    path: PLACE,
    answer: Done,
    run: (house, { path }) => act(house, 'POST', `/admin/accounts/${path.id}/reopen`, {}),
  }),
  call({
    name: 'setPlan',
    method: 'put',
    url: '/accounts/{id}/plan',
    says: 'Sets all of an account’s subscription, as the billing system does. Times in seconds.',
    path: PLACE,
    body: SetSubscription,
    example: '{"plan":"pro","status":"active","trial_ends_at":null,"period_ends_at":null}',
    answer: AccountPlan,
    run: async (house, { path, body }) =>
      v.parse(
        AccountPlan,
        await house.admin('PUT', `/admin/accounts/${path.id}/subscription`, body),
      ),
  }),
  call({
    name: 'payPlan',
    method: 'post',
    url: '/accounts/{id}/plan/paid',
    says: 'Says that a period was paid, as the billing system does.',
    path: PLACE,
    body: PaidPeriod,
    example: '{"plan":"pro"}',
    answer: AccountPlan,
    run: async (house, { path, body }) =>
      v.parse(
        AccountPlan,
        await house.admin('POST', `/admin/accounts/${path.id}/subscription/paid`, body),
      ),
  }),
  call({
    name: 'setFault',
    method: 'put',
    url: '/faults/{fault}',
    says: 'Switches a fault: off, for the next request, or on until it is switched off.',
    path: { fault: v.picklist(FAULTS) },
    body: v.object({ mode: v.picklist(FAULT_MODES) }),
    example: '{"mode":"next"}',
    answer: Done,
    run: async (house, { path, body }) => {
      await house.setFault(path.fault, body.mode)
      return DONE
    },
  }),
  call({
    name: 'takeFault',
    method: 'post',
    url: '/faults/{fault}/take',
    says: 'Asks, as a client that follows, whether its machine is to fail now; what was for the next time is over by that.',
    path: { fault: v.picklist(CLIENT_FAULTS) },
    answer: v.object({ taken: v.boolean() }),
    run: (house, { path }) => ({ taken: house.takeFault(path.fault) }),
  }),
  call({
    name: 'turnParty',
    method: 'put',
    url: '/parties/{party}',
    says: 'Takes a party down, or brings it up again with what it had stored.',
    path: { party: v.picklist(PARTIES) },
    body: v.object({ state: v.picklist(['up', 'down']) }),
    example: '{"state":"down"}',
    answer: v.object({ parties: v.array(PartyShown) }),
    run: async (house, { path, body }) => {
      await house.turn(path.party, body.state)
      return { parties: house.parties() }
    },
  }),
  call({
    name: 'replayDelivery',
    method: 'post',
    url: '/deliveries/replay',
    says: 'Tells a service once more.',
    body: v.object({ id: Id }),
    example: '{"id":"evt_…:http://127.0.0.1:3100/webhooks"}',
    answer: Done,
    run: (house, { body }) => act(house, 'POST', '/webhooks/deliveries/replay', body),
  }),
  call({
    name: 'playStory',
    method: 'post',
    url: '/stories/{name}',
    says: 'Plays a story on a device of its own; answers when all of it held.',
    path: { name: v.picklist(STORY_NAMES) },
    answer: Done,
    run: async (house, { path }) => {
      await house.play(path.name)
      return DONE
    },
  }),
]

function clockShown({ hub }: House): ClockShown {
  // Read once: two readings may be a millisecond apart.
  const now = hub.now()
  return { now: toIso(now), now_ms: now, offset_ms: hub.offset, parties: [...hub.parties] }
}

const advanced = (house: House, happened: readonly Happened[]): Advanced => ({
  ...clockShown(house),
  happened: happened.map(({ at, party, name }) => ({ at: toIso(at), at_ms: at, party, name })),
})

async function act(
  house: House,
  method: string,
  path: string,
  body: unknown,
): Promise<typeof DONE> {
  await house.admin(method, path, body)
  return DONE
}

function readAfter(text: string | null): number {
  const number = Number(text ?? 0)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new LatchkeyError('invalid_request', 'after is the number of a happening.')
}
