import type { Journey } from '../../config/policy.ts'
import type { Policy, ProviderConfig, Tenant } from '../../config.ts'

/** How a policy stands in addresses: lower case, since MSAL edits addresses in lower case. */
export const policyKey = ({ id }: Pick<Policy, 'id'>): string => id.toLowerCase()

export const tenantDomain = (tenant: Tenant): string => `${tenant.name}.onmicrosoft.com`

/** Both styles end in a slash; the `tenant` style is the same for every policy. */
export function issuerOf(
  origin: string,
  { tenant, issuerStyle }: Pick<ProviderConfig, 'tenant' | 'issuerStyle'>,
  policy: Pick<Policy, 'id'>,
): string {
  const house = issuerStyle === 'tfp' ? `tfp/${tenant.id}/${policyKey(policy)}` : tenant.id
  return `${origin}/${house}/v2.0/`
}

/** What clients call the authority of a policy; its metadata is below it. */
export const authorityOf = (origin: string, tenant: Tenant, policy: Pick<Policy, 'id'>): string =>
  `${origin}/${tenantDomain(tenant)}/${policyKey(policy)}`

/** What B2C serves, under each policy. */
export const ENDPOINTS = {
  metadata: '/v2.0/.well-known/openid-configuration',
  keys: '/discovery/v2.0/keys',
  authorize: '/oauth2/v2.0/authorize',
  token: '/oauth2/v2.0/token',
  logout: '/oauth2/v2.0/logout',
  signIn: '/api/combinedsigninandsignup/unified',
  signUp: '/api/selfasserted/signup',
  signInConfirmed: '/api/combinedsigninandsignup/confirmed',
  reset: '/api/selfasserted/passwordreset',
  profile: '/api/selfasserted/profileedit',
  selfAsserted: '/selfasserted',
  selfAssertedConfirmed: '/api/selfasserted/confirmed',
} as const

export type Endpoint = keyof typeof ENDPOINTS

/** The page at which each journey begins. */
export const FIRST_PAGE = {
  'sign-in': 'signIn',
  'sign-up-or-sign-in': 'signIn',
  'sign-up': 'signUp',
  'profile-edit': 'profile',
  reset: 'reset',
} as const satisfies Record<Journey, Endpoint>

export type JourneyPage = (typeof FIRST_PAGE)[Journey]

export type B2cPath =
  | {
      readonly kind: 'policy'
      readonly policy: Policy
      readonly endpoint: Endpoint
      /** What stands before the endpoint: `/tfp/{tenant}/{policy}`, lower case. */
      readonly base: string
      /** What follows the endpoint, in its own case: the engine's handle of a sign-in. */
      readonly tail: string
    }
  /** Where social providers send the browser back to; names no policy. */
  | { readonly kind: 'authresp' }
  /** One of B2C's addresses, of a policy that isn't there. */
  | { readonly kind: 'unknown-policy'; readonly policy: string }

export const authrespPath = (tenant: Tenant): string => `/${tenantDomain(tenant)}/oauth2/authresp`

/**
 * Reads an address in any of B2C's forms (notes/b2c.md §1.1), in any case:
 * `/{tenant}/{policy}/…`, `/tfp/{tenant}/{policy}/…`, `/{tenant}/…?p={policy}`; the tenant by its
 * domain or its GUID.
 */
export function readPath(
  path: string,
  p: string | undefined,
  { tenant, policies }: Pick<ProviderConfig, 'tenant' | 'policies'>,
): B2cPath | undefined {
  const segments = path.split('/').slice(1)
  const tfp = segments[0]?.toLowerCase() === 'tfp'
  if (tfp) segments.shift()
  const named = segments.shift()?.toLowerCase()
  if (named !== tenantDomain(tenant) && named !== tenant.id) return undefined
  const policy = findPolicy(segments[0], policies)
  if (policy) segments.shift()
  const rest = `/${segments.join('/')}`
  if (!policy && rest.toLowerCase() === '/oauth2/authresp') return { kind: 'authresp' }
  const asked = policy ?? findPolicy(p, policies)
  if (!asked) return unknownPolicy(segments, p)
  const endpoint = findEndpoint(rest)
  if (!endpoint) return undefined
  const base = `${tfp ? '/tfp' : ''}/${named}/${policyKey(asked)}`
  const tail = rest.slice(ENDPOINTS[endpoint].length)
  return { kind: 'policy', policy: asked, endpoint, base, tail }
}

const findPolicy = (name: string | undefined, policies: readonly Policy[]): Policy | undefined =>
  policies.find((policy) => policyKey(policy) === name?.toLowerCase())

function unknownPolicy(
  [named = '', ...rest]: readonly string[],
  p: string | undefined,
): B2cPath | undefined {
  if (findEndpoint(`/${rest.join('/')}`)) return { kind: 'unknown-policy', policy: named }
  const known = findEndpoint(`/${[named, ...rest].join('/')}`)
  return known && p !== undefined ? { kind: 'unknown-policy', policy: p } : undefined
}

function findEndpoint(rest: string): Endpoint | undefined {
  const lower = rest.toLowerCase()
  for (const [name, path] of Object.entries(ENDPOINTS) as [Endpoint, string][]) {
    // Only a sign-in that was begun has something behind it: the engine resumes it there.
    if (lower === path || (name === 'authorize' && lower.startsWith(`${path}/`))) return name
  }
  return undefined
}
