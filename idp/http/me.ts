import Router from '@koa/router'
import { toSeconds } from '../../clock/moment.ts'
import { ADDRESSES } from '../../protocol/addresses.ts'
import type { EndedSessions, MyDevices } from '../../protocol/my-devices.ts'
import { DisableLogins, type MyLogins } from '../../protocol/my-logins.ts'
import { byPerson } from '../audit/by.ts'
import { devicesOf } from '../people/devices.ts'
import { disableLogins, enableLogins, latestWorkingMoment } from '../people/logins.ts'
import {
  endAllSessions,
  endOneSession,
  endOtherSessions,
  resetPassword,
} from '../people/sessions.ts'
import { me } from '../sessions/me.ts'
import type { Site } from '../site.ts'
import { readJson } from './body.ts'
import { requireFresh, requireOwnKey, requireSession, requireStanding } from './my-session.ts'

/** What a signed-in client reads and does for its person: JSON, with an access token and its proof. */
export function meRoutes(site: Site): Router {
  const routes = new Router()

  routes.get(ADDRESSES.me, async (ctx) => {
    ctx.body = await me(site, await requireStanding(site, ctx))
  })

  routes.get(ADDRESSES.myDevices, async (ctx) => {
    const { userId, id } = await requireSession(site, ctx)
    ctx.body = { devices: [...(await devicesOf(site, userId, id))] } satisfies MyDevices
  })

  routes.post(`${ADDRESSES.myDevices}/end-others`, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    ctx.body = told(await endOtherSessions(site, session.userId, byPerson(session, ctx.ip)))
  })

  routes.post(`${ADDRESSES.myDevices}/end-all`, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    ctx.body = told(await endAllSessions(site, session.userId, byPerson(session, ctx.ip)))
  })

  routes.delete(`${ADDRESSES.myDevices}/:id`, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    const by = byPerson(session, ctx.ip)
    ctx.body = told(await endOneSession(site, session.userId, ctx.params.id ?? '', by))
  })

  routes.get(ADDRESSES.myLogins, async (ctx) => {
    const { userId } = await requireSession(site, ctx)
    ctx.body = await loginsOf(site, userId)
  })

  routes.post(`${ADDRESSES.myLogins}/disable`, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    const { mode } = readJson(ctx, DisableLogins)
    requireFresh(site, session)
    await disableLogins(site, session.userId, mode, byPerson(session, ctx.ip))
    ctx.body = await loginsOf(site, session.userId)
  })

  routes.post(`${ADDRESSES.myLogins}/enable`, async (ctx) => {
    // No fresh sign-in is asked for: there can be none while logins are disabled.
    const session = await requireOwnKey(site, ctx)
    await enableLogins(site, session.userId, byPerson(session, ctx.ip))
    ctx.body = await loginsOf(site, session.userId)
  })

  routes.post(ADDRESSES.myPasswordReset, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    requireFresh(site, session)
    ctx.body = told(await resetPassword(site, session.userId, byPerson(session, ctx.ip)))
  })

  return routes
}

const told = (ended: readonly string[]): EndedSessions => ({ ended: [...ended] })

/** How a person's logins stand, as clients and administrators are told. */
export async function loginsOf(site: Site, userId: string): Promise<MyLogins> {
  const disabled = (await site.store.user(userId))?.loginsDisabled
  const works = latestWorkingMoment(
    await site.store.liveSessionsOfUser(userId),
    site.settings.lifetimes.access,
    site.clock.now(),
  )
  return {
    disabled: disabled
      ? { mode: disabled.mode, since: toSeconds(disabled.at), actor: disabled.actor }
      : null,
    works_until: works === undefined ? null : toSeconds(works),
  }
}
