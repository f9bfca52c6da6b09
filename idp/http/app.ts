import { bodyParser } from '@koa/bodyparser'
import Koa from 'koa'
import { toHttpDate } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import { accountRoutes } from './account.ts'
import { accountPeopleRoutes } from './account-people.ts'
import { adminRoutes } from './admin.ts'
import { adminPeopleRoutes } from './admin-people.ts'
import { answerHeaders } from './answer-headers.ts'
import { apiRoutes } from './api.ts'
import { BODY_LIMIT } from './body.ts'
import { browserRoutes } from './browser.ts'
import { errorHandler } from './errors.ts'
import { meRoutes } from './me.ts'
import { myAccountRoutes } from './me-account.ts'
import { planRoutes } from './plan.ts'
import { rateLimited } from './rate-limited.ts'
import { serviceRoutes } from './services.ts'
import { webhookRoutes } from './webhooks.ts'

const UNREADABLE = 'The request’s body can’t be read: check its Content-Encoding.'

/** The site as a Koa application; it listens to nothing yet. */
export function siteApp(site: Site): Koa {
  const { trustedProxies } = site.settings
  // Of what the header tells, only the part that proxies of ours wrote is believed: the last so many.
  const app = new Koa({ proxy: trustedProxies > 0, maxIpsCount: trustedProxies })
  app.on('error', (error: { code?: string }) => {
    // Mostly a client that went away; what matters was answered by the error handler.
    site.log.debug({ code: error.code }, 'connection failed')
  })
  const routers = [
    // Of all requests most are refreshes: a router costs what it takes to find that it has no such route.
    apiRoutes,
    browserRoutes,
    accountRoutes,
    accountPeopleRoutes,
    myAccountRoutes,
    meRoutes,
    planRoutes,
    adminRoutes,
    adminPeopleRoutes,
    webhookRoutes,
    serviceRoutes,
  ].map((make) => make(site))

  const headers = answerHeaders(site.settings.url)

  app.use(async (ctx, next) => {
    const began = site.clock.elapsed()
    await next()
    // The site's time, which clients go by; not the machine's (DESIGN §7).
    ctx.set('Date', toHttpDate(site.clock.now()))
    // The route and not the path: people put secrets into addresses by mistake.
    site.log.debug(
      {
        method: ctx.method,
        route: ctx._matchedRoute ?? 'none',
        status: ctx.status,
        ms: site.clock.elapsed() - began,
      },
      'request',
    )
  })
  app.use(async (ctx, next) => {
    ctx.set('DPoP-Nonce', site.nonces.issue(site.clock.now()))
    ctx.set(headers)
    await next()
  })
  app.use(errorHandler(site))
  app.use(rateLimited(site))
  app.use(
    bodyParser({
      enableTypes: ['json', 'form'],
      formLimit: BODY_LIMIT,
      jsonLimit: BODY_LIMIT,
      onError(error) {
        // What the body's decompression throws has no status, and would pass for our own failure.
        throw 'status' in error ? error : new LatchkeyError('invalid_request', UNREADABLE)
      },
    }),
  )
  for (const router of routers) app.use(router.routes())
  for (const router of routers) app.use(router.allowedMethods())
  return app
}
