import Router from '@koa/router'
import type { Context } from 'koa'
import type { JSX } from 'preact'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { type PagePolicy, pageHeaders, renderPage } from '../../ui/respond.ts'
import { chooserPage } from '../pages/chooser.tsx'
import { homePage } from '../pages/home.tsx'
import { signOutPage } from '../pages/sign-out.tsx'
import { signOutHere, visit } from '../sessions/web.ts'
import { handleCallback } from '../sign-in/callback.ts'
import { choose, readChoice } from '../sign-in/chooser.ts'
import { CHOOSER_PATH } from '../sign-in/finish.ts'
import { handlePurged } from '../sign-in/purge.ts'
import { CALLBACK_PATH, PURGED_PATH } from '../sign-in/relying-party.ts'
import { one } from '../sign-in/request.ts'
import { startSignIn } from '../sign-in/start.ts'
import type { Onward } from '../sign-in/steps.ts'
import type { Site } from '../site.ts'
import { readForm } from './body.ts'
import { readBrowser, readInvitation, setBinding, setSession, wipeSession } from './cookies.ts'
import { requireSameOrigin } from './same-origin.ts'

export const SIGN_OUT_PATH = '/signout'

/** What browsers open: pages and redirects. State changes by POST (ASVS 3.5.3). */
export function browserRoutes(site: Site): Router {
  const routes = new Router()

  routes.get('/', async (ctx) => {
    const seen = await visit(site, readBrowser(ctx))
    respond(
      ctx,
      homePage({
        seen,
        now: site.clock.now(),
        signInPath: ADDRESSES.signIn,
        signOutPath: SIGN_OUT_PATH,
        ahead: site.ahead(),
      }),
    )
  })

  routes.get(CHOOSER_PATH, async (ctx) => {
    const choice = await readChoice(site, one(queryOf(ctx), 'signin'), readBrowser(ctx))
    respond(ctx, chooserPage({ choice, action: CHOOSER_PATH, ahead: site.ahead() }), {
      formAction: [formTarget(choice.signIn.redirectUri)],
    })
  })

  routes.post(CHOOSER_PATH, async (ctx) => {
    requireSameOrigin(ctx, site.settings.url)
    const form = readForm(ctx)
    const browser = readBrowser(ctx)
    const choice = await readChoice(site, one(form, 'signin'), browser)
    goOn(ctx, await choose(site, choice, one(form, 'account'), browser))
  })

  routes.get(PURGED_PATH, async (ctx) => {
    goOn(ctx, await handlePurged(site, queryOf(ctx), readBrowser(ctx)))
  })

  routes.get(CALLBACK_PATH, async (ctx) => {
    const callback = new URL(ctx.url, site.settings.url)
    goOn(ctx, await handleCallback(site, callback, readBrowser(ctx)))
  })

  const start = async (ctx: Context, provider: string | undefined) => {
    const [binding] = readBrowser(ctx).bindings
    const { to, browser } = await startSignIn(
      site,
      queryOf(ctx),
      provider,
      binding,
      readInvitation(ctx),
    )
    if (browser !== binding) setBinding(ctx, browser)
    goOn(ctx, { to })
  }
  routes.get(ADDRESSES.signIn, (ctx) => start(ctx, undefined))
  routes.get(`${ADDRESSES.signIn}/:provider`, (ctx) => start(ctx, ctx.params.provider))

  routes.get(SIGN_OUT_PATH, (ctx) =>
    respond(ctx, signOutPage({ action: SIGN_OUT_PATH, ahead: site.ahead() })),
  )

  routes.post(SIGN_OUT_PATH, async (ctx) => {
    requireSameOrigin(ctx, site.settings.url)
    await signOutHere(site, readBrowser(ctx))
    wipeSession(ctx)
    // ASVS 14.3.1: what the browser kept of the person goes too.
    ctx.set('Clear-Site-Data', '"cache", "storage"')
    goOn(ctx, { to: site.settings.url + site.settings.signoutSuccess })
  })

  return routes
}

const queryOf = (ctx: Context): URLSearchParams => new URLSearchParams(ctx.querystring)

function respond(ctx: Context, page: JSX.Element, policy?: PagePolicy): void {
  ctx.set(pageHeaders(policy))
  ctx.body = renderPage(page)
}

/** RFC 9700 §4.12: 303, so that nothing that was posted here is posted there. */
function goOn(ctx: Context, { to, session }: Onward): void {
  if (session !== undefined) setSession(ctx, session)
  ctx.set(pageHeaders())
  ctx.status = 303
  ctx.set('Location', to)
  ctx.body = ''
}

/** What CSP calls the place that a form's redirect leads to; it has no word for an IPv6 host. */
function formTarget(redirectUri: string): string {
  const { protocol, hostname, origin } = new URL(redirectUri)
  return origin === 'null' || hostname.startsWith('[') ? protocol : origin
}
