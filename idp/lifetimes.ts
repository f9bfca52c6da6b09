import { DAY, type Duration, HOUR, MINUTE, type Moment, SECOND } from '../clock/moment.ts'
import { planDueAt } from './plans/decide.ts'
import type {
  Account,
  AuditRecord,
  AuthorizationCode,
  Device,
  Invitation,
  Mail,
  OutboxEvent,
  Session,
  SignIn,
} from './store/records.ts'

/** How long things live (DESIGN §6). The configurable ones are defaults of the settings. */
export const DEFAULT_LIFETIMES = {
  /** Of an access token; clients refresh when theirs is older. */
  access: HOUR,
  /** The rolling window, from the last refresh. */
  idle: 14 * DAY,
  /** The absolute end, from sign-in. */
  absolute: 180 * DAY,
  /** Of a new person's trial. */
  trial: 30 * DAY,
  /** Of a key that signs access tokens; its successor is published a day before it takes over. */
  signingKey: 90 * DAY,
  /** How long a plan that is not paid goes on. */
  grace: 7 * DAY,
} as const satisfies Record<string, Duration>

export interface Lifetimes {
  readonly access: Duration
  readonly idle: Duration
  readonly absolute: Duration
  readonly trial: Duration
  readonly signingKey: Duration
  readonly grace: Duration
}

/** Of a sign-in on its way through the browser, from when the provider was last asked. */
export const SIGN_IN_LIFE: Duration = 10 * MINUTE

/** Of an authorization code that nobody redeemed (RFC 9700, ASVS 10.4.3). */
export const CODE_LIFE: Duration = 60 * SECOND

/** How long a redeemed code is remembered: to give a lost answer again, and to notice a second use. */
export const REDEEMED_CODE_MEMORY: Duration = DAY

/** How long a registered device is kept that nobody ever signs in on. */
export const UNUSED_DEVICE_LIFE: Duration = DAY

/** How long an ended session is kept, so that its device learns the reason whenever it comes back. */
export const ENDED_SESSION_MEMORY: Duration = 365 * DAY

export const idleEndsAt = (session: Pick<Session, 'refreshedAt' | 'idle'>): Moment =>
  session.refreshedAt + session.idle

export const absoluteEndsAt = (session: Pick<Session, 'createdAt' | 'absolute'>): Moment =>
  session.createdAt + session.absolute

/** A session ends at min(last refresh + rolling window, sign-in + absolute). */
export const sessionEndsAt = (
  session: Pick<Session, 'refreshedAt' | 'idle' | 'createdAt' | 'absolute'>,
): Moment => Math.min(idleEndsAt(session), absoluteEndsAt(session))

/** When the sweep has something to do with a record; `undefined`: never. */
export const sessionDueAt = (session: Session): Moment =>
  session.ended ? session.ended.at + ENDED_SESSION_MEMORY : sessionEndsAt(session)

export const signInDueAt = ({ askedAt, createdAt }: SignIn): Moment =>
  (askedAt ?? createdAt) + SIGN_IN_LIFE

export const codeDueAt = (code: AuthorizationCode): Moment =>
  code.redeemed ? code.redeemed.at + REDEEMED_CODE_MEMORY : code.createdAt + CODE_LIFE

export const deviceDueAt = (device: Device): Moment | undefined =>
  device.used ? undefined : device.createdAt + UNUSED_DEVICE_LIFE

/**
 * How long an event is kept once no receiver need remember it any more: longer than the longest
 * schedule of retries (ten attempts, `Retry-After` included), with days left for a person to see
 * what died and to send it again.
 */
export const EVENT_MEMORY: Duration = 14 * DAY

/** @param rememberUntil until when receivers must remember what the event tells */
export const keepEventUntil = (rememberUntil: Moment, now: Moment): Moment =>
  Math.max(rememberUntil, now) + EVENT_MEMORY

export const eventDueAt = ({ keepUntil }: OutboxEvent): Moment => keepUntil

/** How long an invitation may be accepted. */
export const INVITATION_LIFE: Duration = 7 * DAY

/** How long it is known after that, so that its link can say what became of it. */
export const INVITATION_MEMORY: Duration = 30 * DAY

export const invitationDueAt = ({ expiresAt }: Invitation): Moment => expiresAt + INVITATION_MEMORY

/** How long it is remembered that somebody was written to. */
export const MAIL_MEMORY: Duration = 30 * DAY

/** When a mail is to be sent; one that was, when it is forgotten. */
export const mailDueAt = ({ nextAt, at }: Mail): Moment => nextAt ?? at + MAIL_MEMORY

/** When an account's plan changes by itself, or somebody is to be reminded of it; a closed one's doesn't. */
export const accountDueAt = ({ closed, subscription }: Account): Moment | undefined =>
  closed ? undefined : planDueAt(subscription)

/** How long the audit log remembers: long enough to be asked about a whole year. */
export const AUDIT_MEMORY: Duration = 400 * DAY

export const auditDueAt = (entry: AuditRecord): Moment => entry.at + AUDIT_MEMORY
