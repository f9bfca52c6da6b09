import { ADDRESSES } from '../../protocol/addresses.ts'
import type { Settings } from '../settings.ts'

/** What a standard client needs to find its way (RFC 8414 §2, RFC 9207 §3, RFC 9449 §5.1). */
export const metadata = ({ url }: Pick<Settings, 'url'>) => ({
  issuer: url,
  authorization_endpoint: url + ADDRESSES.signIn,
  token_endpoint: url + ADDRESSES.token,
  revocation_endpoint: url + ADDRESSES.revoke,
  introspection_endpoint: url + ADDRESSES.introspect,
  jwks_uri: url + ADDRESSES.jwks,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none'],
  revocation_endpoint_auth_methods_supported: ['none'],
  // Services bring a key of theirs, which is none of the ways by which clients prove themselves.
  introspection_endpoint_auth_methods_supported: ['Bearer'],
  dpop_signing_alg_values_supported: ['ES256'],
  authorization_response_iss_parameter_supported: true,
})

/**
 * What a receiver of Security Event Tokens needs (Shared Signals Framework 1.0 §6.1): the issuer, the keys, and
 * that they are pushed. Streams are set up by hand, in our settings; so there are no endpoints to manage them,
 * and none are named.
 */
export const signalsMetadata = ({ url }: Pick<Settings, 'url'>) => ({
  spec_version: '1_0',
  issuer: url,
  jwks_uri: url + ADDRESSES.signalKeys,
  delivery_methods_supported: ['urn:ietf:rfc:8935'],
  default_subjects: 'ALL',
})
