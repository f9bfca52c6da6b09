import { type Duration, MINUTE, type Moment } from '../../clock/moment.ts'
import type { Session } from '../store/records.ts'

/** How old a sign-in may be for a sensitive change (ASVS 7.5.1). */
export const FRESH: Duration = 10 * MINUTE

/** Whether the person proved themselves to the provider recently enough for a sensitive change. */
export const isFresh = (session: Pick<Session, 'authTime'>, now: Moment): boolean =>
  now - session.authTime <= FRESH
