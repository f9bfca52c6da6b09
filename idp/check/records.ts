import type { Data } from '../store/data.ts'
import { lastNumber } from '../store/numbers.ts'
import {
  type Counter,
  membershipId,
  type Session,
  TABLE_NAMES,
  type TableName,
  type Tables,
  type TokenState,
} from '../store/records.ts'

/** Says what is wrong, in a sentence without its end. */
type Fault = string

/** What each record must be, by itself and among the others. */
type Checks = { readonly [T in TableName]?: (record: Tables[T], data: Data) => readonly Fault[] }

/** SHA-256 as base64url: what the store keeps of a secret (`hashOf`). */
const HASH = /^[\w-]{43}$/

const unless = (right: boolean, fault: Fault): readonly Fault[] => (right ? [] : [fault])

const CHECKS: Checks = {
  membership: ({ id, userId, accountId }, data) => [
    ...unless(id === membershipId(userId, accountId), 'has the id of another one'),
    ...unless(data.user.has(userId), `is of user ${userId}, who is missing`),
    ...unless(data.account.has(accountId), `is of account ${accountId}, which is missing`),
  ],
  invitation: ({ accountId, state }, data) => [
    ...unless(data.account.has(accountId), `is to account ${accountId}, which is missing`),
    ...unless(
      state.kind !== 'accepted' || data.user.has(state.userId),
      'was accepted by a user who is missing',
    ),
  ],
  mail: ({ state, nextAt }) =>
    unless(
      (state === 'waiting') === (nextAt !== null),
      state === 'waiting' ? 'waits and has no next attempt' : 'is done and has a next attempt',
    ),
  session: (session, data) => [
    // Those that ended may outlive what they belonged to.
    ...(session.ended ? [] : belongings(session, data)),
    ...(session.tokens ? tokenFaults(session.tokens) : []),
    ...unless(
      session.cookieHash === null || HASH.test(session.cookieHash),
      'keeps something as its cookie’s hash that is no SHA-256',
    ),
  ],
  delivery: ({ id, eventId, endpoint, state, nextAt }, data) => [
    ...unless(id === `${eventId}:${endpoint}`, 'has the id of another one'),
    ...unless(data.event.has(eventId), `is of event ${eventId}, which is missing`),
    ...unless(
      (state === 'waiting') === (nextAt !== null),
      state === 'waiting' ? 'waits and has no next attempt' : 'is done and has a next attempt',
    ),
  ],
}

function belongings(session: Session, data: Data): readonly Fault[] {
  const { userId, accountId, deviceId, jkt } = session
  const device = deviceId === null ? undefined : data.device.get(deviceId)
  return [
    ...unless(data.user.has(userId), `is of user ${userId}, who is missing`),
    ...unless(data.account.has(accountId), `is of account ${accountId}, which is missing`),
    ...unless(
      deviceId === null || device !== undefined,
      `is on device ${deviceId}, which is missing`,
    ),
    ...unless(!device || device.jkt === jkt, `is bound to another key than its device ${deviceId}`),
  ]
}

function tokenFaults({ current, previous, displaced }: TokenState): readonly Fault[] {
  const all = [current, ...(previous ? [previous.hash] : []), ...displaced]
  return [
    ...unless(
      all.every((hash) => HASH.test(hash)),
      'keeps something as a token’s hash that is no SHA-256',
    ),
    ...unless(new Set(all).size === all.length, 'keeps one token in two places'),
    ...unless(
      previous !== null || displaced.length === 0,
      'has displaced tokens that came from none',
    ),
  ]
}

/** Everything that is wrong with the records, each by itself and among the others, in sentences. */
export function recordFaults(data: Data): readonly string[] {
  return [
    ...TABLE_NAMES.flatMap((table) => faultsIn(table, data)),
    ...shared(data, 'user', 'identity', ({ identities }) =>
      identities.map(({ issuer, subject }) => `${subject} of ${issuer}`),
    ),
    ...shared(data, 'device', 'key', ({ jkt }) => [jkt]),
    ...shared(data, 'session', 'device', ({ deviceId, ended }) =>
      deviceId === null || ended ? [] : [deviceId],
    ),
    ...shared(data, 'session', 'cookie', ({ cookieHash }) =>
      cookieHash === null ? [] : [cookieHash],
    ),
    ...numberFaults(data, 'event'),
    ...numberFaults(data, 'audit'),
  ]
}

function faultsIn<T extends TableName>(table: T, data: Data): readonly string[] {
  const check: Checks[T] = CHECKS[table]
  const faults: string[] = []
  for (const record of data[table].values()) {
    try {
      for (const fault of check?.(record, data) ?? []) faults.push(`${table} ${record.id} ${fault}`)
    } catch {
      faults.push(`${table} ${record.id} is not built as one`)
    }
  }
  return faults
}

/** What belongs to one record alone, and was found at several. */
function shared<T extends TableName>(
  data: Data,
  table: T,
  what: string,
  keysOf: (record: Tables[T]) => readonly string[],
): readonly string[] {
  const owners = new Map<string, string>()
  const faults: string[] = []
  for (const record of data[table].values()) {
    for (const key of keysOf(record)) {
      const owner = owners.get(key)
      if (owner === undefined) owners.set(key, record.id)
      else faults.push(`${table} ${record.id} has the same ${what} as ${owner}: ${key}`)
    }
  }
  return faults
}

/** Numbers rise with the order of the commits, and the count that gives them stands behind all. */
function numberFaults(data: Data, table: Counter['id']): readonly string[] {
  const faults: string[] = []
  let before = 0
  for (const { id, sequence } of data[table].values()) {
    // Written before there were numbers.
    if (sequence === 0) continue
    if (sequence === undefined) faults.push(`${table} ${id} has no number`)
    else if (sequence <= before) {
      faults.push(`${table} ${id} has number ${sequence}, and stands behind number ${before}`)
    } else before = sequence
  }
  const last = lastNumber(data, table)
  return before <= last
    ? faults
    : [...faults, `${table} numbers go up to ${before}, and their counter stands at ${last}`]
}
