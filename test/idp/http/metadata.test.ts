import * as oauth from 'oauth4webapi'
import { expect, test } from 'vitest'
import { metadata } from '../../../idp/http/metadata.ts'

const SITE = 'https://id.example.test'

test('an independent client takes it for the metadata of this issuer (RFC 8414 §3.3)', async () => {
  const answer = new Response(JSON.stringify(metadata({ url: SITE })), {
    headers: { 'content-type': 'application/json' },
  })
  const server = await oauth.processDiscoveryResponse(new URL(SITE), answer)
  expect(server.issuer).toBe(SITE)
  expect(server.token_endpoint).toBe(`${SITE}/token`)
})

test('every address is under the issuer; only what is careful is offered', () => {
  const all = metadata({ url: SITE })
  for (const [name, value] of Object.entries(all)) {
    if (/_endpoint$|_uri$/.test(name)) expect(value).toMatch(/^https:\/\/id\.example\.test\/\w/)
  }
  expect(all.code_challenge_methods_supported).toEqual(['S256'])
  expect(all.response_types_supported).toEqual(['code'])
  expect(all.dpop_signing_alg_values_supported).toEqual(['ES256'])
  expect(all.authorization_response_iss_parameter_supported).toBe(true)
})
