import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import type { JWTVerifyGetKey } from 'jose'
import Koa, { type Middleware } from 'koa'
import * as v from 'valibot'
import type { Clock } from '../../clock/clock.ts'
import { toHttpDate } from '../../clock/moment.ts'
import { toErrorBody } from '../../protocol/error-body.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { EventNumber } from '../../protocol/events.ts'
import { asLatchkeyError, refusalOf } from '../../protocol/http-failures.ts'
import { CatchUp } from './catch-up.ts'
import { type Guarded, guard } from './guard.ts'
import { Memory } from './memory.ts'
import type { ReadEvents } from './site-events.ts'
import { readEvent, WebhookReceiver } from './webhooks.ts'

export interface ServiceOptions {
  readonly clock: Clock
  /** This service's address as callers see it. */
  readonly url: string
  readonly issuer: string
  readonly audience: string
  /** `jose`'s `createRemoteJWKSet` of the issuer. */
  readonly keys: JWTVerifyGetKey
  /** `whsec_…`: what the site signs its webhooks with; two while one is replaced, the newest first. */
  readonly webhookSecrets: readonly string[]
  /** Asks the site what it has told after a position. */
  readonly readEvents: ReadEvents
  readonly report: (error: unknown) => void
}

/** A service that trusts our tokens and hears of endings and changes: the example to copy. */
export function createService(options: ServiceOptions): Koa {
  const { clock, report, webhookSecrets, readEvents } = options
  const memory = new Memory()
  const take = (told: unknown) => {
    const event = readEvent(told)
    if (event) memory.take(event, clock.now())
  }
  const catchUp = new CatchUp({ clock, read: readEvents, take, failed: report })
  const webhooks = new WebhookReceiver(webhookSecrets, (told) => {
    take(told)
    // What was taken is known; its number says whether something before it is not.
    const number = v.safeParse(EventNumber, told)
    if (number.success) catchUp.heard(number.output.sequence)
  })
  const signedIn = guard({ ...options, memory, ready: () => catchUp.ready() })

  const router = new Router<Guarded>()
  router.get('/', (context) => {
    context.body = {
      name: 'Latchkey sample service',
      hello: 'GET /hello with an access token and a DPoP proof',
      webhooks: 'POST /webhooks, signed as Standard Webhooks says',
    }
  })
  router.get('/hello', signedIn, (context) => {
    const { sub, account, subscription } = context.state.claims
    context.body = { message: `Hello from ${account.name}.`, user: sub, account, subscription }
  })
  router.post('/webhooks', rawBody, (context) => {
    const { body } = context.request
    webhooks.receive(
      typeof body === 'string' ? body : '',
      {
        'webhook-id': context.get('webhook-id'),
        'webhook-timestamp': context.get('webhook-timestamp'),
        'webhook-signature': context.get('webhook-signature'),
      },
      clock.now(),
    )
    context.status = 204
  })

  const app = new Koa()
  app.use(toldInTime(clock))
  app.use(answerErrors(report))
  app.use(router.routes())
  app.use(router.allowedMethods({ throw: true, ...REFUSALS }))
  return app
}

/** A signature is over bytes, so the JSON stays text until it is checked. */
const rawBody = bodyParser({
  enableTypes: ['text'],
  extendTypes: { text: ['application/json'] },
  textLimit: '64kb',
})

/** Clients learn the time from `Date` (DESIGN §7), so it comes from the clock that everyone shares. */
const toldInTime =
  (clock: Clock): Middleware =>
  async (context, next) => {
    context.set('Date', toHttpDate(clock.now()))
    context.set('X-Content-Type-Options', 'nosniff')
    await next()
  }

const answerErrors =
  (report: (error: unknown) => void): Middleware =>
  async (context, next) => {
    try {
      await next()
      const unanswered = context.body ? undefined : refusalOf(context.status)
      if (unanswered) throw unanswered
    } catch (error) {
      const told = asLatchkeyError(error)
      if (told.code === 'server_error') report(error)
      // At a resource each refusal that carries a challenge is a 401 (RFC 9449 §7.1, §9).
      context.status = context.response.get('WWW-Authenticate') ? 401 : told.status
      if (told.retryAfter !== undefined) context.set('Retry-After', String(told.retryAfter))
      context.body = toErrorBody(told)
    }
  }

const otherMethod = () =>
  new LatchkeyError('method_not_allowed', 'This address takes another method.')

const REFUSALS = { notImplemented: otherMethod, methodNotAllowed: otherMethod }
