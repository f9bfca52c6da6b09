import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { APPLICATIONS, NATIVE, SPA, WEB } from './applications.ts'
import { ByHand, codeOf } from './by-hand.ts'
import { openWorld } from './world.ts'

let world: Awaited<ReturnType<typeof openWorld>>
let policy: ByHand

beforeAll(async () => {
  world = await openWorld({ applications: APPLICATIONS })
  policy = new ByHand(world.policies[0])
})
afterAll(() => world.close())

const RUNS = { seed: 7, numRuns: 100 }

/** What an application, a person or an attacker may put into a field. */
const odd = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    'none',
    'code',
    'id_token',
    'b2c.query',
    'javascript:alert(1)',
    'http://127.0.0.1:3000@evil.example/',
    'http://localhost.evil.example/',
    'http://127.0.0.1:3000/integrations/oauth2/callback/../../evil',
    '//evil.example',
    '__proto__',
    'constructor',
    '{client_secret}',
    '\r\nset-cookie: x=1',
    'x'.repeat(5_000),
    WEB.clientId,
    NATIVE.clientId,
    SPA.clientId,
  ),
)

/** Some fields are other ones, are missing, or are there twice. */
const spoilt = (names: readonly string[]) =>
  fc.array(
    fc.tuple(fc.constantFrom(...names), odd, fc.constantFrom('instead', 'besides', 'gone')),
    {
      minLength: 1,
      maxLength: 4,
    },
  )

function spoil(
  fields: URLSearchParams,
  changes: readonly (readonly [string, string, string])[],
): void {
  for (const [name, value, how] of changes) {
    if (how === 'besides') fields.append(name, value)
    else fields.delete(name)
    if (how === 'instead') fields.set(name, value)
  }
}

/** An address without its port, which is an app's own to choose, and without what an answer adds. */
const placeOf = (url: string): string => {
  const { protocol, hostname, pathname } = new URL(url)
  return `${protocol}//${hostname}${pathname}`
}

const REGISTERED = APPLICATIONS.flatMap(({ redirectUris }) => redirectUris.map(placeOf))

test('no authorization request, however odd, leads to an address that is not registered, or fails', async () => {
  const names = [
    'client_id',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'nonce',
    'prompt',
    'max_age',
    'code_challenge',
    'code_challenge_method',
    'id_token_hint',
    'claims',
    'request',
    'request_uri',
    'resource',
    'client_info',
    'domain_hint',
    'p',
  ]
  await fc.assert(
    fc.asyncProperty(spoilt(names), async (changes) => {
      const url = new URL(policy.authorizeUrl())
      spoil(url.searchParams, changes)
      const answer = await fetch(url, { redirect: 'manual' })
      expect(answer.status).toBeLessThan(500)
      const location = answer.headers.get('location')
      if (location === null) return
      const to = new URL(location, world.url)
      if (to.origin !== world.url) expect(REGISTERED).toContain(placeOf(to.href))
      expect(to.searchParams.has('code')).toBe(false)
    }),
    RUNS,
  )
})

test('no token request, however odd, gives a token; each is refused as JSON that says nothing secret', async () => {
  const code = codeOf(await policy.signIn(world.browser()))
  const { refresh_token } = await policy.tokens(world.browser())
  const valid = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: WEB.redirectUris[0] ?? '',
    client_id: WEB.clientId,
    client_secret: WEB.clientSecret,
    code_verifier: policy.verifier,
  }
  const endpoint = world.rp.serverMetadata().token_endpoint ?? ''
  await fc.assert(
    fc.asyncProperty(spoilt(Object.keys(valid)), async (changes) => {
      // Something that is needed is always wrong.
      const body = new URLSearchParams({ ...valid, code_verifier: 'w'.repeat(43) })
      spoil(body, changes)
      const answer = await fetch(endpoint, { method: 'POST', body })
      expect(answer.status).toBe(400)
      expect(answer.headers.get('content-type')).toContain('application/json')
      const text = await answer.text()
      expect(Object.keys(JSON.parse(text)).sort()).toEqual(['error', 'error_description'])
      for (const secret of [WEB.clientSecret, code, policy.verifier, String(refresh_token)]) {
        expect(text).not.toContain(secret)
      }
    }),
    RUNS,
  )
  expect((await policy.refresh(refresh_token)).status).toBe(200)
  expect(world.lines.join('\n')).not.toContain('"failed"')
})
