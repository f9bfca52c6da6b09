import { setTimeout as sleep } from 'node:timers/promises'
import type Koa from 'koa'
import type { Moment } from '../../clock/moment.ts'
import type { ProviderConfig } from '../config.ts'
import { b2cError, isB2cCode } from '../dialect/b2c/errors.ts'
import { failurePage } from '../pages/failure.tsx'
import { sendPage } from '../pages/send.ts'
import type { Fault, Place } from './catalogue.ts'
import type { FaultSet, Faults } from './faults.ts'

/** B2C sends none of its own; so long, unless `seconds` says otherwise. */
const RETRY_AFTER = 30
const LATE = 3

const BUSY = [
  ['too-many-requests', 429, 'temporarily_unavailable'],
  ['unavailable', 503, 'temporarily_unavailable'],
] as const satisfies readonly (readonly [Fault, number, string])[]

/** Lets an endpoint answer, with the faults of its place. */
export async function answerWithFaults(
  ctx: Koa.Context,
  place: Place,
  { faults, config, now }: { faults: Faults; config: ProviderConfig; now: () => Moment },
  answer: () => Promise<void>,
): Promise<void> {
  const slow = faults.take('slow', place)
  if (slow) await sleep((slow.seconds ?? LATE) * 1_000)
  if (faults.take('dropped', place)) return drop(ctx)
  for (const [fault, status, error] of BUSY) {
    const set = faults.take(fault, place)
    if (set) return sayBusy(ctx, status, error, set)
  }
  const refused = faults.take('refused', place)
  if (refused) return refuse(ctx, place, config, refused, now())
  await answer()
  if (faults.take('truncated', place)) truncate(ctx)
}

function drop(ctx: Koa.Context): void {
  ctx.respond = false
  ctx.req.socket.destroy()
}

function sayBusy(
  ctx: Koa.Context,
  status: number,
  error: string,
  { seconds = RETRY_AFTER }: FaultSet,
): void {
  ctx.status = status
  ctx.set('retry-after', String(seconds))
  ctx.body = { error, error_description: 'The provider was told to answer so.' }
}

/** As the endpoint refuses by itself: to the application where it is known, else to the person. */
function refuse(
  ctx: Koa.Context,
  place: Place,
  config: ProviderConfig,
  { code = '' }: FaultSet,
  now: Moment,
): void {
  const failure = b2cError(isB2cCode(code) ? code : 'AADB2C90037', now)
  if (place === 'token') {
    ctx.status = 400
    ctx.body = failure
    return
  }
  const to = place === 'authorize' ? returnAddress(ctx, config) : undefined
  if (!to) {
    sendPage(ctx, failurePage(failure), 400)
    return
  }
  const { state } = ctx.query
  to.search = new URLSearchParams({
    ...failure,
    ...(typeof state === 'string' ? { state } : {}),
  }).toString()
  ctx.redirect(to.href)
}

function returnAddress(ctx: Koa.Context, config: ProviderConfig): URL | undefined {
  const { client_id, redirect_uri } = ctx.query
  const theirs = config.applications.find(({ clientId }) => clientId === client_id)
  const known = theirs?.redirectUris.find((uri) => uri === redirect_uri)
  return known === undefined ? undefined : new URL(known)
}

/** A whole answer by HTTP, so that only its reader can tell; empty ones have nothing to lose. */
function truncate(ctx: Koa.Context): void {
  const { body } = ctx
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '')
  const type = ctx.response.get('content-type')
  ctx.body = text.slice(0, Math.floor(text.length / 2))
  if (type) ctx.set('content-type', type)
}
