import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceKey } from '../../../idp/services/callers.ts'
import { ADA, type RunningSite, startSite } from '../../support/site.ts'
import { signedIn } from '../people/person.ts'

/** Services that use a library of somebody else, unmodified: it only has to be told to send the service key. */
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

const byServiceKey: oauth.ClientAuth = (_server, _service, _body, headers) =>
  headers.set('authorization', `Bearer ${serviceKey(SECRET)}`)

let site: RunningSite
let ada: Awaited<ReturnType<typeof signedIn>>

beforeAll(async () => {
  const service = { url: 'http://127.0.0.1:1/orders', secret: SECRET }
  site = await startSite({ SERVICES: JSON.stringify([service]) })
  ada = await signedIn(site)
})
afterAll(() => site.close())

test('oauth4webapi finds the way and understands what it hears of a token', async () => {
  const issuer = new URL(site.url)
  const insecure = { [oauth.allowInsecureRequests]: true } as const
  const server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
  )
  expect(server.introspection_endpoint_auth_methods_supported).toEqual(['Bearer'])
  const service: oauth.Client = { client_id: 'orders' }
  const ask = async (token: string, auth = byServiceKey) =>
    oauth.processIntrospectionResponse(
      server,
      service,
      await oauth.introspectionRequest(server, service, auth, token, insecure),
    )
  const { access_token, refresh_token } = ada.tokens
  expect(await ask(access_token)).toMatchObject({
    active: true,
    sub: ADA.user.id,
    token_type: 'DPoP',
    cnf: { jkt: await ada.device.jkt() },
  })
  expect(await ask(refresh_token)).toMatchObject({ active: true, sub: ADA.user.id })
  expect(await ask('nonsense')).toEqual({ active: false })
  await expect(ask(access_token, oauth.None())).rejects.toMatchObject({
    cause: [{ scheme: 'bearer', parameters: {} }],
  })
})

test('openid-client does', async () => {
  const config = await client.discovery(new URL(site.url), 'orders', undefined, byServiceKey, {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  })
  const told = await client.tokenIntrospection(config, ada.tokens.access_token)
  expect(told).toMatchObject({ active: true, sid: ada.tokens.session_id })
  expect(await client.tokenIntrospection(config, 'nonsense')).toEqual({ active: false })
})
