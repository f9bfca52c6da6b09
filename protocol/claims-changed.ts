import { fromSeconds, type Moment, toSeconds } from '../clock/moment.ts'

/**
 * In the answer of whoever was shown an access token that is valid, but says what is not true any more
 * (another plan, another role): since when, in seconds since 1970. A soft change: the request was
 * answered all the same, and the client's next refresh brings the new claims (DESIGN §9).
 */
export const CLAIMS_CHANGED = 'Latchkey-Claims-Changed'

/**
 * Whether a token says what was true before a change. Tokens count whole seconds, so one of the same
 * second may be older: it is taken for that.
 *
 * @param issuedAt the token's `iat`, in seconds
 */
export const claimsAreStale = (issuedAt: number, changedAt: Moment): boolean =>
  issuedAt <= toSeconds(changedAt)

/** Reads {@link CLAIMS_CHANGED}; `undefined` when there is none, or it is not a time. */
export const readClaimsChanged = (header: string | null): Moment | undefined =>
  header !== null && /^\d{1,12}$/.test(header) ? fromSeconds(Number(header)) : undefined
