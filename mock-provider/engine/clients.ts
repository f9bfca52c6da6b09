import type { ClientMetadata } from 'oidc-provider'
import type { Application } from '../config.ts'

/** An application, as the engine registers it. */
export const clientOf = (application: Application): ClientMetadata => ({
  client_id: application.clientId,
  client_secret: application.clientSecret,
  client_name: application.name,
  application_type: application.type === 'native' ? 'native' : 'web',
  redirect_uris: [...application.redirectUris],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method:
    application.clientSecret === undefined ? 'none' : 'client_secret_post',
})
