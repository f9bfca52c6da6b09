import { ENDPOINTS } from './paths.ts'

/** The discovery document, in B2C's shape; says what this provider does, not all that B2C can. */
export const metadata = (issuer: string, origin: string, base: string) => ({
  issuer,
  authorization_endpoint: origin + base + ENDPOINTS.authorize,
  token_endpoint: origin + base + ENDPOINTS.token,
  end_session_endpoint: origin + base + ENDPOINTS.logout,
  jwks_uri: origin + base + ENDPOINTS.keys,
  response_modes_supported: ['query', 'fragment', 'form_post'],
  response_types_supported: ['code', 'code id_token', 'id_token'],
  scopes_supported: ['openid'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
  claims_supported: [
    'oid',
    'newUser',
    'idp',
    'idp_access_token',
    'emails',
    'name',
    'given_name',
    'family_name',
    'sub',
    'tfp',
    'iss',
    'iat',
    'exp',
    'aud',
    'nonce',
    'auth_time',
  ],
})
