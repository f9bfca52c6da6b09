import { DAY, type Duration, fromIso, fromSeconds, type Moment } from '../../clock/moment.ts'
import type { AccessTokenClaims } from '../../protocol/access-token.ts'
import { claimsAreStale } from '../../protocol/claims-changed.ts'
import type { ServiceEvent } from '../../protocol/events.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'
import { EndedSessions } from './ended-sessions.ts'

/** Why a token is refused that verifies. */
export interface Refusal {
  readonly reason: Reason
  readonly actor: Actor
}

interface Revocation extends Refusal {
  readonly at: Moment
  readonly until: Moment
}

/** No access token lives longer, so older changes are in every one of them. */
const LONGEST_TOKEN: Duration = DAY

const accountKey = (accountId: string) => accountId
const memberKey = (userId: string, accountId: string) => `${userId} ${accountId}`

/**
 * What this service has heard: which tokens are not to be taken though they verify, and which say what is
 * not true any more. A signature only says that a token was right when it was issued.
 *
 * Kept in memory: a service that starts reads the site's events again, and knows as much as before.
 */
export class Memory {
  readonly #ended = new EndedSessions()
  /** Accounts, and people in accounts, whose tokens from before a moment are void. */
  readonly #revoked = new Map<string, Revocation>()
  /** When what tokens say of an account, or of a person in it, changed last. */
  readonly #changed = new Map<string, Moment>()

  /** Takes an event, in whatever order they come, and however often. */
  take({ type, timestamp, data }: ServiceEvent, now: Moment): void {
    const at = fromIso(timestamp) ?? now
    this.#forget(now)
    switch (type) {
      case 'session.ended':
        this.#ended.add(data, now)
        break
      case 'account.closed':
        this.#revoke(accountKey(data.account_id), 'account_closed', data, at)
        break
      case 'membership.changed':
        if (data.role === null) {
          this.#revoke(memberKey(data.user_id, data.account_id), 'membership_removed', data, at)
        } else this.#change(memberKey(data.user_id, data.account_id), at)
        break
      case 'subscription.changed':
        this.#change(accountKey(data.account_id), at)
        break
      // Their sessions' endings are told by themselves, and this service keeps nothing else of people.
      case 'credential.changed':
      case 'user.deleted':
        break
    }
  }

  /** Why a token that verifies is refused; `undefined` when it is good. */
  refusalOf({ sid, sub, account, iat }: AccessTokenClaims): Refusal | undefined {
    const ending = this.#ended.find(sid)
    if (ending) return ending
    const keys = [accountKey(account.id), memberKey(sub, account.id)]
    return keys
      .flatMap((key) => this.#revoked.get(key) ?? [])
      .find(({ at }) => claimsAreStale(iat, at))
  }

  /** Since when what the token says of its account is out of date; `undefined` when it is not. */
  staleSince({ sub, account, iat }: AccessTokenClaims): Moment | undefined {
    const changes = [accountKey(account.id), memberKey(sub, account.id)].flatMap(
      (key) => this.#changed.get(key) ?? [],
    )
    const last = Math.max(...changes)
    return changes.length > 0 && claimsAreStale(iat, last) ? last : undefined
  }

  #revoke(
    key: string,
    reason: Reason,
    { actor, exp }: { readonly actor: Actor; readonly exp?: number | undefined },
    at: Moment,
  ): void {
    const until = exp === undefined ? at + LONGEST_TOKEN : fromSeconds(exp)
    if (at >= (this.#revoked.get(key)?.at ?? at)) {
      this.#revoked.set(key, { at, until, reason, actor })
    }
  }

  #change(key: string, at: Moment): void {
    this.#changed.set(key, Math.max(at, this.#changed.get(key) ?? at))
  }

  #forget(now: Moment): void {
    for (const [key, { until }] of this.#revoked) if (until <= now) this.#revoked.delete(key)
    for (const [key, at] of this.#changed) {
      if (at + LONGEST_TOKEN <= now) this.#changed.delete(key)
    }
  }
}
