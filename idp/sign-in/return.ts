import { toSeconds } from '../../clock/moment.ts'
import { toDescription } from '../../protocol/error-body.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import type { RefusedSignIn, SignIn } from '../store/records.ts'

type Return = Pick<SignIn, 'redirectUri' | 'state'>

/** The way back to the client, with `iss` in good and in bad news (RFC 9207 §2). */
export function returnUrl(
  site: Pick<Site, 'settings'>,
  to: Return,
  parameters: Readonly<Record<string, string>>,
): string {
  const url = new URL(to.redirectUri)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  if (to.state !== null) url.searchParams.set('state', to.state)
  url.searchParams.set('iss', site.settings.url)
  return url.href
}

/** Bad news for the client (RFC 6749 §4.1.2.1). */
export const returnError = (
  site: Pick<Site, 'settings'>,
  to: Return,
  error: ErrorCode,
  description: string,
): string => returnUrl(site, to, { error, error_description: toDescription(description) })

/** Turns somebody away: the error, and ours: the reason, and since when. */
export const returnRefusal = (
  site: Pick<Site, 'settings'>,
  to: Return,
  refused: RefusedSignIn,
): string =>
  returnUrl(site, to, {
    error: 'access_denied',
    error_description: toDescription(refused.description),
    ...(refused.reason === null ? {} : { reason: refused.reason }),
    ...(refused.at === null ? {} : { ended_at: String(toSeconds(refused.at)) }),
  })
