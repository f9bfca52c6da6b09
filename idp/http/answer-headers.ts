import { DAY, SECOND } from '../../clock/moment.ts'

/** Two years, in seconds: what browsers' preload lists ask for. */
const HTTPS_ONLY_FOR = (730 * DAY) / SECOND

/**
 * What every answer says, JSON and redirects as well (ASVS 3.4, 14.3.2): kept nowhere, taken for
 * nothing but what it is, framed by nobody. Pages say more (`ui/respond.ts`). No answer ever allows
 * another origin to read it: browsers are led through, programs need no CORS (RFC 9700 §2.6).
 */
export const answerHeaders = (siteUrl: string): Record<string, string> => ({
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy':
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  // Browsers pass it over on plain http (RFC 6797 §8.1), and a development machine must not be pinned.
  ...(siteUrl.startsWith('https:')
    ? { 'Strict-Transport-Security': `max-age=${HTTPS_ONLY_FOR}; includeSubDomains` }
    : {}),
})
