import type { Moment } from '../../clock/moment.ts'
import type { AuditAct } from '../../protocol/audit.ts'
import type { ClosingReason } from '../../protocol/closing.ts'
import type { PublicDeviceJwk } from '../../protocol/dpop/key.ts'
import type { ServiceEvent } from '../../protocol/events.ts'
import type { Role, SubscriptionStatus } from '../../protocol/plan.ts'
import type { PurgeProof } from '../../protocol/purge-proof.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'

/**
 * What the store holds. Records are immutable: a change is a new record with the same id, so two
 * readers never see half of it. "Has it changed since I read it" asks whether it still says the same: what
 * must collide with something else has a count that changes with it.
 * Times are {@link Moment}s. No secret is ever stored, only its hash.
 */

/** A person, known by what a provider calls them: (issuer, subject), never by e-mail (field.md S4). */
export interface User {
  readonly id: string
  readonly identities: readonly { readonly issuer: string; readonly subject: string }[]
  readonly name: string
  readonly email: string | null
  readonly createdAt: Moment
  /** Counts sign-ins; makes a sign-in collide with whatever else changes the person at that moment. */
  readonly signIns: number
  /**
   * When everything of this person was ended the last time, and how often that was: a sign-in that
   * was proved before it makes no session any more. `null`: never.
   */
  readonly allEnded: {
    readonly times: number
    readonly at: Moment
    readonly reason: Reason
    readonly actor: Actor
  } | null
  readonly deleted: {
    readonly at: Moment
    readonly actor: Actor
    /**
     * SHA-256 of each identity that the person had: enough to know them when they come back, and
     * nothing to be read by. Missing: their identities are still there.
     */
    readonly identityHashes?: readonly string[]
  } | null
  readonly loginsDisabled: {
    readonly at: Moment
    readonly actor: Actor
    /** `now`: every session ends at once. `expiry`: no sign-in and no refresh any more. */
    readonly mode: 'now' | 'expiry'
  } | null
}

export interface Subscription {
  readonly id: string
  readonly plan: string
  readonly status: SubscriptionStatus
  readonly trialEndsAt: Moment | null
  readonly periodEndsAt: Moment | null
  /** Past due: when it is canceled unless it is paid. Missing: nothing was said. */
  readonly graceEndsAt?: Moment
  /** Whether it is canceled when the trial or the period ends. Missing: no. */
  readonly cancels?: boolean
  /** Whether somebody was reminded that the trial ends. Missing: no. */
  readonly reminded?: boolean
  /** Canceled, and chosen again: it begins with a payment. Missing: no. */
  readonly awaitsPayment?: boolean
  /** Counts the choices of people and of the billing system. Missing: none so far. */
  readonly choices?: number
}

export interface Account {
  readonly id: string
  readonly name: string
  readonly createdAt: Moment
  readonly subscription: Subscription
  readonly closed: {
    readonly at: Moment
    readonly actor: Actor
    /** What the person told us; missing: nobody was asked. */
    readonly told?: { readonly reason: ClosingReason; readonly words: string | null }
  } | null
  /**
   * Counts changes of who belongs to it; makes them collide with each other and with its closing.
   * Missing: none.
   */
  readonly changes?: number
}

/** That a person belongs to an account. */
export interface Membership {
  /** `${userId}:${accountId}` */
  readonly id: string
  readonly userId: string
  readonly accountId: string
  readonly role: Role
  readonly since: Moment
}

export const membershipId = (userId: string, accountId: string): string => `${userId}:${accountId}`

/** That somebody was asked to join an account. */
export interface Invitation {
  readonly id: string
  readonly accountId: string
  /** Where the mail went. Whoever has it may accept, as whomever they sign in: people have several addresses. */
  readonly address: string
  readonly role: Role
  readonly invitedBy: string
  readonly createdAt: Moment
  readonly expiresAt: Moment
  readonly state:
    | { readonly kind: 'open' }
    | { readonly kind: 'withdrawn'; readonly at: Moment }
    | { readonly kind: 'accepted'; readonly at: Moment; readonly userId: string }
}

/** One installation of a client and its key. */
export interface Device {
  readonly id: string
  /** Thumbprint of `jwk`: what tokens are bound to. */
  readonly jkt: string
  readonly jwk: PublicDeviceJwk
  readonly name: string
  readonly platform: string
  readonly createdAt: Moment
  /** Whether anybody ever signed in on it; those that nobody did are forgotten after a day. */
  readonly used: boolean
}

/** A sign-in that is on its way through the browser. */
export interface SignIn {
  readonly id: string
  readonly createdAt: Moment
  readonly clientId: string
  readonly redirectUri: string
  /** The client's `state`, given back untouched. */
  readonly state: string | null
  readonly codeChallenge: string | null
  readonly deviceId: string | null
  readonly jkt: string | null
  /** Hash of the cookie of the browser that started it (RFC 9700 §4.7). */
  readonly browserHash: string
  readonly provider: string
  /**
   * When the provider was last asked to let the person prove themselves, where that was not at the
   * beginning: a password that was forgotten takes a way of its own. Missing: at the beginning.
   */
  readonly askedAt?: Moment
  /** The invitation whose link this browser opened before; missing: none. */
  readonly invitationId?: string
  readonly step: SignInStep
}

/** What the provider's answer must fit. */
export interface AwaitedAnswer {
  /** Hash of the `state` that the provider must bring back. */
  readonly stateHash: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** How far it has come. Each step can be taken once. */
export type SignInStep =
  | ({ readonly at: 'provider' } & AwaitedAnswer)
  /** The person forgot the password, and is at the provider's journey that resets it. */
  | ({ readonly at: 'reset' } & AwaitedAnswer)
  /** Asked with `prompt=none`: only whether the provider would still sign somebody in by itself. */
  | { readonly at: 'silent'; readonly stateHash: string }
  | { readonly at: 'logout'; readonly stateHash: string; readonly outcome: SignInOutcome }
  | { readonly at: 'probe'; readonly stateHash: string; readonly outcome: SignInOutcome }
  | {
      readonly at: 'chooser'
      readonly userId: string
      readonly authTime: Moment
      readonly era?: number
      readonly purge: PurgeProof
    }
  | { readonly at: 'done' }

/** What the provider's answer came to, kept until its session is purged. */
export type SignInOutcome =
  | {
      readonly kind: 'person'
      readonly userId: string
      readonly authTime: Moment
      /** How often everything of the person had been ended by then; missing: never. */
      readonly era?: number
    }
  /** The password was just reset: the person signs in with the new one. */
  | { readonly kind: 'again'; readonly loginHint: string | null }
  | RefusedSignIn

export interface RefusedSignIn {
  readonly kind: 'refused'
  /** Who was turned away, where it is somebody whom we know. */
  readonly userId?: string
  /** `null`: the provider's answer was not good enough, which is no reason of ours. */
  readonly reason: Reason | null
  readonly at: Moment | null
  /** What the person reads. */
  readonly description: string
}

/** A one-time authorization code; `id` is its hash (RFC 6749 §4.1.2). */
export interface AuthorizationCode {
  readonly id: string
  readonly createdAt: Moment
  readonly clientId: string
  readonly redirectUri: string
  readonly codeChallenge: string | null
  readonly jkt: string | null
  readonly deviceId: string | null
  readonly userId: string
  readonly accountId: string
  readonly authTime: Moment
  /** How often everything of the person had been ended when they proved themselves; missing: never. */
  readonly era?: number
  readonly purge: PurgeProof
  /** Set once it was redeemed: what it made, and the answer for whoever lost it. */
  readonly redeemed: {
    readonly at: Moment
    readonly sessionId: string
    readonly attemptHash: string | null
    readonly sealed: string | null
  } | null
}

/** The refresh tokens of a session that mean something, as hashes (DESIGN §6). */
export interface TokenState {
  readonly current: string
  /** Whether the holder of `current` has shown that it arrived, by using its access token here. */
  readonly confirmed: boolean
  /** What `current` came from. */
  readonly previous: {
    readonly hash: string
    readonly attemptHash: string | null
    /** The answer, sealed under the presented token and the attempt: the store alone can't open it. */
    readonly sealed: string | null
    readonly rotatedAt: Moment
  } | null
  /** Successors that were displaced by another one before anyone used them, the newest first. */
  readonly displaced: readonly string[]
}

/** One sign-in on one device. */
export interface Session {
  readonly id: string
  readonly clientId: string
  readonly userId: string
  readonly accountId: string
  readonly deviceId: string | null
  readonly jkt: string | null
  /** When the person proved themselves to the provider; never moves (RFC 9068 §2.2.1). */
  readonly authTime: Moment
  readonly createdAt: Moment
  readonly refreshedAt: Moment
  /** Lifetimes in force when it began, so that a changed setting doesn't rewrite what was promised. */
  readonly idle: number
  readonly absolute: number
  readonly purge: PurgeProof | null
  /** `null`: a client without a device key, or a browser on the site itself. */
  readonly tokens: TokenState | null
  /** Hash of the cookie of a browser on the site itself (`latchkey-web`). */
  readonly cookieHash: string | null
  /** `jti` of the newest access token. */
  readonly accessTokenId: string
  /** Until when an access token of this session may be presented. */
  readonly accessEndsAt: Moment
  readonly ended: { readonly at: Moment; readonly reason: Reason; readonly actor: Actor } | null
}

/** Something that services are told, written together with what it tells of (an outbox). */
export interface OutboxEvent {
  readonly id: string
  readonly at: Moment
  readonly payload: ServiceEvent
  /**
   * Counts events in the order of their commits. The store gives it when the event is first put;
   * 0: written before events were counted, so it stands before all others.
   */
  readonly sequence?: number
  /** Until when it is kept for those that were away. */
  readonly keepUntil: Moment
}

/** What came of one attempt to deliver. */
export interface DeliveryAttempt {
  readonly at: Moment
  readonly outcome: DeliveryOutcome
}

export type DeliveryOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly error?: string }
  | {
      readonly kind: 'failed'
      readonly why: 'unreachable' | 'untrusted' | 'timeout' | 'internal_target' | 'not_configured'
    }

/** One event on its way to one service. */
export interface Delivery {
  /** `${eventId}:${endpoint}` */
  readonly id: string
  readonly eventId: string
  readonly endpoint: string
  readonly attempts: number
  /** `null` once it arrived or was given up. */
  readonly nextAt: Moment | null
  readonly state: 'waiting' | 'delivered' | 'dead'
  /** The last attempts, the newest at the end; older data folders don't say. */
  readonly history?: readonly DeliveryAttempt[]
}

export type DeliveryState = Delivery['state']

/** What the site knows of a service's endpoint; one of which nothing is known has no record. */
export interface Endpoint {
  /** Its address, as in the settings. */
  readonly id: string
  /** It answered 410 Gone: nothing is sent until an administrator enables it again. */
  readonly disabled: { readonly at: Moment } | null
  /** It asked for fewer requests: nothing is sent before. */
  readonly slowUntil: Moment | null
}

/** One line of the audit log. Written once, never changed (`protocol/audit.ts` says what each means). */
export interface AuditRecord {
  readonly id: string
  /** The store gives it when the entry is put. */
  readonly sequence?: number
  readonly at: Moment
  readonly act: AuditAct
  readonly actor: Actor
  readonly byUserId: string | null
  readonly bySessionId: string | null
  readonly address: string | null
  readonly userId: string | null
  readonly accountId: string | null
  readonly sessionId: string | null
  readonly deviceId: string | null
  readonly reason: Reason | null
  readonly details: Readonly<Record<string, string | number>>
}

/** What a mail says, with what it needs to say it: never a secret, and no link. One kind each. */
export type MailContent =
  | {
      readonly kind: 'invitation'
      readonly invitationId: string
      /** Name of the account. */
      readonly account: string
      readonly inviter: string
      readonly role: Role
      readonly expiresAt: Moment
    }
  | {
      readonly kind: 'trial_ends_soon'
      readonly account: string
      readonly plan: string
      readonly endsAt: Moment
      readonly offer: PlanOffer
    }
  | {
      readonly kind: 'payment_due'
      readonly account: string
      readonly plan: string
      /** What has ended unpaid. */
      readonly ended: 'trial' | 'period'
      readonly graceEndsAt: Moment
      readonly offer: PlanOffer
    }
  | { readonly kind: 'plan_canceled'; readonly account: string; readonly plan: string }
  /** A token that was used up was used again, so its session was ended. */
  | { readonly kind: 'reuse_detected'; readonly at: Moment }

/** The plans that a mail offers by link, to one person, for one account. */
export interface PlanOffer {
  readonly accountId: string
  readonly userId: string
  /** How often had been chosen by then. */
  readonly choices: number
  readonly plans: readonly {
    readonly name: string
    readonly label: string
    readonly price: string
  }[]
  readonly expiresAt: Moment
}

export type MailRecipient =
  /** Somebody whom we know: at the address that they have when it is sent. */
  | { readonly kind: 'person'; readonly userId: string }
  | { readonly kind: 'address'; readonly address: string }

/** Something to be said by e-mail, written together with its cause (an outbox, as events are). */
export interface Mail {
  readonly id: string
  readonly at: Moment
  readonly to: MailRecipient
  readonly says: MailContent
  readonly attempts: number
  /** `null` once it was sent or given up. */
  readonly nextAt: Moment | null
  readonly state: 'waiting' | 'sent' | 'undeliverable'
}

/** Where a count stands that must go on after a restart. */
export interface Counter {
  readonly id: 'event' | 'audit'
  readonly value: number
}

/** Everything there is, by table. */
export interface Tables {
  user: User
  account: Account
  membership: Membership
  invitation: Invitation
  device: Device
  signIn: SignIn
  code: AuthorizationCode
  session: Session
  event: OutboxEvent
  delivery: Delivery
  endpoint: Endpoint
  audit: AuditRecord
  mail: Mail
  counter: Counter
}

export type TableName = keyof Tables

export const TABLE_NAMES = [
  'user',
  'account',
  'membership',
  'invitation',
  'device',
  'signIn',
  'code',
  'session',
  'event',
  'delivery',
  'endpoint',
  'audit',
  'mail',
  'counter',
] as const satisfies readonly TableName[]
