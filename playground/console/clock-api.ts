import type { PassThrough } from 'node:stream'
import Router from '@koa/router'
import * as v from 'valibot'
import { parseDuration } from '../../clock/duration.ts'
import type { ClockHub, ClockTick } from '../../clock/hub.ts'
import { DAY, type Duration } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { eventStream } from './event-stream.ts'

const Due = v.object({ at: v.number(), name: v.string() })

const Answer = v.object({
  step: v.number(),
  ran: v.array(Due),
  next: v.optional(Due),
})

/** Further than anyone looks; keeps every moment writable as a date. */
const FURTHEST: Duration = 3650 * DAY

/** How parties follow the shared clock (DESIGN §7): `clock/follow.ts` is the other end. Moving it: `calls.ts`. */
export function followers(hub: ClockHub): Router {
  const router = new Router()
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
  const { body, send } = eventStream(() => leave())
  const tell = (message: ClockTick & { follower?: string }) => send(message)
  const id = crypto.randomUUID()
  const leave =
    party === undefined
      ? hub.watch(tell)
      : hub.follow(id, {
          party,
          tell: (tick) => tell({ ...tick, follower: id }),
          // It has to come back, or it would never hear of the time again.
          dropped: () => body.end(),
        })
  return body
}
