import type { Person } from './config.ts'

/** A social provider behind the tenant. */
export interface SocialProvider {
  readonly idp: NonNullable<Person['idp']>
  readonly name: string
  /** The id of its button on B2C's page. */
  readonly exchange: string
  /** What an application says as `domain_hint` to have people sent straight there. */
  readonly domainHint: string
  /** Whether B2C hands its access token on: those of OAuth 2.0 alone do (notes/b2c.md §1.3). */
  readonly handsTokenOn: boolean
}

export const SOCIAL_PROVIDERS = [
  {
    idp: 'google.com',
    name: 'Google',
    exchange: 'GoogleExchange',
    domainHint: 'google.com',
    handsTokenOn: true,
  },
  {
    idp: 'live.com',
    name: 'Microsoft',
    exchange: 'MicrosoftAccountExchange',
    domainHint: 'microsoft.com',
    handsTokenOn: false,
  },
  {
    idp: 'facebook.com',
    name: 'Facebook',
    exchange: 'FacebookExchange',
    domainHint: 'facebook.com',
    handsTokenOn: true,
  },
] as const satisfies readonly SocialProvider[]

export const socialByExchange = (exchange: unknown): SocialProvider | undefined =>
  SOCIAL_PROVIDERS.find((provider) => provider.exchange === exchange)

export const socialByHint = (hint: unknown): SocialProvider | undefined =>
  SOCIAL_PROVIDERS.find((provider) => provider.domainHint === hint)
