import type { Application } from '../../config.ts'
import type { B2cCode } from './errors.ts'

/** Scopes of OpenID Connect; only `openid` and `offline_access` do something at B2C. */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const

export type ScopeVerdict =
  /** @property audience - the application whose API the access token is for; none: no access token. */
  | { readonly kind: 'fine'; readonly audience: Application | undefined }
  | { readonly kind: 'refused'; readonly code: B2cCode; readonly scope: string }

/**
 * Whom the scopes of a request lead to. An application asks for its own back end by its client id, for
 * another's API by `{App ID URI}/{scope}`, and for one of them at a time.
 */
export function judgeScopes(
  scope: string | undefined,
  clientId: string,
  applications: readonly Application[],
): ScopeVerdict {
  const asked = (scope ?? '').split(' ').filter((one) => one !== '')
  if (asked.length === 0) return { kind: 'refused', code: 'AADB2C90010', scope: '' }
  const audiences = new Set<Application>()
  for (const one of asked) {
    if (OPENID_SCOPES.some((known) => known === one)) continue
    const audience = applications.find((api) => scopesOf(api, clientId).includes(one))
    if (!audience) return { kind: 'refused', code: 'AADB2C90117', scope: one }
    audiences.add(audience)
  }
  if (audiences.size > 1) {
    return { kind: 'refused', code: 'AADB2C90146', scope: asked.join(' ') }
  }
  const [audience] = audiences
  if (!audience && !asked.includes('openid')) {
    return { kind: 'refused', code: 'AADB2C90115', scope: asked.join(' ') }
  }
  return { kind: 'fine', audience }
}

/** What an application may be asked for by the one with this client id. */
export const scopesOf = (api: Application, clientId: string): readonly string[] => [
  ...(api.clientId === clientId ? [clientId] : []),
  ...api.scopes.map((scope) => `${api.appIdUri}/${scope}`),
]

/** `scp`: the API's own words for what was granted; the client id is none of them. */
export function scpOf(granted: string, { appIdUri, scopes }: Application): string | undefined {
  const words = granted.split(' ')
  const scp = scopes.filter((scope) => words.includes(`${appIdUri}/${scope}`))
  return scp.length === 0 ? undefined : scp.join(' ')
}
