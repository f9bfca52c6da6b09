import type { Context, Middleware } from 'koa'
import { ADDRESSES } from '../../protocol/addresses.ts'
import type { Site } from '../site.ts'
import { parseRefreshToken } from '../tokens/refresh-token.ts'
import { networkOf } from './network.ts'
import type { Limited } from './rate-limits.ts'

const BY_ADDRESS: Readonly<Record<string, Limited>> = {
  [ADDRESSES.signIn]: 'signin',
  [ADDRESSES.devices]: 'devices',
  [ADDRESSES.token]: 'token',
  [ADDRESSES.refresh]: 'token',
  [ADDRESSES.revoke]: 'revoke',
  [ADDRESSES.introspect]: 'services',
  [ADDRESSES.events]: 'services',
}

/** What a request counts as; `undefined`: nothing, it is answered however often it comes. */
export function kindOf(method: string, path: string): Limited | undefined {
  // The router forgives other letters and a slash at the end; that must not be a way around.
  const plain = path.toLowerCase().replace(/\/+$/, '')
  if (/^\/account(\/|$)/.test(plain)) return method === 'POST' ? 'account' : undefined
  if (plain.startsWith(`${ADDRESSES.signIn}/`)) return 'signin'
  return Object.hasOwn(BY_ADDRESS, plain) ? BY_ADDRESS[plain] : undefined
}

/** Refuses those who ask too often, before their request's body is looked at. */
export function rateLimited(site: Pick<Site, 'limits'>): Middleware {
  return async (ctx, next) => {
    const kind = kindOf(ctx.method, ctx.path)
    if (kind) await site.limits.take(kind, networkOf(ctx.ip))
    await next()
  }
}

/**
 * A client that is broken and refreshes without end is stopped by itself: it uses up nothing of its
 * network, so the others there go on. Only together with the network, for session ids are no secret:
 * whoever knows one can't keep its owner from refreshing.
 *
 * @throws LatchkeyError `rate_limited`
 */
export async function limitSession(
  site: Pick<Site, 'limits'>,
  ctx: Context,
  refreshToken: string,
): Promise<void> {
  const token = parseRefreshToken(refreshToken)
  if (!token) return
  const network = networkOf(ctx.ip)
  try {
    await site.limits.take('session', `${token.sessionId} ${network}`)
  } catch (error) {
    await site.limits.giveBack('token', network)
    throw error
  }
}
