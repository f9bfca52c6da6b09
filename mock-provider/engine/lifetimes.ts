import type { Configuration } from 'oidc-provider'
import { DAY, HOUR, MINUTE, toSeconds } from '../../clock/moment.ts'
import type { Application, Policy } from '../config.ts'

/** Whatever is configured: B2C's rule for pages in browsers. */
const SPA_REFRESH_LIFE = toSeconds(DAY)

/** Longer than anything lives that may come of it. */
const ENDLESS = toSeconds(36_500 * DAY)

/** How long everything lives, in the engine's seconds (notes/b2c.md §1.6). */
export const lifetimes = (
  policy: Policy,
  applications: readonly Application[],
  now: () => number,
): NonNullable<Configuration['ttl']> => ({
  AccessToken: toSeconds(policy.lifetimes.accessToken),
  AuthorizationCode: toSeconds(10 * MINUTE),
  Grant: grantLife(policy.lifetimes),
  IdToken: toSeconds(policy.lifetimes.idToken),
  Interaction: toSeconds(HOUR),
  RefreshToken: (ctx, token) =>
    applications.find(({ clientId }) => clientId === token.clientId)?.type === 'spa'
      ? // Fixed: what is left of the one that it takes the place of.
        (ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? SPA_REFRESH_LIFE)
      : refreshLife(policy.lifetimes, now() - (token.iiat ?? now())),
  Session: (_ctx, session) => sessionLife(policy, session, now()),
})

/**
 * How long a session lives from now on; the engine asks each time it is used.
 *
 * @param session - `transient` unless the person asked to be kept signed in
 */
export function sessionLife(
  { lifetimes, keepMeSignedIn, sessionExpiry }: Policy,
  session: { readonly transient?: boolean | undefined; readonly loginTs?: number | undefined },
  now: number,
): number {
  const kept = session.transient ? undefined : keepMeSignedIn
  const life = toSeconds(kept ?? lifetimes.session)
  if (sessionExpiry === 'rolling') return life
  return Math.max(1, (session.loginTs ?? now) + life - now)
}

const grantLife = ({ slidingWindow }: Policy['lifetimes']): number =>
  slidingWindow === 'unbounded' ? ENDLESS : toSeconds(slidingWindow + DAY)

/** @param age - seconds since the person signed in and the first of these tokens was given out */
export function refreshLife(
  { refreshToken, slidingWindow }: Policy['lifetimes'],
  age: number,
): number {
  const life = toSeconds(refreshToken)
  if (slidingWindow === 'unbounded') return life
  return Math.max(1, Math.min(life, toSeconds(slidingWindow) - age))
}
