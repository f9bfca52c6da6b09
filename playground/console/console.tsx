import { readFile } from 'node:fs/promises'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import { openApi } from '../../calls/openapi.ts'
import { ErrorBody } from '../../protocol/error-body.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { renderPage } from '../../ui/respond.ts'
import type { House } from '../house.ts'
import { CALLS } from './calls.ts'
import { followers } from './clock-api.ts'
import { DEMO_HEADERS, DEMO_PAGE } from './demo.ts'
import { answerErrors } from './errors.ts'
import { liveStream } from './live.ts'
import { localOnly } from './local-only.ts'
import { SHELL_HEADERS, Shell } from './shell.tsx'

export interface ConsoleOptions {
  readonly house: House
  /** The page's bundle (`build.mjs`). */
  readonly script: URL
  readonly report: (error: unknown) => void
}

/** The place to look, and the clock; for development on this machine only. */
export function consoleApp({ house, script, report }: ConsoleOptions): Koa {
  const app = new Koa()
  app.silent = true
  app.use(answerErrors(report))
  app.use(async (context, next) => {
    context.set('x-content-type-options', 'nosniff')
    context.set('cache-control', 'no-store')
    await next()
  })
  app.use(localOnly)
  app.use(bodyParser({ enableTypes: ['json'], jsonLimit: '1mb' }))
  for (const router of [followers(house.hub), callRoutes(house), pages(house, script)]) {
    app.use(router.routes()).use(router.allowedMethods({ throw: true, ...REFUSALS }))
  }
  return app
}

function callRoutes(house: House): Router {
  const router = new Router()
  for (const { method, url, answerTo } of CALLS) {
    router[method](url.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
      context.body = await answerTo(house, {
        path: context.params,
        query: new URLSearchParams(context.querystring),
        body: context.request.body,
      })
    })
  }
  return router
}

function pages(house: House, script: URL): Router {
  const router = new Router()
  router.get('/', (context) => {
    context.set(SHELL_HEADERS)
    context.body = renderPage(<Shell />)
  })
  router.get('/console.js', async (context) => {
    context.type = 'text/javascript'
    context.body = await readFile(script)
  })
  router.get('/live', (context) => {
    context.set('content-type', 'text/event-stream')
    context.body = liveStream(house, context.get('last-event-id'))
  })
  router.get('/openapi.json', (context) => {
    context.body = openApi(CALLS, {
      title: 'Latchkey playground',
      description:
        'One clock, what happened, and everything that can be done by hand in the console. Moments in milliseconds since 1970, unless an answer is the site’s own.',
      server: context.origin,
      refusal: ErrorBody,
    })
  })
  router.get('/demo', (context) => {
    context.set(DEMO_HEADERS)
    context.body = DEMO_PAGE
  })
  return router
}

const otherMethod = () =>
  new LatchkeyError('method_not_allowed', 'This address takes another method.')

const REFUSALS = { notImplemented: otherMethod, methodNotAllowed: otherMethod }
