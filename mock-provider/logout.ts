import type Koa from 'koa'
import type { Clock } from '../clock/clock.ts'
import type { Application, ProviderConfig } from './config.ts'
import { COOKIE } from './cookie.ts'
import { b2cError } from './dialect/b2c/errors.ts'
import { decideLogout } from './dialect/b2c/logout.ts'
import { cookieInScope } from './engine/session-scope.ts'
import type { Engine } from './engine.ts'
import type { Faults } from './faults/faults.ts'
import { howToEnd } from './faults/sessions.ts'
import { firstOf, readForm } from './form.ts'
import type { SigningKeys } from './keys.ts'
import type { Log } from './log.ts'
import { failurePage } from './pages/failure.tsx'
import { seeOther, sendPage, sendScriptedPage } from './pages/send.ts'
import { signedOutPage, signingOutPage } from './pages/signed-out.tsx'

export interface LogoutOptions {
  readonly config: ProviderConfig
  readonly keys: Pick<SigningKeys, 'verify'>
  readonly faults: Faults
  readonly clock: Clock
  readonly log: Log
}

/** Ends the session of the browser without asking, as B2C does, and goes on. */
export async function logout(
  ctx: Koa.Context,
  engine: Engine,
  { config, keys, faults, clock, log }: LogoutOptions,
): Promise<void> {
  const posted = ctx.method === 'POST' ? await readForm(ctx.req) : undefined
  const read = (name: string) => posted?.get(name) ?? firstOf(ctx.query[name])
  const hint = read('id_token_hint')
  const redirectUri = read('post_logout_redirect_uri')
  const claims = hint === undefined ? 'none' : await keys.verify(hint)
  const decision = decideLogout(
    { hint: claims, redirectUri, state: read('state') },
    {
      applications: config.applications,
      requireIdTokenHint: engine.policy.requireIdTokenHint,
    },
  )
  log('logout', { outcome: decision.kind === 'refuse' ? decision.code : decision.kind })
  if (decision.kind === 'refuse') {
    const error = b2cError(decision.code, clock.now(), decision.values)
    return sendPage(ctx, failurePage(error), 400)
  }
  const ending = howToEnd(faults)
  if (ending === 'nothing') return sendPage(ctx, signedOutPage(), 200)

  const asking = config.applications.find(
    (one) =>
      one.clientId === (claims === 'none' ? undefined : claims?.aud) ||
      (redirectUri !== undefined && one.postLogoutRedirectUris.includes(redirectUri)),
  )
  const others: string[] = []
  for (const name of cookiesInScope(engine, config, asking)) {
    const id = ctx.cookies.get(name)
    const session = id === undefined ? undefined : await engine.provider.Session.find(id)
    others.push(...Object.keys(session?.authorizations ?? {}))
    if (ending.session) await session?.destroy()
    if (ending.cookie) ctx.cookies.set(name, null, COOKIE)
  }
  const frames = framesOf(config.applications, others, asking)
  const to = decision.kind === 'redirect' ? decision.to : undefined
  if (frames.length > 0) {
    return sendScriptedPage(ctx, (nonce) => signingOutPage({ nonce, frames, to }), 200, frames)
  }
  if (to !== undefined) return seeOther(ctx, to)
  sendPage(ctx, signedOutPage(), 200)
}

/** Of the sessions that end: where nobody says which application asks, those of all of them. */
function cookiesInScope(
  { policy }: Engine,
  { tenant, applications }: ProviderConfig,
  asking: Application | undefined,
): ReadonlySet<string> {
  const whose = asking ? [asking] : applications
  return new Set(whose.flatMap(({ clientId }) => cookieInScope(policy, tenant, clientId) ?? []))
}

/**
 * Single sign-out: the addresses at which the other applications of the session are told of its end
 * (OpenID Connect Front-Channel Logout 1.0). The one that asks knows already.
 */
const framesOf = (
  applications: readonly Application[],
  signedIn: readonly string[],
  asking: Application | undefined,
): readonly string[] =>
  applications
    .filter((one) => one !== asking && signedIn.includes(one.clientId))
    .flatMap(({ frontChannelLogoutUri }) => frontChannelLogoutUri ?? [])
