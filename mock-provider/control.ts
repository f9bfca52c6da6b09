import type Koa from 'koa'
import * as v from 'valibot'
import { toIso } from '../clock/moment.ts'
import { FAULTS, type Faults, isFault } from './faults.ts'
import { readText } from './form.ts'
import type { Mails } from './mails.ts'
import type { People } from './people.ts'

const Switch = v.object({ on: v.boolean() })

export const MAILS_PATH = '/control/mails'

/** What the control API reaches. */
export interface Controlled {
  readonly people: People
  readonly faults: Faults
  readonly mails: Mails
}

const FAULT_PATH = /^\/control\/faults\/([^/]+)$/

/**
 * What QA steers the provider with: `GET /control/people`, `GET /control/mails`,
 * `PUT /control/faults/{name}`.
 * Reached over loopback only, as all of the provider; a page on the web can't call it, since JSON
 * from elsewhere needs a permission (CORS) that is never given.
 */
export async function control(
  ctx: Koa.Context,
  { people, faults, mails }: Controlled,
): Promise<void> {
  if (ctx.method === 'GET' && ctx.path === '/control/people') {
    ctx.body = people.all.map(({ password: _, ...person }) => person)
    return
  }
  if (ctx.method === 'GET' && ctx.path === MAILS_PATH) {
    ctx.body = mails.all.map((mail) => ({ ...mail, at: toIso(mail.at) }))
    return
  }
  const name = FAULT_PATH.exec(ctx.path)?.[1]
  if (ctx.method !== 'PUT' || name === undefined) {
    return refuse(
      ctx,
      404,
      'The control API has GET /control/people, GET /control/mails and PUT /control/faults/{name}.',
    )
  }
  if (!isFault(name)) return refuse(ctx, 404, `The faults are: ${FAULTS.join(', ')}.`)
  const wish = v.safeParse(Switch, ctx.is('json') ? await readJson(ctx) : undefined)
  if (!wish.success) return refuse(ctx, 400, 'Send JSON: {"on": true} or {"on": false}.')
  faults.set(name, wish.output.on)
  ctx.body = { fault: name, on: faults.has(name) }
}

async function readJson(ctx: Koa.Context): Promise<unknown> {
  try {
    return JSON.parse((await readText(ctx.req, 1024)) ?? '')
  } catch {
    return undefined
  }
}

function refuse(ctx: Koa.Context, status: number, message: string): void {
  ctx.status = status
  ctx.body = { error: message }
}
