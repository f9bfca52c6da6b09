import type { Application } from '../../config.ts'

export interface LogoutRequest {
  /** The claims of the hint when it is a token of ours, `undefined` when it is not, `none` without. */
  readonly hint: Readonly<Record<string, unknown>> | undefined | 'none'
  readonly redirectUri: string | undefined
  readonly state: string | undefined
}

export type LogoutDecision =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'page' }
  | { readonly kind: 'refuse'; readonly why: string }

/**
 * Where the browser goes once it is signed out. A hint must be ours and then the address must be
 * one of that application's. Without a hint B2C goes to any address at all; here it must be
 * registered by some application, since an open redirect teaches nobody anything.
 */
export function decideLogout(
  request: LogoutRequest,
  applications: readonly Pick<Application, 'clientId' | 'postLogoutRedirectUris'>[],
): LogoutDecision {
  const { hint, redirectUri, state } = request
  if (hint === undefined) {
    return { kind: 'refuse', why: 'The id_token_hint is not an ID token of this tenant.' }
  }
  const theirs =
    hint === 'none' ? applications : applications.filter(({ clientId }) => clientId === hint.aud)
  if (theirs.length === 0) {
    return { kind: 'refuse', why: 'The id_token_hint is for no application of this tenant.' }
  }
  if (redirectUri === undefined) return { kind: 'page' }
  if (!theirs.some((one) => one.postLogoutRedirectUris.includes(redirectUri))) {
    return {
      kind: 'refuse',
      why: 'The post_logout_redirect_uri is not registered for the application: add it to postLogoutRedirectUris.',
    }
  }
  const to = new URL(redirectUri)
  if (state !== undefined) to.searchParams.set('state', state)
  return { kind: 'redirect', to: to.href }
}
