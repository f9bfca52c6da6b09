import type { Person } from './config.ts'

/** A social provider behind the tenant. */
export interface SocialProvider {
  readonly idp: NonNullable<Person['idp']>
  readonly name: string
  /** The id of its button on B2C's page. */
  readonly exchange: string
}

export const SOCIAL_PROVIDERS = [
  { idp: 'google.com', name: 'Google', exchange: 'GoogleExchange' },
] as const satisfies readonly SocialProvider[]

export const socialByExchange = (exchange: string | null): SocialProvider | undefined =>
  SOCIAL_PROVIDERS.find((provider) => provider.exchange === exchange)
