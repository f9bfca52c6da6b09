import type Koa from 'koa'
import type { Policy, Tenant } from '../config.ts'
import { policyKey, tenantDomain } from '../dialect/b2c/paths.ts'

/** The cookie under which the engine keeps every session: B2C's, of the whole tenant. */
export const sessionCookie = (tenant: Tenant): string => `x-ms-cpim-sso:${tenantDomain(tenant)}_0`

/**
 * The cookie that holds the session which an application shares at a policy (notes/b2c.md §1.6):
 * the tenant's, the application's, the policy's; `undefined` where nobody shares any.
 */
export function cookieInScope(
  policy: Pick<Policy, 'id' | 'sso'>,
  tenant: Tenant,
  clientId: string,
): string | undefined {
  switch (policy.sso) {
    case 'tenant':
      return sessionCookie(tenant)
    case 'application':
      // Any text may be an application's id, and not all of it a cookie's name.
      return `x-ms-cpim-sso:${tenantDomain(tenant)}_${encodeURIComponent(clientId)}`
    case 'policy':
      return `x-ms-cpim-sso:${tenantDomain(tenant)}_${policyKey(policy)}`
    case 'none':
      return undefined
  }
}

/**
 * Shows the engine the session in scope as if it were its only one, and names what it sets after the
 * scope again.
 *
 * @param engine - the name that the engine knows
 * @param scoped - the name in the browser; `undefined`: nothing is shown, and nothing is kept
 */
export async function withinScope(
  ctx: Koa.Context,
  engine: string,
  scoped: string | undefined,
  answer: () => Promise<void>,
): Promise<void> {
  if (engine === scoped) return answer()
  const brought = ctx.req.headers.cookie
  ctx.req.headers.cookie = (brought ?? '')
    .split(/;\s*/)
    .filter((pair) => !pair.startsWith(`${engine}=`))
    .map((pair) => rename(pair, scoped, engine))
    .join('; ')
  try {
    await answer()
  } finally {
    if (brought === undefined) delete ctx.req.headers.cookie
    else ctx.req.headers.cookie = brought
    const set = ctx.response.get('set-cookie') as string | readonly string[]
    const kept = (typeof set === 'string' ? [set] : set)
      .filter((line) => line !== '' && (scoped !== undefined || !line.startsWith(`${engine}=`)))
      .map((line) => rename(line, engine, scoped))
    ctx.remove('set-cookie')
    if (kept.length > 0) ctx.set('set-cookie', kept)
  }
}

const rename = (pair: string, from: string | undefined, to: string | undefined): string =>
  from !== undefined && to !== undefined && pair.startsWith(`${from}=`)
    ? to + pair.slice(from.length)
    : pair
