import type { Person, Policy, Tenant } from '../../config.ts'
import { policyKey } from './paths.ts'

/** Claims that the engine puts into a token. */
export type EngineClaims = Readonly<Record<string, unknown>>

interface Subject {
  readonly person: Person
  readonly policy: Policy
  readonly issuer: string
}

/** What happened in this very sign-in. */
interface Happened {
  /** The account was made. */
  readonly newUser: boolean
  /** The password was reset on the way. */
  readonly isForgotPassword: boolean
  /** What the social provider gave, where B2C hands it on. */
  readonly idpAccessToken: string | undefined
}

/** The ID token's claims as B2C words them (notes/b2c.md §1.3). Local accounts carry no `idp`. */
export const idTokenClaims = (engine: EngineClaims, subject: Subject, happened: Happened) => ({
  ...engine,
  ver: '1.0',
  ...identity(subject),
  nbf: engine.iat,
  ...(subject.person.givenName === undefined ? {} : { given_name: subject.person.givenName }),
  ...(subject.person.familyName === undefined ? {} : { family_name: subject.person.familyName }),
  ...(subject.person.idp === undefined ? {} : { idp: subject.person.idp }),
  ...(happened.idpAccessToken === undefined ? {} : { idp_access_token: happened.idpAccessToken }),
  ...(happened.newUser ? { newUser: true } : {}),
  ...(happened.isForgotPassword ? { isForgotPassword: true } : {}),
  emails: [subject.person.email],
})

interface Access {
  /** Who asked for it. */
  readonly clientId: string
  /** What it may do there; left out for an application's own back end. */
  readonly scp: string | undefined
  readonly nonce: string | undefined
}

/** The access token for an API (`aud`), which the application `azp` asked for. */
export const accessTokenClaims = (engine: EngineClaims, subject: Subject, access: Access) => ({
  ver: '1.0',
  ...identity(subject),
  aud: engine.aud,
  azp: access.clientId,
  ...(access.scp === undefined ? {} : { scp: access.scp }),
  ...(access.nonce === undefined ? {} : { nonce: access.nonce }),
  nbf: engine.iat,
  iat: engine.iat,
  exp: engine.exp,
})

const identity = ({ person, policy, issuer }: Subject) => ({
  iss: issuer,
  sub: person.oid,
  oid: person.oid,
  name: person.name,
  tfp: policy.id,
})

/** `profile_info` of the token response: base64url of JSON. */
export const profileInfo = (person: Person, tenant: Tenant): string =>
  encoded({
    ver: '1.0',
    tid: tenant.id,
    sub: null,
    name: person.name,
    preferred_username: null,
    idp: person.idp ?? null,
  })

/** `client_info`, by which MSAL knows its accounts: one for each policy that a person came through. */
export const clientInfo = (person: Person, policy: Policy, tenant: Tenant): string =>
  encoded({ uid: `${person.oid}-${policyKey(policy)}`, utid: tenant.id })

const encoded = (json: Readonly<Record<string, unknown>>): string =>
  Buffer.from(JSON.stringify(json)).toString('base64url')
