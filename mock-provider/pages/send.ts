import type Koa from 'koa'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { STYLE_SOURCE } from './style.ts'

/**
 * No `form-action`: Chromium holds it against every redirect that follows the form, and those lead
 * through the application to addresses that nobody here knows (a client's loopback port).
 */
const POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; frame-ancestors 'none'`

/** Sends a page that needs no script and allows none. */
export function sendPage(ctx: Koa.BaseContext & { body: unknown }, page: VNode, status: number) {
  ctx.status = status
  ctx.set('content-security-policy', POLICY)
  ctx.set('x-frame-options', 'DENY')
  ctx.type = 'html'
  ctx.body = `<!doctype html>${renderToString(page)}`
}

/** Redirects so that the browser asks with GET, whatever it did before (RFC 9110 §15.4.4). */
export function seeOther(ctx: Koa.Context, to: string): void {
  ctx.redirect(to)
  ctx.status = 303
}
