import type { Context } from 'koa'
import type { JSX } from 'preact'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { pageHeaders, renderPage } from '../../ui/respond.ts'
import type { SessionView } from '../sessions/standing.ts'
import { visit } from '../sessions/web.ts'
import type { Site } from '../site.ts'
import { readBrowser } from './cookies.ts'

/** Lets the signed-in person in; all others are sent to where they read why, or sign in and come back. */
export async function forPerson(
  site: Site,
  ctx: Context,
  welcome: (view: SessionView) => void | Promise<void>,
): Promise<void> {
  const seen = await visit(site, readBrowser(ctx))
  switch (seen.kind) {
    case 'signed_in':
      return welcome(seen.view)
    case 'ended':
      return goTo(ctx, '/')
    case 'nobody':
      // Not straight to the provider: a form's policy would not let a POST be led there.
      return goTo(
        ctx,
        ctx.method === 'GET'
          ? `${ADDRESSES.signIn}?${new URLSearchParams({ return_to: String(ctx._matchedRoute) })}`
          : '/',
      )
  }
}

/** Answers with a page. */
export function show(ctx: Context, page: JSX.Element): void {
  ctx.set(pageHeaders())
  ctx.body = renderPage(page)
}

/** RFC 9700 §4.12: 303, so that nothing that was posted here is posted there. */
export function goTo(ctx: Context, path: string): void {
  ctx.set(pageHeaders())
  ctx.status = 303
  ctx.set('Location', path)
  ctx.body = ''
}
