import { bodyParser } from '@koa/bodyparser'
import Koa from 'koa'
import { toHttpDate } from '../../clock/moment.ts'
import type { Site } from '../site.ts'
import { apiRoutes } from './api.ts'
import { BODY_LIMIT } from './body.ts'
import { browserRoutes } from './browser.ts'
import { errorHandler } from './errors.ts'

/** The site as a Koa application; it listens to nothing yet. */
export function siteApp(site: Site): Koa {
  const app = new Koa()
  app.on('error', (error: { code?: string }) => {
    // Mostly a client that went away; what matters was answered by the error handler.
    site.log.debug({ code: error.code }, 'connection failed')
  })
  const api = apiRoutes(site)
  const browser = browserRoutes(site)

  app.use(async (ctx, next) => {
    const began = site.clock.elapsed()
    await next()
    // The site's time, which clients go by; not the machine's (DESIGN §7).
    ctx.set('Date', toHttpDate(site.clock.now()))
    // Never the query: it may hold a code.
    site.log.debug(
      { method: ctx.method, path: ctx.path, status: ctx.status, ms: site.clock.elapsed() - began },
      'request',
    )
  })
  app.use(async (ctx, next) => {
    ctx.set('DPoP-Nonce', site.nonces.issue(site.clock.now()))
    ctx.set('Cache-Control', 'no-store')
    await next()
  })
  app.use(errorHandler(site))
  app.use(
    bodyParser({
      enableTypes: ['json', 'form'],
      formLimit: BODY_LIMIT,
      jsonLimit: BODY_LIMIT,
      onError(error) {
        throw error
      },
    }),
  )
  app.use(browser.routes())
  app.use(api.routes())
  app.use(browser.allowedMethods())
  app.use(api.allowedMethods())
  return app
}
