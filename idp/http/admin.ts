import Router from '@koa/router'
import type { Context } from 'koa'
import type { AuditPage } from '../../protocol/audit.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { EndedSessions } from '../../protocol/my-devices.ts'
import { DisableLogins } from '../../protocol/my-logins.ts'
import type { RotatedKeys } from '../../protocol/rotated-keys.ts'
import { type By, byAdmin } from '../audit/by.ts'
import { auditEntry } from '../audit/view.ts'
import { disableLogins, enableLogins } from '../people/logins.ts'
import { resetPassword } from '../people/sessions.ts'
import { one } from '../sign-in/request.ts'
import type { Site } from '../site.ts'
import { rotateNow } from '../tokens/rotate-now.ts'
import { hashOf, sameHash } from '../tokens/secret.ts'
import { readJson } from './body.ts'
import { loginsOf } from './me.ts'

/** Entries that one page of the audit log holds unless fewer are asked for. */
const PAGE = 100

/** What those do who run the site, by `Authorization: Bearer` with `ADMIN_KEY`: JSON in and out. */
export function adminRoutes(site: Site): Router {
  const routes = new Router()

  routes.get('/admin/audit', async (ctx) => {
    requireAdmin(site, ctx)
    const query = new URLSearchParams(ctx.querystring)
    const entries = await site.store.audit({
      userId: one(query, 'user'),
      accountId: one(query, 'account'),
      before: readCount(query, 'before', Number.MAX_SAFE_INTEGER),
      limit: readCount(query, 'limit', PAGE) ?? PAGE,
    })
    ctx.body = { entries: entries.map(auditEntry) } satisfies AuditPage
  })

  routes.post('/admin/users/:id/logins/disable', async (ctx) => {
    const by = requireAdmin(site, ctx)
    const { mode } = readJson(ctx, DisableLogins)
    const { user } = await disableLogins(site, idIn(ctx), mode, by)
    ctx.body = await loginsOf(site, user.id)
  })

  routes.post('/admin/users/:id/logins/enable', async (ctx) => {
    const { user } = await enableLogins(site, idIn(ctx), requireAdmin(site, ctx))
    ctx.body = await loginsOf(site, user.id)
  })

  routes.post('/admin/users/:id/password-reset', async (ctx) => {
    const ended = await resetPassword(site, idIn(ctx), requireAdmin(site, ctx))
    ctx.body = { ended: [...ended] } satisfies EndedSessions
  })

  routes.post('/admin/keys/rotate', async (ctx) => {
    ctx.body = { kid: await rotateNow(site, requireAdmin(site, ctx)) } satisfies RotatedKeys
  })

  return routes
}

/**
 * Lets whoever holds the admin key in. A site without one has no admin addresses at all.
 *
 * @throws LatchkeyError `not_found`, or `invalid_token` with a challenge
 */
export function requireAdmin(site: Pick<Site, 'settings'>, ctx: Context): By {
  const { adminKey } = site.settings
  if (adminKey === undefined) {
    throw new LatchkeyError('not_found', 'There is nothing at this address.')
  }
  const [, key] = /^Bearer (\S+)$/i.exec(ctx.get('Authorization')) ?? []
  if (key !== undefined && sameHash(hashOf(key), hashOf(adminKey))) return byAdmin(ctx.ip)
  ctx.set('WWW-Authenticate', 'Bearer')
  throw new LatchkeyError(
    'invalid_token',
    'Only administrators may do this: send "Authorization: Bearer" with the site’s admin key.',
  )
}

/** Koa has decoded it; what names nobody is told so by whoever looks it up. */
export const idIn = (ctx: Context): string => String(ctx.params.id ?? '')

/** A whole number of the query, from 1 to `most`. */
export function readCount(query: URLSearchParams, name: string, most: number): number | undefined {
  const text = one(query, name)
  if (text === undefined) return undefined
  const count = Number(text)
  if (/^\d{1,16}$/.test(text) && count >= 1 && count <= most) return count
  throw new LatchkeyError('invalid_request', `${name} is a whole number from 1 to ${most}.`)
}
