import type { Context } from 'koa'
import { LatchkeyError } from '../../protocol/errors.ts'

/**
 * Lets a form through that a page of ours sent, and nothing else: by `Origin`, or, where the browser
 * sends none, by `Sec-Fetch-Site`. Neither is a refusal (ASVS 3.5.1).
 */
export function requireSameOrigin(ctx: Context, siteUrl: string): void {
  const { origin, 'sec-fetch-site': site } = ctx.req.headers
  // A form under no-referrer sends `Origin: null`; Sec-Fetch-Site then says what Origin does not.
  const known = origin !== undefined && origin !== 'null'
  if (known ? origin === siteUrl : site === 'same-origin') return
  throw new LatchkeyError(
    'access_denied',
    'This form was not sent from a page of this site. Open the page again and try once more.',
  )
}
