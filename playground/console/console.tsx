import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import * as v from 'valibot'
import type { ClockHub, Happened } from '../../clock/hub.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { pageHeaders, renderPage } from '../../ui/respond.ts'
import { clockApi, readAdvance } from './clock-api.ts'
import { DEMO_HEADERS, DEMO_PAGE } from './demo.ts'
import { answerErrors } from './errors.ts'
import { localOnly } from './local-only.ts'
import { ConsolePage, type PartyShown } from './page.tsx'

export interface ConsoleOptions {
  readonly hub: ClockHub
  readonly reset: () => Promise<void>
  /** Who is there, in the order in which they are shown. */
  readonly parties: () => readonly PartyShown[]
  readonly report: (error: unknown) => void
}

const AdvanceForm = v.object({ by: v.string() })

/** The place to look, and the clock; for development on this machine only. */
export function consoleApp({ hub, reset, parties, report }: ConsoleOptions): Koa {
  let happened: readonly Happened[] | undefined
  const pages = new Router()
  pages.get('/', (context) => {
    context.set(pageHeaders())
    context.body = renderPage(
      <ConsolePage
        now={hub.now()}
        offset={hub.offset}
        followers={hub.parties}
        parties={parties()}
        happened={happened}
      />,
    )
  })
  pages.get('/demo', (context) => {
    context.set(DEMO_HEADERS)
    context.body = DEMO_PAGE
  })
  pages.post('/advance', async (context) => {
    const form = v.safeParse(AdvanceForm, context.request.body)
    if (!form.success) throw new LatchkeyError('invalid_request', 'Say how far: by=14d.')
    happened = await hub.advance(readAdvance(form.output.by))
    context.redirect('/')
    context.status = 303
  })

  const app = new Koa()
  app.silent = true
  app.use(answerErrors(report))
  app.use(async (context, next) => {
    context.set('x-content-type-options', 'nosniff')
    context.set('cache-control', 'no-store')
    await next()
  })
  app.use(localOnly)
  app.use(bodyParser({ enableTypes: ['json', 'form'], jsonLimit: '1mb', formLimit: '4kb' }))
  const clock = clockApi({
    hub,
    reset: async () => {
      await reset()
      happened = undefined
    },
  })
  app.use(clock.routes()).use(clock.allowedMethods({ throw: true, ...REFUSALS }))
  app.use(pages.routes()).use(pages.allowedMethods({ throw: true, ...REFUSALS }))
  return app
}

const otherMethod = () =>
  new LatchkeyError('method_not_allowed', 'This address takes another method.')

const REFUSALS = { notImplemented: otherMethod, methodNotAllowed: otherMethod }
