import type { Application } from '../../config.ts'
import type { B2cCode, ErrorValues } from './errors.ts'

export interface LogoutRequest {
  /** The claims of the hint when it is a token of ours, `undefined` when it is not, `none` without. */
  readonly hint: Readonly<Record<string, unknown>> | undefined | 'none'
  readonly redirectUri: string | undefined
  readonly state: string | undefined
}

export interface LogoutRules {
  readonly applications: readonly Pick<
    Application,
    'clientId' | 'redirectUris' | 'postLogoutRedirectUris'
  >[]
  /** The policy's switch "Require ID Token in logout requests". */
  readonly requireIdTokenHint: boolean
}

export type LogoutDecision =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'page' }
  | { readonly kind: 'refuse'; readonly code: B2cCode; readonly values: ErrorValues }

/**
 * Where the browser goes once it is signed out. A hint must be ours and then the address must be
 * one of that application's, from either of its lists: B2C has only one. Without a hint B2C goes to
 * any address at all; here it must be registered by some application, since an open redirect
 * teaches nobody anything.
 */
export function decideLogout(
  { hint, redirectUri, state }: LogoutRequest,
  { applications, requireIdTokenHint }: LogoutRules,
): LogoutDecision {
  if (hint === 'none' && requireIdTokenHint) {
    return { kind: 'refuse', code: 'AADB2C90083', values: { parameter: 'id_token_hint' } }
  }
  const theirs =
    hint === 'none' ? applications : applications.filter(({ clientId }) => clientId === hint?.aud)
  if (theirs.length === 0) return { kind: 'refuse', code: 'AADB2C90210', values: {} }
  if (redirectUri === undefined) return { kind: 'page' }
  const known = theirs.some(({ redirectUris, postLogoutRedirectUris }) =>
    [...redirectUris, ...postLogoutRedirectUris].includes(redirectUri),
  )
  if (!known) {
    const client_id = hint === 'none' ? '' : String(hint?.aud)
    return {
      kind: 'refuse',
      code: 'AADB2C90006',
      values: { redirect_uri: redirectUri, client_id },
    }
  }
  const to = new URL(redirectUri)
  if (state !== undefined) to.searchParams.set('state', state)
  return { kind: 'redirect', to: to.href }
}
