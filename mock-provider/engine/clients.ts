import type { ClientMetadata, Provider, ResponseType } from 'oidc-provider'
import type { Application } from '../config.ts'

/** An application, as the engine registers it. */
export const clientOf = (application: Application): ClientMetadata => ({
  client_id: application.clientId,
  client_secret: application.clientSecret,
  client_name: application.name,
  application_type: application.type === 'native' ? 'native' : 'web',
  redirect_uris: application.redirectUris.flatMap(withAndWithoutSlash),
  grant_types: ['authorization_code', 'refresh_token', 'implicit'],
  response_types: responseTypesOf(application),
  token_endpoint_auth_method:
    application.clientSecret === undefined ? 'none' : 'client_secret_post',
})

/** A server without a secret can redeem no code: it lives on what the browser brings. */
function responseTypesOf({ type, clientSecret, implicitIdToken }: Application): ResponseType[] {
  const code = type !== 'web' || clientSecret !== undefined
  return [
    ...(code ? (['code'] as const) : []),
    ...(implicitIdToken ? (['id_token'] as const) : []),
    ...(code && implicitIdToken ? (['code id_token'] as const) : []),
  ]
}

/** The root of a machine's address is the same with its slash and without; the engine compares text. */
function withAndWithoutSlash(uri: string): string[] {
  const root = /^https?:\/\/[^/?#]+/.exec(uri)?.[0]
  return root !== undefined && (uri === root || uri === `${root}/`) ? [root, `${root}/`] : [uri]
}

/** What the engine's documentation describes and its types leave out. */
interface WithSchema {
  readonly Schema: { readonly prototype: { invalidate(message: string, code?: string): void } }
}

const hasSchema = (client: object): client is WithSchema => 'Schema' in client

/** The engine lets the front channel lead to https only and never to this machine, where a mock is used. */
export function allowLocalPages({ Client }: Provider): void {
  if (!hasSchema(Client)) throw new Error('The engine checks its clients in another way.')
  const { prototype } = Client.Schema
  const { invalidate } = prototype
  prototype.invalidate = function (message, code) {
    if (code === 'implicit-force-https' || code === 'implicit-forbid-localhost') return
    invalidate.call(this, message, code)
  }
}
