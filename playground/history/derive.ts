import { fromSeconds, type Moment } from '../../clock/moment.ts'
import { castOf, entryInWords } from '../../idp/audit/in-words.ts'
import { CLIENT_NAMES, isClientId } from '../../idp/clients.ts'
import type { AuditRecord, Delivery, DeliveryOutcome, Mail } from '../../idp/store/records.ts'
import type { ShownSession, ShownTable, ShownTables } from '../site/records.ts'
import type { Unnumbered } from './happening.ts'

/** One record before and after a change. */
export type Change = {
  [T in ShownTable]: {
    readonly table: T
    readonly was: ShownTables[T] | undefined
    readonly now: ShownTables[T]
  }
}[ShownTable]

/** Who and what the records mean, to be looked up. */
export interface Lookup {
  get<T extends ShownTable>(table: T, id: string): ShownTables[T] | undefined
}

/** What a change of a record tells: the site never writes down its refreshes, but their traces are in its records. */
export function happeningsOf(change: Change, lookup: Lookup): readonly Unnumbered[] {
  switch (change.table) {
    case 'session':
      return ofSession(change.was, change.now, lookup)
    case 'audit':
      return change.was ? [] : ofAudit(change.now, lookup)
    case 'delivery':
      return ofDelivery(change.was, change.now, lookup)
    case 'mail':
      return ofMail(change.was, change.now, lookup)
    default:
      return []
  }
}

function ofSession(
  was: ShownSession | undefined,
  now: ShownSession,
  lookup: Lookup,
): readonly Unnumbered[] {
  const told: Unnumbered[] = []
  const session_id = now.id
  const { purge, ended } = now
  if (!was) told.push(signedIn(now, lookup))
  if (purge && was?.purge?.at !== purge.at) {
    const { outcome, answer } = purge
    told.push({ kind: 'purge_probed', at: fromSeconds(purge.at), session_id, outcome, answer })
  }
  if (now.refreshedAt > (was ?? now).refreshedAt || (!was && now.refreshedAt > now.createdAt)) {
    told.push({
      kind: 'refreshed',
      at: now.refreshedAt,
      session_id,
      access_ends_at: now.accessEndsAt,
      displaces: now.displaced > (was?.displaced ?? now.displaced),
    })
  }
  if (ended && !was?.ended) told.push({ kind: 'ended', session_id, ...ended })
  return told
}

function signedIn(session: ShownSession, lookup: Lookup): Unnumbered {
  const device = session.deviceId === null ? undefined : lookup.get('device', session.deviceId)
  const { clientId } = session
  return {
    kind: 'signed_in',
    at: session.createdAt,
    session_id: session.id,
    user_id: session.userId,
    person: nameOf(lookup, session.userId),
    account_id: session.accountId,
    device_id: session.deviceId,
    device: device?.name ?? (isClientId(clientId) ? CLIENT_NAMES[clientId] : clientId),
    platform: device?.platform ?? 'browser',
    client_id: clientId,
    idle: session.idle,
    absolute: session.absolute,
    access_ends_at: session.accessEndsAt,
  }
}

function ofAudit(entry: AuditRecord, lookup: Lookup): readonly Unnumbered[] {
  // Of these the session's own record tells more.
  if (entry.act === 'signed_in' || entry.act === 'session_ended') return []
  const cast = castOf(entry, '', (id) => nameOf(lookup, id))
  // What time does to an account is nobody's act: the sentence names nobody.
  const account =
    entry.userId === null && entry.accountId ? lookup.get('account', entry.accountId) : undefined
  const sentence = entryInWords(entry, cast)
  return [
    {
      kind: 'acted',
      at: entry.at,
      act: entry.act,
      actor: entry.actor,
      user_id: entry.userId,
      account_id: entry.accountId,
      says: account ? `${account.name}: ${sentence}` : sentence,
    },
  ]
}

function ofDelivery(
  was: Delivery | undefined,
  now: Delivery,
  lookup: Lookup,
): readonly Unnumbered[] {
  const last: Moment = was?.history?.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  const fresh = (now.history ?? []).filter(
    ({ at }, index) => at > last || index >= (was?.history?.length ?? 0),
  )
  const payload = lookup.get('event', now.eventId)?.payload
  return fresh.map(({ at, outcome }, index) => ({
    kind: 'told_service',
    at,
    delivery_id: now.id,
    endpoint: now.endpoint,
    event: payload?.type ?? 'an event',
    session_id: payload?.type === 'session.ended' ? payload.data.session_id : null,
    attempt: now.attempts - (fresh.length - 1 - index),
    state: index === fresh.length - 1 ? now.state : 'waiting',
    answer: outcomeInWords(outcome),
  }))
}

export const outcomeInWords = (outcome: DeliveryOutcome): string =>
  outcome.kind === 'answered' ? String(outcome.status) : outcome.why.replaceAll('_', ' ')

function ofMail(was: Mail | undefined, now: Mail, lookup: Lookup): readonly Unnumbered[] {
  if (now.state !== 'sent' || was?.state === 'sent') return []
  const to = now.to.kind === 'person' ? nameOf(lookup, now.to.userId) : now.to.address
  return [{ kind: 'mailed', at: now.at, mail: now.says.kind, to }]
}

export const nameOf = (lookup: Lookup, userId: string): string =>
  lookup.get('user', userId)?.name || 'somebody deleted'
