import type { Moment } from '../../clock/moment.ts'
import {
  accountDueAt,
  auditDueAt,
  codeDueAt,
  deviceDueAt,
  eventDueAt,
  invitationDueAt,
  mailDueAt,
  sessionDueAt,
  signInDueAt,
} from '../lifetimes.ts'
import type { AnyRecord, Data } from './data.ts'
import { DeliveryQueues } from './delivery-queues.ts'
import { DueIndex } from './due-index.ts'
import { identityKeys } from './identity.ts'
import { KeyIndex } from './key-index.ts'
import type { TableName } from './records.ts'
import { SortedIndex } from './sorted-index.ts'
import type { DueRecord } from './store.ts'

const NONE: readonly string[] = []

/** Entries that are put right at a stretch: some milliseconds' worth. */
const AT_A_STRETCH = 500

/** What wants to hear of a table's changes. */
interface Watcher {
  changed(was: AnyRecord | undefined, now: AnyRecord | undefined): void
}

/**
 * Everything that is looked up otherwise than by id. Lives in memory, and is told of each record when a start
 * reads it.
 */
export class Indexes {
  readonly userByIdentity
  readonly accountsByState
  readonly membershipsOfUser
  readonly membershipsOfAccount
  readonly invitationsOfAccount
  readonly deviceByKey
  readonly signInByState
  readonly sessionByCookie
  readonly liveSessionsOfUser
  readonly liveSessionsOfDevice
  readonly eventsInOrder
  readonly auditOfUser
  readonly auditOfAccount
  readonly deliveriesOfEvent
  readonly deliveryQueues
  readonly #accountsDue
  readonly #sessionsDue
  readonly #signInsDue
  readonly #codesDue
  readonly #devicesDue
  readonly #eventsDue
  readonly #auditDue
  readonly #mailsDue
  readonly #invitationsDue
  readonly #byDue
  readonly #watchers: { readonly [T in TableName]: readonly Watcher[] }

  constructor(data: Data) {
    this.userByIdentity = new KeyIndex(data.user, identityKeys)
    this.accountsByState = new KeyIndex(data.account, ({ closed }) => (closed ? ['closed'] : NONE))
    this.membershipsOfUser = new KeyIndex(data.membership, ({ userId }) => [userId])
    this.membershipsOfAccount = new KeyIndex(data.membership, ({ accountId }) => [accountId])
    this.invitationsOfAccount = new KeyIndex(data.invitation, ({ accountId }) => [accountId])
    this.deviceByKey = new KeyIndex(data.device, ({ jkt }) => [jkt])
    this.signInByState = new KeyIndex(data.signIn, ({ step }) =>
      'stateHash' in step ? [step.stateHash] : NONE,
    )
    this.sessionByCookie = new KeyIndex(data.session, ({ cookieHash }) =>
      cookieHash === null ? NONE : [cookieHash],
    )
    this.liveSessionsOfUser = new KeyIndex(data.session, ({ userId, ended }) =>
      ended ? NONE : [userId],
    )
    this.liveSessionsOfDevice = new KeyIndex(data.session, ({ deviceId, ended }) =>
      deviceId === null || ended ? NONE : [deviceId],
    )
    this.eventsInOrder = new SortedIndex(data.event, ({ sequence }) => [sequence ?? 0, 0])
    this.auditOfUser = new KeyIndex(data.audit, ({ userId, byUserId }) =>
      [...new Set([userId, byUserId])].filter((id) => id !== null),
    )
    this.auditOfAccount = new KeyIndex(data.audit, ({ accountId }) =>
      accountId === null ? NONE : [accountId],
    )
    this.deliveriesOfEvent = new KeyIndex(data.delivery, ({ eventId }) => [eventId])
    this.deliveryQueues = new DeliveryQueues(data)
    this.#accountsDue = new DueIndex(data.account, accountDueAt)
    this.#sessionsDue = new DueIndex(data.session, sessionDueAt)
    this.#signInsDue = new DueIndex(data.signIn, signInDueAt)
    this.#codesDue = new DueIndex(data.code, codeDueAt)
    this.#devicesDue = new DueIndex(data.device, deviceDueAt)
    this.#eventsDue = new DueIndex(data.event, eventDueAt)
    this.#auditDue = new DueIndex(data.audit, auditDueAt)
    this.#invitationsDue = new DueIndex(data.invitation, invitationDueAt)
    this.#mailsDue = new DueIndex(data.mail, mailDueAt)
    this.#byDue = [
      this.#accountsDue,
      this.#sessionsDue,
      this.#signInsDue,
      this.#codesDue,
      this.#devicesDue,
      this.#eventsDue,
      this.#auditDue,
      this.#mailsDue,
      this.#invitationsDue,
    ]
    this.#watchers = {
      user: [this.userByIdentity],
      account: [this.accountsByState, this.#accountsDue],
      membership: [this.membershipsOfUser, this.membershipsOfAccount],
      invitation: [this.invitationsOfAccount, this.#invitationsDue],
      device: [this.deviceByKey, this.#devicesDue],
      signIn: [this.signInByState, this.#signInsDue],
      code: [this.#codesDue],
      session: [
        this.sessionByCookie,
        this.liveSessionsOfUser,
        this.liveSessionsOfDevice,
        this.#sessionsDue,
      ],
      event: [this.eventsInOrder, this.#eventsDue],
      delivery: [this.deliveriesOfEvent, this.deliveryQueues],
      endpoint: [],
      audit: [this.auditOfUser, this.auditOfAccount, this.#auditDue],
      mail: [this.#mailsDue],
      counter: [],
    }
  }

  /** Call it after each change; `undefined` on either side: there was none, there is none any more. */
  changed(table: TableName, was: AnyRecord | undefined, now: AnyRecord | undefined): void {
    for (const watcher of this.#watchers[table]) watcher.changed(was, now)
  }

  /**
   * Does a part of what {@link Indexes.due} would have to do before it can answer, so that others get their
   * turn in between. Call it until it says that nothing is left.
   */
  settle(now: Moment, limit: number): boolean {
    return this.#byDue.every((index) => index.settle(now, limit, AT_A_STRETCH))
  }

  nextDue(): Moment | undefined {
    const moments = this.#byDue.flatMap((index) => index.next() ?? [])
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  /** The first `limit` of all, the earliest first. */
  due(now: Moment, limit: number): readonly DueRecord[] {
    return [
      ...this.#accountsDue.due(now, limit).map((due) => ({ ...due, table: 'account' as const })),
      ...this.#sessionsDue.due(now, limit).map((due) => ({ ...due, table: 'session' as const })),
      ...this.#signInsDue.due(now, limit).map((due) => ({ ...due, table: 'signIn' as const })),
      ...this.#codesDue.due(now, limit).map((due) => ({ ...due, table: 'code' as const })),
      ...this.#devicesDue.due(now, limit).map((due) => ({ ...due, table: 'device' as const })),
      ...this.#eventsDue.due(now, limit).map((due) => ({ ...due, table: 'event' as const })),
      ...this.#auditDue.due(now, limit).map((due) => ({ ...due, table: 'audit' as const })),
      ...this.#mailsDue.due(now, limit).map((due) => ({ ...due, table: 'mail' as const })),
      ...this.#invitationsDue
        .due(now, limit)
        .map((due) => ({ ...due, table: 'invitation' as const })),
    ]
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
  }
}
