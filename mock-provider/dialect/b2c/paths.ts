import type { Tenant } from '../../config.ts'

/** A user flow, as B2C spells it. */
export interface Policy {
  readonly id: string
  /** Which pages it leads through first. */
  readonly journey: 'signIn' | 'reset'
}

export const SIGN_IN_POLICY = { id: 'B2C_1_signupsignin', journey: 'signIn' } as const
export const RESET_POLICY = { id: 'B2C_1_passwordreset', journey: 'reset' } as const

export const POLICIES = [SIGN_IN_POLICY, RESET_POLICY] as const satisfies readonly Policy[]

/** How a policy stands in addresses: lower case, since MSAL edits addresses in lower case. */
export const policyKey = (policy: Policy): string => policy.id.toLowerCase()

export const tenantDomain = (tenant: Tenant): string => `${tenant.name}.onmicrosoft.com`

/** B2C's "tfp" issuer, the one that strict OpenID Connect Discovery agrees with. */
export const issuerOf = (origin: string, tenant: Tenant, policy: Policy): string =>
  `${origin}/tfp/${tenant.id}/${policyKey(policy)}/v2.0/`

/** What B2C serves, under each policy. */
export const ENDPOINTS = {
  metadata: '/v2.0/.well-known/openid-configuration',
  keys: '/discovery/v2.0/keys',
  authorize: '/oauth2/v2.0/authorize',
  token: '/oauth2/v2.0/token',
  logout: '/oauth2/v2.0/logout',
  signIn: '/api/combinedsigninandsignup/unified',
  reset: '/api/selfasserted/passwordreset',
} as const

export type Endpoint = keyof typeof ENDPOINTS

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

export const authrespPath = (tenant: Tenant): string => `/${tenantDomain(tenant)}/oauth2/authresp`

/**
 * Reads an address in any of B2C's forms (notes/b2c.md §1.1), in any case:
 * `/{tenant}/{policy}/…`, `/tfp/{tenant}/{policy}/…`, `/{tenant}/…?p={policy}`; the tenant by its
 * domain or its GUID.
 */
export function readPath(path: string, p: string | undefined, tenant: Tenant): B2cPath | undefined {
  const segments = path.split('/').slice(1)
  const tfp = segments[0]?.toLowerCase() === 'tfp'
  if (tfp) segments.shift()
  const named = segments.shift()?.toLowerCase()
  if (named !== tenantDomain(tenant) && named !== tenant.id) return undefined
  const policy = findPolicy(segments[0])
  if (policy) segments.shift()
  const rest = `/${segments.join('/')}`
  if (!policy && rest.toLowerCase() === '/oauth2/authresp') return { kind: 'authresp' }
  const asked = policy ?? findPolicy(p)
  const endpoint = findEndpoint(rest)
  if (!asked || !endpoint) return undefined
  const base = `${tfp ? '/tfp' : ''}/${named}/${policyKey(asked)}`
  const tail = rest.slice(ENDPOINTS[endpoint].length)
  return { kind: 'policy', policy: asked, endpoint, base, tail }
}

export const findPolicy = (name: string | undefined): Policy | undefined =>
  POLICIES.find((policy) => policyKey(policy) === name?.toLowerCase())

function findEndpoint(rest: string): Endpoint | undefined {
  const lower = rest.toLowerCase()
  for (const [name, path] of Object.entries(ENDPOINTS) as [Endpoint, string][]) {
    // Only a sign-in that was begun has something behind it: the engine resumes it there.
    if (lower === path || (name === 'authorize' && lower.startsWith(`${path}/`))) return name
  }
  return undefined
}
