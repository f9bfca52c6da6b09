import { request } from 'node:https'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SystemClock } from '../../clock/clock.ts'
import { createAuthority, issueCredentials } from '../../mock-provider/certificates/authority.ts'
import { ProviderConfig } from '../../mock-provider/config.ts'
import { DEFAULT_APPLICATION, DEFAULT_CONFIG } from '../../mock-provider/defaults.ts'
import { type RunningProvider, startProvider } from '../../mock-provider/server.ts'

const clock = new SystemClock()
const authority = createAuthority(clock.now())
const host = 'contoso.b2clogin.com'
let provider: RunningProvider

beforeAll(async () => {
  provider = await startProvider({
    port: 0,
    host,
    credentials: issueCredentials(authority, host, clock.now()),
    config: v.parse(ProviderConfig, DEFAULT_CONFIG),
    clock,
    control: false,
    log: () => {},
  })
})
afterAll(() => provider.close())

interface Answer {
  readonly status: number | undefined
  readonly location: string | undefined
  readonly cookies: readonly string[]
  readonly body: string
}

/** Asks as a client would to which the name leads here. */
function get(url: string): Promise<Answer> {
  const { port, pathname, search } = new URL(url)
  const options = {
    host: '127.0.0.1',
    port,
    path: pathname + search,
    headers: { host: new URL(url).host },
    servername: host,
    ca: authority.certificate.toString(),
    agent: false as const,
  }
  return new Promise((resolve, reject) => {
    const asked = request(options, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      const { statusCode: status, headers } = response
      resolve({ status, body, location: headers.location, cookies: headers['set-cookie'] ?? [] })
    })
    asked.on('error', reject).end()
  })
}

test('all addresses are https, on the provider’s own name', async () => {
  const { origin } = new URL(provider.url)
  expect(origin).toBe(`https://${host}:${new URL(provider.url).port}`)
  const { body } = await get(
    `${provider.policies[0]?.authority}/v2.0/.well-known/openid-configuration`,
  )
  const metadata = JSON.parse(body) as Record<string, unknown>
  const addresses = ['issuer', 'jwks_uri', 'token_endpoint', 'authorization_endpoint']
  for (const name of addresses) expect(new URL(String(metadata[name])).origin).toBe(origin)
})

test('cookies go along from other sites’ pages, as B2C’s do, and over https alone', async () => {
  const query = new URLSearchParams({
    client_id: DEFAULT_APPLICATION.clientId,
    redirect_uri: DEFAULT_APPLICATION.redirectUris[0] ?? '',
    response_type: 'code',
    scope: 'openid',
  })
  const begun = await get(`${provider.policies[0]?.authority}/oauth2/v2.0/authorize?${query}`)
  expect(begun.status).toBe(303)
  const page = await get(new URL(begun.location ?? '', provider.url).href)
  const cookies = [...begun.cookies, ...page.cookies]
  expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(
    expect.arrayContaining(['x-ms-cpim-trans', 'x-ms-cpim-csrf']),
  )
  for (const cookie of cookies) {
    expect(cookie).toMatch(/; samesite=none/i)
    expect(cookie.match(/; secure/gi)).toHaveLength(1)
    expect(cookie).toMatch(/; httponly/i)
    expect(cookie).not.toMatch(/samesite=lax/i)
  }
})
