import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a request that changes something comes from a page of this very origin, or from no page at
 * all: pages on the web can reach what listens on this machine.
 *
 * `Sec-Fetch-Site` decides where a browser sends it: our pages send no referrer, and then a form's
 * `Origin` is `null` (Fetch §3.2).
 */
export function isFromHere(headers: IncomingHttpHeaders): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`
}
