import type { Person, Policy, Tenant } from '../../config.ts'

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
  ...(happened.newUser ? { newUser: true } : {}),
  ...(happened.isForgotPassword ? { isForgotPassword: true } : {}),
  emails: [subject.person.email],
})

/** The access token for an application's own back end: `aud` and `azp` are the application. */
export const accessTokenClaims = (engine: EngineClaims, subject: Subject, clientId: string) => ({
  ver: '1.0',
  ...identity(subject),
  aud: engine.aud,
  azp: clientId,
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
  Buffer.from(
    JSON.stringify({
      ver: '1.0',
      tid: tenant.id,
      sub: null,
      name: person.name,
      preferred_username: null,
      idp: person.idp ?? null,
    }),
  ).toString('base64url')
