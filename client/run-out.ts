import { type Duration, fromSeconds, type Moment, SECOND } from '../clock/moment.ts'
import type { Me } from '../protocol/me.ts'

/** The site says its moments in whole seconds, rounded down. */
const ROUNDING = SECOND

/**
 * When a session that nobody uses runs out, as far as this device knows. The site alone ends it; but from
 * then on it may be asked without having been used, for there is nothing left that this could prolong.
 *
 * @param issuedAt when the newest access token was issued: its refresh may be newer than what `me` says
 */
export function runsOutAt({ session }: Pick<Me, 'session'>, issuedAt: Moment | undefined): Moment {
  const { refreshed_at, idle_ends_at, absolute_ends_at } = session
  const window = fromSeconds(idle_ends_at - refreshed_at)
  const refreshedAt = Math.max(fromSeconds(refreshed_at), issuedAt ?? 0)
  return Math.min(refreshedAt + window, fromSeconds(absolute_ends_at)) + ROUNDING
}

/**
 * Time has passed, and nobody has used the session: asks once it must have run out, now or within the second
 * that the site's rounding leaves open.
 *
 * @param left until {@link runsOutAt}
 */
export function askIfRunOut(left: Duration, ask: () => void): void {
  if (left <= 0) ask()
  else if (left <= ROUNDING) setTimeout(ask, left)
}
