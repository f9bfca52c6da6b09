import type Koa from 'koa'
import { type B2cPath, FIRST_PAGE } from '../dialect/b2c/paths.ts'
import type { Engine } from '../engine.ts'
import type { Logins } from '../logins.ts'
import type { People } from '../people.ts'
import { ENTERED, type Steps } from './steps.ts'

export interface Scripted {
  readonly engine: Engine
  readonly path: B2cPath & { readonly kind: 'policy' }
  readonly steps: Steps
  readonly logins: Logins
  readonly people: People
}

/** In place of a journey's first page: ends it as the control API said, if it said anything. */
export async function endByScript(
  ctx: Koa.Context,
  { engine, path, steps, logins, people }: Scripted,
): Promise<boolean> {
  const first = FIRST_PAGE[engine.policy.journey]
  if (ctx.method !== 'GET' || path.endpoint !== first || !logins.script) return false
  const step = await steps.find(ctx.query.tx, first)
  const script = step && logins.take()
  if (!step || !script) return false
  if (script.kind === 'error') await steps.end(ctx, step, script.code)
  else {
    if (script.person.idp !== undefined) people.meet(script.person, undefined)
    await steps.complete(ctx, step, script.person, ENTERED)
  }
  return true
}
