import { type Moment, toSeconds } from '../../../clock/moment.ts'
import type { B2cCode, ErrorValues } from './errors.ts'

/** What became of a code or a refresh token. */
export type GrantFate =
  /** It was never given out. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'alive' }
  | { readonly kind: 'of-another-policy'; readonly policy: string }
  /** Used a second time, or given out together with a code that was. */
  | { readonly kind: 'revoked' }
  | { readonly kind: 'expired'; readonly issued: number; readonly expires: number }

/** B2C's words for a grant that is refused. One that is alive was refused for something else. */
export function codeOfFate(
  fate: GrantFate,
  policy: string,
  now: Moment,
): { readonly code: B2cCode; readonly values: ErrorValues } {
  switch (fate.kind) {
    case 'unknown':
    case 'alive':
      return { code: 'AADB2C90085', values: {} }
    case 'of-another-policy':
      return { code: 'AADB2C90088', values: { actual: fate.policy, expected: policy } }
    case 'revoked':
      return { code: 'AADB2C90129', values: {} }
    case 'expired':
      return {
        code: 'AADB2C90080',
        values: { now: toSeconds(now), issued: fate.issued, expires: fate.expires },
      }
  }
}
