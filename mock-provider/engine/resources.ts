import { type Configuration, errors } from 'oidc-provider'
import { toSeconds } from '../../clock/moment.ts'
import type { Policy } from '../config.ts'

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/** Whom access tokens are for. B2C tells it from the scopes that are asked for. */
export const resourceIndicators = ({ lifetimes }: Policy): ResourceIndicators => ({
  enabled: true,
  // An application that asks for its own id as a scope gets an access token for itself.
  defaultResource: (ctx, client, oneOf) => {
    const asked = String(ctx.oidc.params?.scope ?? '').split(' ')
    return oneOf ?? (asked.includes(client.clientId) ? resourceOf(client.clientId) : [])
  },
  useGrantedResource: () => true,
  getResourceServerInfo: (_ctx, resource, client) => {
    if (resource !== resourceOf(client.clientId)) throw new errors.InvalidTarget()
    return {
      scope: client.clientId,
      audience: client.clientId,
      accessTokenFormat: 'jwt',
      accessTokenTTL: toSeconds(lifetimes.accessToken),
      jwt: { sign: { alg: 'RS256' } },
    }
  },
})

const resourceOf = (clientId: string) => `urn:app:${clientId}`
