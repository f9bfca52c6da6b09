import type { Moment } from '../../clock/moment.ts'
import type {
  Account,
  AuditRecord,
  AuthorizationCode,
  Delivery,
  DeliveryState,
  Device,
  Endpoint,
  Invitation,
  Mail,
  Membership,
  OutboxEvent,
  Session,
  SignIn,
  TableName,
  Tables,
  User,
} from './records.ts'

/** One change of one record: a new version of it, or its end. */
export type Write =
  | { [T in TableName]: { readonly table: T; readonly put: Tables[T] } }[TableName]
  | { readonly table: TableName; readonly remove: string }

/** A record that a decision was made on, as it was read; `undefined` if there was none. */
export type Expectation = {
  [T in TableName]: { readonly table: T; readonly id: string; readonly was: Tables[T] | undefined }
}[TableName]

/**
 * The operations that the site needs of its store, and no more. Reads answer with immutable records;
 * all changes go through {@link Store.commit}. A relational database fits behind it: expectations
 * become version columns, a commit a transaction.
 */
export interface Store {
  user(id: string): Promise<User | undefined>
  userByIdentity(issuer: string, subject: string): Promise<User | undefined>
  account(id: string): Promise<Account | undefined>
  membership(userId: string, accountId: string): Promise<Membership | undefined>
  membershipsOfUser(userId: string): Promise<readonly Membership[]>
  /** In the order in which they joined. */
  membershipsOfAccount(accountId: string): Promise<readonly Membership[]>
  invitation(id: string): Promise<Invitation | undefined>
  /** In the order in which they were made. */
  invitationsOfAccount(accountId: string): Promise<readonly Invitation[]>
  /** Accounts that are closed, for those who run the site to look at; the last closed first. */
  closedAccounts(limit: number): Promise<readonly Account[]>
  device(id: string): Promise<Device | undefined>
  deviceByKey(jkt: string): Promise<Device | undefined>
  signIn(id: string): Promise<SignIn | undefined>
  signInByState(stateHash: string): Promise<SignIn | undefined>
  code(id: string): Promise<AuthorizationCode | undefined>
  session(id: string): Promise<Session | undefined>
  sessionByCookie(cookieHash: string): Promise<Session | undefined>
  /** Sessions of a person that have not ended, in the order in which they began. */
  liveSessionsOfUser(userId: string): Promise<readonly Session[]>
  /** Sessions of a device that have not ended. */
  liveSessionsOfDevice(deviceId: string): Promise<readonly Session[]>
  event(id: string): Promise<OutboxEvent | undefined>
  /** Events after that sequence number, in the order of their commits. */
  eventsAfter(sequence: number, limit: number): Promise<readonly OutboxEvent[]>
  /** The sequence number of the newest event there ever was; 0: there was none. */
  latestSequence(): Promise<number>
  endpoint(id: string): Promise<Endpoint | undefined>
  delivery(id: string): Promise<Delivery | undefined>
  deliveriesOfEvent(eventId: string): Promise<readonly Delivery[]>
  /** All deliveries still waiting, the earliest `nextAt` first. */
  waitingDeliveries(): Promise<readonly Delivery[]>
  /** Of each endpoint that something waits for, the delivery with the earliest `nextAt`. */
  nextDeliveries(): Promise<readonly Delivery[]>
  /** Deliveries to that endpoint whose `nextAt` has come, the earliest first, then by event. */
  dueDeliveries(endpoint: string, now: Moment, limit: number): Promise<readonly Delivery[]>
  /** Deliveries in the order in which they came to be, for people to look at. */
  deliveries(filter: DeliveryFilter): Promise<readonly Delivery[]>
  countDeliveries(endpoint: string): Promise<Readonly<Record<DeliveryState, number>>>

  mail(id: string): Promise<Mail | undefined>
  /** Mails, the newest first, for people to look at. */
  mails(limit: number): Promise<readonly Mail[]>

  /** The audit log, the newest first. */
  audit(filter: AuditFilter): Promise<readonly AuditRecord[]>

  /** The earliest moment at which {@link Store.dueRecords} may have something. */
  nextDue(): Promise<Moment | undefined>
  /**
   * Records whose time has come at `now`: accounts whose plan changes, unended sessions past a deadline, sign-ins, redeemed or
   * expired codes, unused devices, mails to send, and invitations, mails, events and audit entries that nobody needs any
   * more, to forget. The earliest first, at most `limit`.
   */
  dueRecords(now: Moment, limit: number): Promise<readonly DueRecord[]>

  /**
   * Makes all of `writes` at once, if every record of `expected` is still what it was. Gives each
   * new event and audit entry the next sequence number.
   *
   * @returns `true` once the writes are on disk, `false` (and nothing written) when somebody came
   * between: read again and decide again.
   * @throws when the disk refuses; the store then takes no more writes, for memory must never be
   * ahead of the disk.
   */
  commit(writes: readonly Write[], expected?: readonly Expectation[]): Promise<boolean>

  /** Finishes what is under way, and lets go of the files. */
  close(): Promise<void>
}

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined
  readonly endpoint?: string | undefined
  /** Only those that came to be after this one. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Whom the entries concern; nothing named: all of them. */
export interface AuditFilter {
  readonly userId?: string | undefined
  readonly accountId?: string | undefined
  /** Only those with a smaller sequence number. */
  readonly before?: number | undefined
  readonly limit: number
}

export type DueRecord =
  | { readonly at: Moment; readonly table: 'account'; readonly record: Account }
  | { readonly at: Moment; readonly table: 'session'; readonly record: Session }
  | { readonly at: Moment; readonly table: 'signIn'; readonly record: SignIn }
  | { readonly at: Moment; readonly table: 'code'; readonly record: AuthorizationCode }
  | { readonly at: Moment; readonly table: 'device'; readonly record: Device }
  | { readonly at: Moment; readonly table: 'event'; readonly record: OutboxEvent }
  | { readonly at: Moment; readonly table: 'audit'; readonly record: AuditRecord }
  | { readonly at: Moment; readonly table: 'mail'; readonly record: Mail }
  | { readonly at: Moment; readonly table: 'invitation'; readonly record: Invitation }
