import { PassThrough } from 'node:stream'
import Router from '@koa/router'
import * as v from 'valibot'
import { parseDuration } from '../../clock/duration.ts'
import type { ClockHub, ClockTick, Happened } from '../../clock/hub.ts'
import { DAY, type Duration, SECOND, toIso } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'

const Advance = v.object({ by: v.string() })

const Due = v.object({ at: v.number(), name: v.string() })

const Answer = v.object({
  step: v.number(),
  ran: v.array(Due),
  next: v.optional(Due),
})

/** Further than anyone looks; keeps every moment writable as a date. */
const FURTHEST: Duration = 3650 * DAY

/** A stream that says nothing is taken for dead by proxies and by Node's own fetch (5 min). */
const HEARTBEAT: Duration = 25 * SECOND

export interface ClockApiOptions {
  readonly hub: ClockHub
  /** Wipes everything and begins anew. */
  readonly reset: () => Promise<void>
}

/** The shared clock by HTTP (DESIGN §7). `clock/follow.ts` is the other end of the stream. */
export function clockApi({ hub, reset }: ClockApiOptions): Router {
  const router = new Router()
  router.get('/clock', (context) => {
    context.body = present(hub)
  })
  router.post('/clock/advance', async (context) => {
    const { by } = read(Advance, context.request.body, 'Say how far: {"by":"14d"}.')
    const happened = await hub.advance(readAdvance(by))
    context.body = { ...present(hub), happened: happened.map(sayHappened) }
  })
  router.post('/clock/reset', async (context) => {
    await reset()
    context.body = present(hub)
  })
  router.get('/clock/stream', (context) => {
    const party = context.query.party
    context.set('content-type', 'text/event-stream')
    context.set('cache-control', 'no-store')
    context.body = stream(hub, typeof party === 'string' && party !== '' ? party : undefined)
  })
  router.post('/clock/followers/:id', (context) => {
    const answer = read(
      Answer,
      context.request.body,
      'A follower answers {"step":…,"ran":[…],"next":…}.',
    )
    if (!hub.answer(context.params.id ?? '', answer)) {
      throw new LatchkeyError('not_found', 'Nobody of this id follows: open the stream again.')
    }
    context.status = 204
  })
  return router
}

/**
 * Reads how far to move: `14d`, `61min`, `14d 1s`.
 *
 * @throws LatchkeyError `invalid_request`
 */
export function readAdvance(by: string): Duration {
  const duration = parseDuration(by)
  if (duration === undefined) {
    throw new LatchkeyError(
      'invalid_request',
      'That is no length of time: say it like 14d, 61min or 14d 1s. The clock moves forward only.',
    )
  }
  if (duration === 0) {
    throw new LatchkeyError('invalid_request', 'The clock moves forward only: say more than zero.')
  }
  if (duration > FURTHEST) {
    throw new LatchkeyError('invalid_request', 'That is too far: 3650d at most in one go.')
  }
  return duration
}

function present(hub: ClockHub) {
  // Read once: two readings may be a millisecond apart.
  const now = hub.now()
  return { now: toIso(now), now_ms: now, offset_ms: hub.offset, parties: hub.parties }
}

const sayHappened = ({ at, name, party }: Happened) => ({ at: toIso(at), at_ms: at, name, party })

function read<T extends v.GenericSchema>(
  schema: T,
  body: unknown,
  sentence: string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, body)
  if (!result.success) throw new LatchkeyError('invalid_request', sentence)
  return result.output
}

function stream(hub: ClockHub, party: string | undefined): PassThrough {
  const body = new PassThrough()
  const send = (message: ClockTick & { follower?: string }) => {
    if (!body.destroyed) body.write(`data: ${JSON.stringify(message)}\n\n`)
  }
  const heartbeat = setInterval(() => body.write(': still here\n\n'), HEARTBEAT)
  const id = crypto.randomUUID()
  const leave =
    party === undefined
      ? hub.watch(send)
      : hub.follow(id, {
          party,
          tell: (tick) => send({ ...tick, follower: id }),
          // It has to come back, or it would never hear of the time again.
          dropped: () => body.end(),
        })
  body.once('close', () => {
    clearInterval(heartbeat)
    leave()
  })
  return body
}
