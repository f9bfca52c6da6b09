import type { ProviderConfigInput } from './config.ts'

/** The password of everyone in {@link DEFAULT_CONFIG}: local play people, protecting nothing. */
export const DEFAULT_PASSWORD = 'Latchkey-1'

/** Latchkey's own site, at its default address. */
export const DEFAULT_APPLICATION = {
  clientId: '5b8a1b4e-3c0f-4c55-9a0e-1f6f0f6c2a01',
  clientSecret: 'latchkey-local-development-secret',
  name: 'Latchkey',
  redirectUris: ['http://127.0.0.1:3000/integrations/oauth2/callback'],
  postLogoutRedirectUris: ['http://127.0.0.1:3000/signin/purged'],
}

/** The tenant's people and the one application that trusts it, when no file says otherwise. */
export const DEFAULT_CONFIG = {
  people: [
    {
      oid: '0a11ce00-6f1d-4c1e-8a51-2f6b1c9d0001',
      email: 'alice@example.test',
      password: DEFAULT_PASSWORD,
      name: 'Alice Arden',
      givenName: 'Alice',
      familyName: 'Arden',
    },
    {
      oid: '0b0b0000-6f1d-4c1e-8a51-2f6b1c9d0002',
      email: 'bob@example.test',
      password: DEFAULT_PASSWORD,
      name: 'Bob Brook',
      givenName: 'Bob',
      familyName: 'Brook',
    },
    {
      oid: '0ca40100-6f1d-4c1e-8a51-2f6b1c9d0003',
      email: 'carol@example.test',
      password: DEFAULT_PASSWORD,
      name: 'Carol Crane',
      givenName: 'Carol',
      familyName: 'Crane',
    },
    {
      oid: '0da4e000-6f1d-4c1e-8a51-2f6b1c9d0004',
      email: 'dave@example.test',
      password: DEFAULT_PASSWORD,
      name: 'Dave Dale',
      givenName: 'Dave',
      familyName: 'Dale',
    },
    {
      oid: '0e410000-6f1d-4c1e-8a51-2f6b1c9d0005',
      email: 'erin@example.test',
      password: DEFAULT_PASSWORD,
      name: 'Erin Elm',
      givenName: 'Erin',
      familyName: 'Elm',
      idp: 'google.com',
    },
    {
      oid: '0f4a0c00-6f1d-4c1e-8a51-2f6b1c9d0006',
      email: 'frank@example.test',
      password: DEFAULT_PASSWORD,
      name: 'Frank Frost',
      givenName: 'Frank',
      familyName: 'Frost',
      idp: 'facebook.com',
    },
    {
      oid: '09104a00-6f1d-4c1e-8a51-2f6b1c9d0007',
      email: 'gina@example.test',
      password: DEFAULT_PASSWORD,
      name: 'Gina Gold',
      givenName: 'Gina',
      familyName: 'Gold',
      idp: 'live.com',
    },
  ],
  applications: [DEFAULT_APPLICATION],
} satisfies ProviderConfigInput
