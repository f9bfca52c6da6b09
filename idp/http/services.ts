import Router from '@koa/router'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { requireService } from '../services/callers.ts'
import { eventsPage } from '../services/catch-up.ts'
import type { EventKeys } from '../services/event-keys.ts'
import { introspect } from '../sessions/introspection.ts'
import type { Site } from '../site.ts'
import { readCount } from './admin.ts'
import { readForm, required } from './body.ts'
import { signalsMetadata } from './metadata.ts'

/** Events that one page holds: unless fewer are asked for, and at most. */
const PAGE = 100
const LARGEST_PAGE = 500

/** What services call, by their service key, and how they verify what is signed for them. */
export function serviceRoutes(site: Site): Router {
  const routes = new Router()

  routes.get(ADDRESSES.events, async (ctx) => {
    requireService(site, ctx)
    const query = new URLSearchParams(ctx.querystring)
    const after =
      query.get('after') === '0' ? 0 : readCount(query, 'after', Number.MAX_SAFE_INTEGER)
    ctx.body = await eventsPage(site, after ?? 0, readCount(query, 'limit', LARGEST_PAGE) ?? PAGE)
  })

  routes.post(ADDRESSES.introspect, async (ctx) => {
    requireService(site, ctx)
    // `token_type_hint` is a hint alone (RFC 7662 §2.1), and our tokens tell themselves apart.
    ctx.body = await introspect(site, required(readForm(ctx), 'token'))
  })

  routes.get(ADDRESSES.signals, (ctx) => {
    requireEventKeys(site)
    ctx.body = signalsMetadata(site.settings)
  })

  routes.get(ADDRESSES.signalKeys, (ctx) => {
    ctx.type = 'application/jwk-set+json'
    ctx.body = JSON.stringify(requireEventKeys(site).published)
  })

  return routes
}

function requireEventKeys({ eventKeys }: Pick<Site, 'eventKeys'>): EventKeys {
  if (eventKeys) return eventKeys
  throw new LatchkeyError('not_found', 'This site sends no Security Event Tokens.')
}
