import type { Actor } from '../../protocol/reasons.ts'

/** Who does something, through what, and from where: what the audit log wants to know. */
export interface By {
  readonly actor: Actor
  /** The person, where it is one whom we know. */
  readonly userId: string | null
  /** The session that they act from. */
  readonly sessionId: string | null
  /** The network address that the request came from; `null`: nobody asked, time did it. */
  readonly address: string | null
}

/** Nobody: a deadline, a sweep, a rule of ours. */
export const BY_TIME: By = { actor: 'system', userId: null, sessionId: null, address: null }

/** A request by whom nobody knows yet, or whose word means nothing: only where it came from counts. */
export const byStranger = (address: string | null): By => ({ ...BY_TIME, address })

/** Somebody who acts by a session of theirs. */
export const byPerson = (
  session: { readonly id: string; readonly userId: string },
  address: string | null,
): By => ({ actor: 'user', userId: session.userId, sessionId: session.id, address })

/** Somebody whom we know, without a session of theirs. */
const withoutSession = (userId: string, address: string | null): By => ({
  ...BY_TIME,
  actor: 'user',
  userId,
  address,
})

/** Somebody who has just proved who they are, and acts from no session. */
export const byProven = withoutSession

/** Somebody who acts by a link that was mailed to that person. */
export const byMail = withoutSession

/** Whoever holds the site's admin key. */
export const byAdmin = (address: string | null): By => ({ ...BY_TIME, actor: 'admin', address })
