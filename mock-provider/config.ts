import * as v from 'valibot'

const guid = v.pipe(v.string(), v.uuid('is a GUID'), v.toLowerCase())

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

const redirectUri = v.pipe(
  v.string(),
  v.check((text) => {
    if (!URL.canParse(text)) return false
    const { protocol, hostname, hash } = new URL(text)
    return hash === '' && (protocol === 'https:' || LOOPBACK.includes(hostname))
  }, 'is an https address, or one of this machine, without a fragment'),
)

const Person = v.object({
  /** B2C's object id; becomes `sub`. */
  oid: guid,
  email: v.pipe(v.string(), v.email('is an e-mail address')),
  password: v.pipe(v.string(), v.minLength(1)),
  name: v.string(),
  givenName: v.optional(v.string()),
  familyName: v.optional(v.string()),
  /** Where the account lives, when that is not this tenant: a social provider's `idp` value. */
  idp: v.optional(v.picklist(['google.com'], 'is google.com, or left out for a local account')),
})

const Application = v.object({
  clientId: v.pipe(v.string(), v.minLength(1)),
  /** Left out by an app that can keep none: it has to prove by PKCE that the code is its own. */
  clientSecret: v.optional(v.pipe(v.string(), v.minLength(16, 'has at least 16 characters'))),
  name: v.string(),
  redirectUris: v.pipe(v.array(redirectUri), v.minLength(1, 'names at least one address')),
  postLogoutRedirectUris: v.array(redirectUri),
})

const Tenant = v.object({
  /** `contoso` of `contoso.onmicrosoft.com`. */
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]{0,26}$/, 'is a lower-case word, e.g. contoso')),
  id: guid,
})

/**
 * How "Forgot your password?" is answered: by sending the application to a policy of its own, as B2C
 * did first, or inside the sign-in, as it recommends (notes/b2c.md §1.2).
 */
const ResetStyle = v.picklist(['policy', 'inside'], 'is policy or inside')

const allDiffer = (keys: readonly string[]) => new Set(keys).size === keys.length

/** What the provider knows: the file that `PROVIDER_CONFIG` names. */
export const ProviderConfig = v.object({
  tenant: v.optional(Tenant, { name: 'latchkey', id: '775527ff-9a37-4307-8b3d-cc311f58d925' }),
  resetStyle: v.optional(ResetStyle, 'policy'),
  people: v.pipe(
    v.array(Person),
    v.check((all) => allDiffer(all.map(({ oid }) => oid)), 'has an oid twice'),
    v.check(
      (all) => allDiffer(all.map(({ idp, email }) => `${idp} ${email.toLowerCase()}`)),
      'has an e-mail address twice',
    ),
  ),
  applications: v.pipe(
    v.array(Application),
    v.minLength(1, 'names at least one application'),
    v.check((all) => allDiffer(all.map(({ clientId }) => clientId)), 'has a clientId twice'),
  ),
})

export type Person = v.InferOutput<typeof Person>
export type Application = v.InferOutput<typeof Application>
export type Tenant = v.InferOutput<typeof Tenant>
export type ProviderConfig = v.InferOutput<typeof ProviderConfig>
/** The same before validation, where the tenant may be left out. */
export type ProviderConfigInput = v.InferInput<typeof ProviderConfig>
