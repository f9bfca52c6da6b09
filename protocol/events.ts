import * as v from 'valibot'
import { ROLES, SubscriptionClaim } from './plan.ts'
import { ACTORS, REASONS } from './reasons.ts'

/**
 * What the site tells the services by Standard Webhooks: thin, and enough to refuse a token that is
 * still valid by its signature (DESIGN §9).
 */
export const SessionEndedEvent = v.object({
  type: v.literal('session.ended'),
  /** When it ended: ISO 8601, UTC. */
  timestamp: v.string(),
  data: v.object({
    session_id: v.string(),
    user_id: v.string(),
    account_id: v.string(),
    device_id: v.nullable(v.string()),
    reason: v.picklist(REASONS),
    actor: v.picklist(ACTORS),
    /** Seconds since 1970 until which an access token of this session may be presented: remember till then. */
    exp: v.number(),
  }),
})

export type SessionEndedEvent = v.InferOutput<typeof SessionEndedEvent>

/** The person's password was changed; the endings of their sessions are told one by one. */
export const CredentialChangedEvent = v.object({
  type: v.literal('credential.changed'),
  timestamp: v.string(),
  data: v.object({ user_id: v.string(), actor: v.picklist(ACTORS) }),
})

/**
 * What an account has paid for is another than its tokens say. A soft change: nothing ends, the next
 * refresh carries it (DESIGN §9).
 */
export const SubscriptionChangedEvent = v.object({
  type: v.literal('subscription.changed'),
  timestamp: v.string(),
  data: v.object({
    account_id: v.string(),
    /** What tokens say from now on. */
    subscription: SubscriptionClaim,
    actor: v.picklist(ACTORS),
  }),
})

/** A person has another role in an account, or none any more; the latter ends sessions, told by themselves. */
export const MembershipChangedEvent = v.object({
  type: v.literal('membership.changed'),
  timestamp: v.string(),
  data: v.object({
    user_id: v.string(),
    account_id: v.string(),
    /** `null`: the person doesn't belong to the account any more. */
    role: v.nullable(v.picklist(ROLES)),
    actor: v.picklist(ACTORS),
    /**
     * With role `null`: until when a token that names both may be presented. It may be of a session that
     * goes on for another account (`/me/account`), so refuse what was issued before `timestamp`.
     */
    exp: v.optional(v.number()),
  }),
})

/** An account is closed; the endings of its sessions are told one by one. */
export const AccountClosedEvent = v.object({
  type: v.literal('account.closed'),
  timestamp: v.string(),
  data: v.object({
    account_id: v.string(),
    actor: v.picklist(ACTORS),
    /** Until when a token that names the account may be presented, of whichever session. */
    exp: v.optional(v.number()),
  }),
})

/** A person is deleted: whoever keeps something about them forgets it. */
export const UserDeletedEvent = v.object({
  type: v.literal('user.deleted'),
  timestamp: v.string(),
  data: v.object({ user_id: v.string(), actor: v.picklist(ACTORS) }),
})

/**
 * Beside the event in each webhook, and signed with it: its number among all events, in the order in which
 * they happened. A number that was left out tells a receiver that it missed something: `GET /events` has it.
 */
export const EventNumber = v.object({ sequence: v.number() })

export type EventNumber = v.InferOutput<typeof EventNumber>

/** Everything that services are told. Receivers pass over kinds that they don't know. */
export const ServiceEvent = v.variant('type', [
  SessionEndedEvent,
  CredentialChangedEvent,
  SubscriptionChangedEvent,
  MembershipChangedEvent,
  AccountClosedEvent,
  UserDeletedEvent,
])

export type ServiceEvent = v.InferOutput<typeof ServiceEvent>

/**
 * `GET /events?after=<number>&limit=<count>`: what a service missed, for `Authorization: Bearer` with its
 * service key. Events in the order in which they happened, each once.
 */
export const EventsPage = v.object({
  events: v.array(
    v.object({
      /** The same as `webhook-id` of its delivery. */
      id: v.string(),
      sequence: v.number(),
      event: ServiceEvent,
    }),
  ),
  /** The position up to which this page tells everything: give it as `after` the next time. */
  next: v.number(),
  /** Whether there are events after `next` already. */
  more: v.boolean(),
  /**
   * How many events between `after` and `next` are not kept any more. Whoever goes on from a position of
   * theirs and reads another number than 0 was away for longer than events are kept: no ending among them
   * need be remembered now, but what was derived from other events may be out of date.
   */
  forgotten: v.number(),
})

export type EventsPage = v.InferOutput<typeof EventsPage>
