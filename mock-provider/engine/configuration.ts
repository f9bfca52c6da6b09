import type { Configuration } from 'oidc-provider'
import type { Clock } from '../../clock/clock.ts'
import { HOUR, MINUTE, toSeconds } from '../../clock/moment.ts'
import type { Policy, ProviderConfig } from '../config.ts'
import { COOKIE } from '../cookie.ts'
import { asB2c } from '../dialect/b2c/errors.ts'
import { ENDPOINTS, FIRST_PAGE, policyKey, tenantDomain } from '../dialect/b2c/paths.ts'
import type { SigningKeys } from '../keys.ts'
import { failurePage } from '../pages/failure.tsx'
import { sendPage } from '../pages/send.ts'
import type { People } from '../people.ts'
import type { Store } from '../store.ts'
import { clientOf } from './clients.ts'
import { whatToAsk } from './prompts.ts'
import { resourceIndicators } from './resources.ts'
import { transactionOf } from './transaction.ts'

export interface EngineOptions {
  readonly origin: string
  readonly policy: Policy
  readonly config: ProviderConfig
  readonly people: People
  readonly store: Store
  readonly keys: SigningKeys
  readonly clock: Clock
  readonly failed: (error: unknown) => void
}

/** What oidc-provider is told so that it does, behind one policy, what B2C does. */
export function configuration(options: EngineOptions): Configuration {
  const { config, policy, people, clock } = options
  const base = `/${tenantDomain(config.tenant)}/${policyKey(policy)}`
  return {
    adapter: options.store.adapterFor(policyKey(policy)),
    jwks: { keys: [options.keys.privateJwk] },
    clients: config.applications.map(clientOf),
    routes: { authorization: ENDPOINTS.authorize, token: ENDPOINTS.token, jwks: ENDPOINTS.keys },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: resourceIndicators(policy),
    },
    scopes: ['openid'],
    claims: { openid: ['sub', 'auth_time'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    cookies: {
      names: {
        session: `x-ms-cpim-sso:${tenantDomain(config.tenant)}_0`,
        interaction: 'x-ms-cpim-trans',
        resume: 'x-ms-cpim-rc',
      },
      long: COOKIE,
      short: { httpOnly: true, sameSite: 'lax' },
    },
    ttl: {
      AccessToken: toSeconds(policy.lifetimes.accessToken),
      AuthorizationCode: toSeconds(10 * MINUTE),
      Grant: toSeconds(policy.lifetimes.session),
      IdToken: toSeconds(policy.lifetimes.idToken),
      Interaction: toSeconds(HOUR),
      // Rolling: the engine saves the session anew each time it is used.
      Session: toSeconds(policy.lifetimes.session),
    },
    expiresWithSession: () => false,
    interactions: {
      policy: whatToAsk(policy),
      url: (_ctx, interaction) =>
        `${base}${ENDPOINTS[FIRST_PAGE[policy.journey]]}?${new URLSearchParams({
          tx: transactionOf(policy, interaction.uid),
          p: policy.id,
        })}`,
    },
    // B2C asks for no consent: each application of the tenant is granted what it asks for.
    async loadExistingGrant(ctx) {
      const { account, client, session, resourceServers } = ctx.oidc
      if (!account || !client) return undefined
      const known = session?.grantIdFor(client.clientId)
      const found = known === undefined ? undefined : await ctx.oidc.provider.Grant.find(known)
      const grant =
        found?.accountId === account.accountId
          ? found
          : new ctx.oidc.provider.Grant({
              accountId: account.accountId,
              clientId: client.clientId,
            })
      grant.addOIDCScope('openid')
      for (const [resource, server] of Object.entries(resourceServers ?? {})) {
        grant.addResourceScope(resource, [...server.scopes].join(' '))
      }
      await grant.save()
      return grant
    },
    findAccount: (_ctx, oid) =>
      people.byOid(oid) && { accountId: oid, claims: async () => ({ sub: oid }) },
    renderError(ctx, out) {
      const { error, error_description = '' } = out
      sendPage(ctx, failurePage(asB2c({ error, error_description }, clock.now())), ctx.status)
    },
  }
}
