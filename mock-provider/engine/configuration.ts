import { type Configuration, errors } from 'oidc-provider'
import type { Clock } from '../../clock/clock.ts'
import { toSeconds } from '../../clock/moment.ts'
import type { Policy, ProviderConfig } from '../config.ts'
import { COOKIE } from '../cookie.ts'
import { ENDPOINTS, FIRST_PAGE, policyKey, tenantDomain } from '../dialect/b2c/paths.ts'
import { OPENID_SCOPES } from '../dialect/b2c/scopes.ts'
import type { Faults } from '../faults/faults.ts'
import type { SigningKeys } from '../keys.ts'
import { failurePage } from '../pages/failure.tsx'
import { sendPage } from '../pages/send.ts'
import type { People } from '../people.ts'
import type { Store } from '../store.ts'
import { clientOf } from './clients.ts'
import type { Exchanges } from './exchanges.ts'
import { lifetimes } from './lifetimes.ts'
import { whatToAsk } from './prompts.ts'
import { Refusals } from './refusals.ts'
import { resourceIndicators } from './resources.ts'
import { sessionCookie } from './session-scope.ts'
import { transactionOf } from './transaction.ts'

export interface EngineOptions {
  readonly origin: string
  readonly policy: Policy
  readonly config: ProviderConfig
  readonly people: People
  readonly store: Store
  readonly keys: SigningKeys
  readonly clock: Clock
  readonly faults: Faults
  readonly failed: (error: unknown) => void
}

/** What oidc-provider is told so that it does, behind one policy, what B2C does. */
export function configuration(options: EngineOptions, exchanges: Exchanges): Configuration {
  const { config, policy, people, clock } = options
  const refusals = new Refusals(options)
  const base = `/${tenantDomain(config.tenant)}/${policyKey(policy)}`
  return {
    adapter: options.store.adapterFor(policy.id),
    jwks: { keys: [options.keys.privateJwk] },
    clients: config.applications.map(clientOf),
    routes: { authorization: ENDPOINTS.authorize, token: ENDPOINTS.token, jwks: ENDPOINTS.keys },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: resourceIndicators({
        policy,
        applications: config.applications,
        exchanges,
        refusal: (ctx, code, more) => refusals.of(ctx, code, more),
      }),
    },
    scopes: [...OPENID_SCOPES],
    claims: { openid: ['sub', 'auth_time'] },
    conformIdTokenClaims: false,
    responseTypes: ['code', 'id_token', 'code id_token'],
    extraParams: ['client_info', 'domain_hint'],
    clientBasedCORS: (_ctx, origin, client) => isPage(config, client.clientId, origin),
    rotateRefreshToken: true,
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    cookies: {
      names: {
        session: sessionCookie(config.tenant),
        interaction: 'x-ms-cpim-trans',
        resume: 'x-ms-cpim-rc',
      },
      long: COOKIE,
      short: { httpOnly: true, sameSite: 'lax' },
    },
    ttl: lifetimes(policy, config.applications, () => toSeconds(clock.now())),
    expiresWithSession: () => false,
    interactions: {
      policy: whatToAsk(policy),
      url(ctx, interaction) {
        if (exchanges.of(ctx.req)?.silent) throw new errors.InteractionRequired()
        const page = ENDPOINTS[FIRST_PAGE[policy.journey]]
        const tx = transactionOf(policy, interaction.uid)
        return `${base}${page}?${new URLSearchParams({ tx, p: policy.id })}`
      },
    },
    // B2C asks for no consent: each application of the tenant is granted what it asks for. Anew each
    // time, so that a code used twice takes the tokens with it that came of it, and no others.
    async loadExistingGrant({ oidc }) {
      const { account, client, resourceServers } = oidc
      if (!account || !client) return undefined
      const { accountId } = account
      const grant = new oidc.provider.Grant({ accountId, clientId: client.clientId })
      grant.addOIDCScope(OPENID_SCOPES.join(' '))
      for (const [resource, server] of Object.entries(resourceServers ?? {})) {
        grant.addResourceScope(resource, [...server.scopes].join(' '))
      }
      await grant.save()
      return grant
    },
    findAccount: (_ctx, oid) =>
      people.byOid(oid) && { accountId: oid, claims: async () => ({ sub: oid }) },
    renderError(ctx, { error, error_description = '' }) {
      const refused = exchanges.of(ctx.req)?.refused
      sendPage(ctx, failurePage(refused ?? { error, error_description }), ctx.status)
    },
  }
}

/** Whether this is the origin of a page that the application is registered with (type `spa`). */
const isPage = ({ applications }: ProviderConfig, clientId: string, origin: string): boolean =>
  applications.some(
    (one) =>
      one.clientId === clientId &&
      one.type === 'spa' &&
      one.redirectUris.some((uri) => new URL(uri).origin === origin),
  )
