import { toSeconds } from '../../clock/moment.ts'
import { checkAccessToken } from '../../protocol/access-token.ts'
import type { Introspection } from '../../protocol/introspection.ts'
import { sessionEndsAt } from '../lifetimes.ts'
import type { Site } from '../site.ts'
import { accountClaim, subscriptionClaim } from '../tokens/access-token.ts'
import { parseRefreshToken } from '../tokens/refresh-token.ts'
import { hashOf } from '../tokens/secret.ts'
import { endOfUse } from './me.ts'
import { passedDeadline, positionOf } from './rotation.ts'
import { readSession, type SessionView, viewRefusal } from './standing.ts'

const INACTIVE = { active: false } as const satisfies Introspection

/**
 * What a token is worth at this moment (RFC 7662): its signature and its end, and whether session,
 * person and account still stand. Looks, and changes nothing: neither does it end what has run out, nor
 * does a token count as used because somebody asked about it.
 */
export async function introspect(site: Site, token: string): Promise<Introspection> {
  return (await ofRefreshToken(site, token)) ?? (await ofAccessToken(site, token)) ?? INACTIVE
}

async function ofAccessToken(site: Site, token: string): Promise<Introspection | undefined> {
  const now = site.clock.now()
  const claims = await checkAccessToken(token, {
    issuer: site.settings.url,
    audience: site.settings.audience,
    keys: site.keys.verifyKeys,
    now,
  }).catch(() => undefined)
  const view = claims && (await readSession(site.store, claims.sid))
  if (!view || claims.account.id !== view.session.accountId || endOfUse(view, now)) return undefined
  const { aud, iat, exp, jti, cnf } = claims
  return active(site, view, {
    aud,
    iat,
    exp,
    jti,
    token_type: cnf === undefined ? 'Bearer' : 'DPoP',
  })
}

/** The newest of its session: those before it are worth something to the device that holds them alone. */
async function ofRefreshToken(site: Site, token: string): Promise<Introspection | undefined> {
  const now = site.clock.now()
  const parsed = parseRefreshToken(token)
  const view = parsed && (await readSession(site.store, parsed.sessionId))
  if (!view || positionOf(view.session.tokens, hashOf(parsed.secret)) !== 'current')
    return undefined
  if (view.session.ended || passedDeadline(view.session, now) || viewRefusal(view)) return undefined
  return active(site, view, {
    aud: site.settings.url,
    iat: toSeconds(view.session.refreshedAt),
    exp: toSeconds(sessionEndsAt(view.session)),
  })
}

type Told = Extract<Introspection, { active: true }>

function active(
  site: Site,
  { session, account, membership }: SessionView,
  token: Pick<Told, 'aud' | 'iat' | 'exp' | 'jti' | 'token_type'>,
): Introspection | undefined {
  if (!account || !membership) return undefined
  return {
    active: true,
    iss: site.settings.url,
    sub: session.userId,
    client_id: session.clientId,
    sid: session.id,
    auth_time: toSeconds(session.authTime),
    ...token,
    ...(session.jkt === null ? {} : { cnf: { jkt: session.jkt } }),
    ...(session.deviceId === null ? {} : { device_id: session.deviceId }),
    account: accountClaim(account, membership),
    subscription: subscriptionClaim(account),
  }
}
