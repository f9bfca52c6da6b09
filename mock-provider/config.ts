import * as v from 'valibot'
import { Application } from './config/application.ts'
import { leadsThroughSignIn, Policy, ResetStyle } from './config/policy.ts'

export type { Application } from './config/application.ts'
export type { Policy } from './config/policy.ts'

const guid = v.pipe(v.string(), v.uuid('is a GUID'), v.toLowerCase())

/** What B2C calls the social providers in a token's `idp`. */
const IDPS = ['google.com', 'live.com', 'facebook.com'] as const

export const Person = v.object({
  /** B2C's object id; becomes `sub`. */
  oid: guid,
  email: v.pipe(v.string(), v.email('is an e-mail address')),
  password: v.pipe(v.string(), v.minLength(1)),
  name: v.string(),
  givenName: v.optional(v.string()),
  familyName: v.optional(v.string()),
  /** Where the account lives, when that is not this tenant: a social provider's `idp` value. */
  idp: v.optional(
    v.picklist(IDPS, `is one of ${IDPS.join(', ')}, or left out for a local account`),
  ),
})

const Tenant = v.object({
  /** `contoso` of `contoso.onmicrosoft.com`. */
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]{0,26}$/, 'is a lower-case word, e.g. contoso')),
  id: guid,
})

/**
 * What tokens call their issuer: the tenant, as B2C does unless told otherwise, or tenant and policy
 * (`tfp`), the one that strict OpenID Connect Discovery agrees with.
 */
const IssuerStyle = v.picklist(['tenant', 'tfp'], 'is tenant or tfp')

const allDiffer = (keys: readonly string[]) => new Set(keys).size === keys.length

/** Everyone whom a tenant, or a social provider beside it, knows. */
export const Directory = v.pipe(
  v.array(Person),
  v.check((all) => allDiffer(all.map(({ oid }) => oid)), 'has an oid twice'),
  v.check(
    (all) => allDiffer(all.map(({ idp, email }) => `${idp} ${email.toLowerCase()}`)),
    'has an e-mail address twice',
  ),
)

/** What the provider knows: the file that `PROVIDER_CONFIG` names. */
export const ProviderConfig = v.pipe(
  v.object({
    tenant: v.optional(Tenant, { name: 'latchkey', id: '775527ff-9a37-4307-8b3d-cc311f58d925' }),
    issuerStyle: v.optional(IssuerStyle, 'tfp'),
    /** Of the policies that name none of their own. */
    resetStyle: v.optional(ResetStyle, 'policy'),
    policies: v.optional(
      v.pipe(
        v.array(Policy),
        v.check((all) => all.some(leadsThroughSignIn), 'names at least one that signs people in'),
        v.check((all) => allDiffer(all.map(({ id }) => id.toLowerCase())), 'has an id twice'),
      ),
      [
        { id: 'B2C_1_signupsignin', journey: 'sign-up-or-sign-in' },
        { id: 'B2C_1_passwordreset', journey: 'reset' },
        { id: 'B2C_1_profileedit', journey: 'profile-edit' },
      ],
    ),
    people: Directory,
    applications: v.pipe(
      v.array(Application),
      v.minLength(1, 'names at least one application'),
      v.check((all) => allDiffer(all.map(({ clientId }) => clientId)), 'has a clientId twice'),
      v.check(
        (all) => allDiffer(all.flatMap(({ appIdUri }) => appIdUri ?? [])),
        'has an appIdUri twice',
      ),
    ),
  }),
  v.transform(({ resetStyle, policies, ...rest }) => ({
    ...rest,
    policies: policies.map((policy) => ({
      ...policy,
      resetStyle: policy.resetStyle ?? resetStyle,
    })),
  })),
)

export type Person = v.InferOutput<typeof Person>
export type Tenant = v.InferOutput<typeof Tenant>
export type ProviderConfig = v.InferOutput<typeof ProviderConfig>
/** The same before validation, where much may be left out. */
export type ProviderConfigInput = v.InferInput<typeof ProviderConfig>
