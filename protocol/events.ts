import * as v from 'valibot'
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
