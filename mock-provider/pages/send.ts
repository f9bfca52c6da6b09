import { randomBytes } from 'node:crypto'
import type Koa from 'koa'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { STYLE_SOURCE } from './style.ts'

/**
 * No `form-action`: Chromium holds it against every redirect that follows the form, and those lead
 * through the application to addresses that nobody here knows (a client's loopback port).
 */
const POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; frame-ancestors 'none'`

type Answer = Koa.BaseContext & { body: unknown }

/** Sends a page that needs no script and allows none. */
export const sendPage = (ctx: Answer, page: VNode, status: number): void =>
  send(ctx, page, status, POLICY)

/**
 * Sends a page with scripts of its own: those that bring the nonce run, and ask nobody but us.
 *
 * @param frames - the addresses that it frames
 */
export function sendScriptedPage(
  ctx: Answer,
  draw: (nonce: string) => VNode,
  status: number,
  frames: readonly string[] = [],
): void {
  const nonce = randomBytes(16).toString('base64url')
  const origins = [...new Set(frames.map((frame) => new URL(frame).origin))]
  const framed = origins.length === 0 ? '' : `; frame-src ${origins.join(' ')}`
  const policy = `${POLICY}; script-src 'nonce-${nonce}'; connect-src 'self'${framed}`
  send(ctx, draw(nonce), status, policy)
}

function send(ctx: Answer, page: VNode, status: number, policy: string): void {
  ctx.status = status
  ctx.set('content-security-policy', policy)
  ctx.set('x-frame-options', 'DENY')
  ctx.type = 'html'
  ctx.body = `<!doctype html>${renderToString(page)}`
}

/** Redirects so that the browser asks with GET, whatever it did before (RFC 9110 §15.4.4). */
export function seeOther(ctx: Koa.Context, to: string): void {
  ctx.redirect(to)
  ctx.status = 303
}
