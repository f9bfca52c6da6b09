import { createHash } from 'node:crypto'
import type { JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { STYLE } from './style.ts'

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

export interface PagePolicy {
  /**
   * Origins that a form of this page may lead to besides its own. A browser applies `form-action`
   * to the redirects after a POST as well (CSP3 §6.4.2), so name where those lead.
   */
  readonly formAction?: readonly string[]
}

/** A vnode as a whole document. */
export const renderPage = (page: JSX.Element): string => `<!doctype html>${renderToString(page)}`

/**
 * The headers of every page (ASVS 3.4): no script, no frame, no cache, no referrer. The stylesheet is
 * written into the page and allowed by its hash: no second request, no address to serve it from.
 */
export const pageHeaders = (policy: PagePolicy = {}): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    ["form-action 'self'", ...(policy.formAction ?? [])].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
})
