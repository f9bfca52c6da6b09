import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { callsOn } from '../../calls/call.ts'
import { toIso } from '../../clock/moment.ts'
import { FAULT_NAMES, FAULTS, type Fault, MODES } from '../faults/catalogue.ts'
import { EVENTS, type TrailEvent } from '../trail.ts'
import {
  ClockShown,
  type FaultShown as FaultIsShown,
  FaultShown,
  FaultWish,
  MailShown,
  PersonShown,
  PolicyShown,
  RefreshTokenShown,
  ScriptedLogin,
  SessionShown,
  State,
  TrailPage,
} from './answers.ts'
import { type Desk, reset } from './desk.ts'
import { readCode, scriptLogin, scriptShown } from './login.ts'
import { PersonWish, personOf, personShown, putPerson, switchPerson } from './people.ts'
import { makePersona, PERSONA_NAMES } from './personas.ts'
import { ControlRefusal, unreadable } from './refusal.ts'
import {
  endSession,
  endSessionsOf,
  refreshTokensShown,
  revokeRefreshToken,
  sessionsShown,
} from './sessions.ts'
import { exported, imported } from './state.ts'

const call = callsOn<Desk>(unreadable)

const Id = v.pipe(v.string(), v.nonEmpty())

const Done = v.object({ done: v.literal(true) })

const DONE = { done: true } as const

/** As long as a call may wait for an event. */
const LONGEST_WAIT = 60

/** Where the mails are: pages name it to whoever waits for one. */
export const MAILS_PATH = '/control/mails'

/** Everything that can be asked of the provider by QA. `/control/openapi.json` is made of this table. */
export const CALLS = [
  call({
    name: 'clock',
    method: 'get',
    url: '/control/clock',
    says: 'What time it is for the provider. The clock is its process’s: whoever started it moves it.',
    answer: ClockShown,
    run: ({ clock }) => {
      const now = clock.now()
      return { now: toIso(now), now_ms: now }
    },
  }),
  call({
    name: 'policies',
    method: 'get',
    url: '/control/policies',
    says: 'The policies, with what a client is to be told of each.',
    answer: v.array(PolicyShown),
    run: ({ policies }) => [...policies],
  }),
  call({
    name: 'people',
    method: 'get',
    url: '/control/people',
    says: 'Everyone in the directory, without their passwords.',
    answer: v.array(PersonShown),
    run: (desk) => desk.people.all.map((person) => personShown(desk, person)),
  }),
  call({
    name: 'addPerson',
    method: 'post',
    url: '/control/people',
    says: 'Makes a person; the oid may be left out.',
    body: PersonWish,
    example: '{"email":"fred@example.test","password":"Latchkey-1","name":"Fred Fern"}',
    answer: PersonShown,
    run: (desk, { body: { disabled, ...person } }) => {
      if (person.oid !== undefined && desk.people.listed(person.oid)) {
        throw new ControlRefusal(409, `The oid ${person.oid} is somebody else’s.`)
      }
      return putPerson(desk, { oid: randomUUID(), ...person }, disabled)
    },
  }),
  call({
    name: 'addPersona',
    method: 'post',
    url: '/control/personas/{persona}',
    says: 'Makes a new person of a kind; the password is Latchkey-1.',
    path: { persona: v.picklist(PERSONA_NAMES) },
    answer: PersonShown,
    run: (desk, { path: { persona } }) =>
      putPerson(desk, makePersona(persona), persona === 'disabled'),
  }),
  call({
    name: 'changePerson',
    method: 'put',
    url: '/control/people/{oid}',
    says: 'Changes what is said of a person; the rest stays. `disabled` ends what they can do here.',
    path: { oid: Id },
    body: PersonWish,
    example: '{"disabled":true}',
    answer: PersonShown,
    run: (desk, { path, body: { disabled, oid: _, ...changes } }) => {
      const person = personOf(desk, path.oid)
      if (Object.keys(changes).length > 0)
        return putPerson(desk, { ...person, ...changes }, disabled)
      return switchPerson(desk, person, disabled)
    },
  }),
  call({
    name: 'removePerson',
    method: 'delete',
    url: '/control/people/{oid}',
    says: 'Removes a person: their sessions end, their grants are worth nothing any more.',
    path: { oid: Id },
    answer: Done,
    run: (desk, { path }) => {
      const { oid } = personOf(desk, path.oid)
      desk.people.remove(oid)
      endSessionsOf(desk.store, oid)
      return DONE
    },
  }),
  call({
    name: 'login',
    method: 'get',
    url: '/control/logins/next',
    says: 'How the next sign-in ends by itself, if it does.',
    answer: v.nullable(ScriptedLogin),
    run: scriptShown,
  }),
  call({
    name: 'scriptLogin',
    method: 'put',
    url: '/control/logins/next',
    says: 'Lets the next sign-in, or each, end by itself, without a page: signed in, or with an error.',
    body: v.object({ ...ScriptedLogin.entries, mode: v.optional(v.picklist(MODES), 'next') }),
    example: '{"person":"alice@example.test"} or {"code":"AADB2C90091","mode":"on"}',
    answer: v.nullable(ScriptedLogin),
    run: (desk, { body }) => {
      scriptLogin(desk, body)
      return scriptShown(desk)
    },
  }),
  call({
    name: 'sessions',
    method: 'get',
    url: '/control/sessions',
    says: 'The browser sessions in which somebody is signed in.',
    answer: v.array(SessionShown),
    run: ({ store }) => sessionsShown(store),
  }),
  call({
    name: 'endSession',
    method: 'delete',
    url: '/control/sessions/{id}',
    says: 'Ends a browser session.',
    path: { id: Id },
    answer: Done,
    run: ({ store }, { path }) => {
      if (endSession(store, path.id)) return DONE
      throw new ControlRefusal(404, 'There is no such session: GET /control/sessions lists them.')
    },
  }),
  call({
    name: 'refreshTokens',
    method: 'get',
    url: '/control/refresh-tokens',
    says: 'The refresh tokens that are alive, by their fingerprints.',
    answer: v.array(RefreshTokenShown),
    run: ({ store }) => refreshTokensShown(store),
  }),
  call({
    name: 'revokeRefreshToken',
    method: 'delete',
    url: '/control/refresh-tokens/{id}',
    says: 'Revokes a refresh token, with all that was given out together with it.',
    path: { id: Id },
    answer: Done,
    run: ({ store }, { path }) => {
      if (revokeRefreshToken(store, path.id)) return DONE
      throw new ControlRefusal(404, 'There is none: GET /control/refresh-tokens lists them.')
    },
  }),
  call({
    name: 'mails',
    method: 'get',
    url: MAILS_PATH,
    says: 'What would have been mailed, the newest first.',
    answer: v.array(MailShown),
    run: ({ mails }) => mails.all.map((mail) => ({ ...mail, at: toIso(mail.at) })),
  }),
  call({
    name: 'trail',
    method: 'get',
    url: '/control/trail',
    says: 'What happened, in order, and why what was refused was refused.',
    query: {
      after: 'Only what happened after this number.',
      event: `Only one of ${EVENTS.join(', ')}.`,
      wait: `Waits so many seconds for something to happen, ${LONGEST_WAIT} at most.`,
    },
    answer: TrailPage,
    run: async ({ trail }, { query }) => {
      const after = readNumber(query, 'after', Number.MAX_SAFE_INTEGER)
      const wait = readNumber(query, 'wait', LONGEST_WAIT)
      const entries = await trail.wait({ after, event: readEvent(query) }, wait * 1_000)
      return { entries: [...entries], next: entries.at(-1)?.number ?? Math.max(after, trail.last) }
    },
  }),
  call({
    name: 'faults',
    method: 'get',
    url: '/control/faults',
    says: 'What the provider can be told to do wrong, and what it is told to.',
    answer: v.array(FaultShown),
    run: (desk) => FAULT_NAMES.map((fault) => faultShown(desk, fault)),
  }),
  call({
    name: 'setFault',
    method: 'put',
    url: '/control/faults/{fault}',
    says: 'Switches a fault: off, for the next request, or on until it is switched off.',
    path: { fault: v.picklist(FAULT_NAMES) },
    body: FaultWish,
    example: '{"mode":"next"}, {"mode":"on","at":"token","seconds":5}, {"mode":"off"}',
    answer: FaultShown,
    run: (desk, { path: { fault }, body: { mode, ...details } }) => {
      if (fault === 'refused' && mode !== 'off') readCode(details.code ?? '')
      desk.faults.set(fault, mode, details)
      return faultShown(desk, fault)
    },
  }),
  call({
    name: 'faultsOff',
    method: 'delete',
    url: '/control/faults',
    says: 'Switches every fault off.',
    answer: Done,
    run: ({ faults }) => {
      faults.clear()
      return DONE
    },
  }),
  call({
    name: 'rotateKeys',
    method: 'post',
    url: '/control/keys/rotate',
    says: 'Signs with a new key from now on; those of before stay published, or are withdrawn.',
    body: v.object({ old: v.picklist(['published', 'withdrawn']) }),
    example: '{"old":"published"}',
    answer: v.object({ kid: v.string() }),
    run: async ({ keys }, { body }) => {
      await keys.rotate(body.old)
      return { kid: keys.kid }
    },
  }),
  call({
    name: 'export',
    method: 'get',
    url: '/control/state',
    says: 'People, faults and the scripted sign-in, to be imported elsewhere; no passwords.',
    answer: State,
    run: exported,
  }),
  call({
    name: 'import',
    method: 'put',
    url: '/control/state',
    says: 'Takes what was exported. Who is new here needs a password; sessions end.',
    body: State,
    example: 'what GET /control/state answers',
    answer: Done,
    run: (desk, { body }) => {
      imported(desk, body)
      return DONE
    },
  }),
  call({
    name: 'reset',
    method: 'post',
    url: '/control/reset',
    says: 'Wipes everything that came since the start; the signing keys stay.',
    answer: Done,
    run: (desk) => {
      reset(desk)
      return DONE
    },
  }),
]

function faultShown({ faults }: Desk, fault: Fault): FaultIsShown {
  const set = faults.all.find((one) => one.fault === fault)
  return { says: FAULTS[fault], ...(set ?? { fault, mode: 'off' }) }
}

function readNumber(query: URLSearchParams, name: string, largest: number): number {
  const number = Number(query.get(name) ?? 0)
  if (Number.isFinite(number) && number >= 0 && number <= largest) return number
  throw unreadable(`${name} is a number from 0 to ${largest}.`)
}

function readEvent(query: URLSearchParams): TrailEvent | undefined {
  const asked = query.get('event')
  if (asked === null) return undefined
  const event = EVENTS.find((one) => one === asked)
  if (event) return event
  throw unreadable(`event is one of ${EVENTS.join(', ')}.`)
}
