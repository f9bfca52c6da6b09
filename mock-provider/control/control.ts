import type Koa from 'koa'
import { isFromHere } from '../../calls/from-here.ts'
import { openApi } from '../../calls/openapi.ts'
import { readText } from '../form.ts'
import { CALLS } from './calls.ts'
import type { Desk } from './desk.ts'
import { ControlRefusal, RefusalBody } from './refusal.ts'

const LARGEST = 1024 * 1024

const ROUTES = CALLS.map((call) => ({ call, address: addressOf(call.url) }))

/**
 * What QA steers the provider with. Reached over loopback only, as all of the provider; a page on the
 * web can neither call it nor read its answers, since a permission (CORS) is never given.
 */
export async function control(ctx: Koa.Context, desk: Desk): Promise<void> {
  try {
    ctx.body = await answer(ctx, desk)
  } catch (error) {
    if (!(error instanceof ControlRefusal)) throw error
    ctx.status = error.status
    ctx.body = { error: error.message }
  }
}

async function answer(ctx: Koa.Context, desk: Desk): Promise<unknown> {
  if (ctx.path === '/control/openapi.json') return documentation(ctx.origin)
  const changes = ctx.method !== 'GET' && ctx.method !== 'HEAD'
  if (changes && !isFromHere(ctx.headers)) {
    throw new ControlRefusal(403, 'A page from elsewhere can’t do this: use a program without one.')
  }
  const method = ctx.method.toLowerCase()
  for (const { call, address } of ROUTES) {
    const groups = call.method === method ? address.exec(ctx.path)?.groups : undefined
    if (!groups) continue
    const told = await call.answerTo(desk, {
      path: groups,
      query: new URLSearchParams(ctx.querystring),
      body: call.body ? await readJson(ctx) : undefined,
    })
    if (changes) desk.trail.add({ event: 'control', method: ctx.method, call: call.name })
    // Koa takes null for no content at all.
    if (told === null) ctx.type = 'json'
    return told ?? 'null'
  }
  throw new ControlRefusal(404, 'There is no such call: GET /control/openapi.json lists them.')
}

const documentation = (server: string) =>
  openApi(CALLS, {
    title: 'Latchkey’s Azure AD B2C',
    description:
      'Steers the provider, for tests on this machine. Moments in milliseconds since 1970, unless written as ISO 8601. No answer holds a password or a token.',
    server,
    refusal: RefusalBody,
  })

/** What is no JSON is `undefined`, which no call takes: its refusal says what to send. */
async function readJson(ctx: Koa.Context): Promise<unknown> {
  if (!ctx.is('json')) return undefined
  const text = await readText(ctx.req, LARGEST)
  if (text === undefined) throw new ControlRefusal(413, 'That is too much: send less than 1 MB.')
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `/people/{oid}` as a pattern; always with groups, be it none. */
function addressOf(url: string): RegExp {
  const pattern = url.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^(?<whole>)${pattern}$`)
}
