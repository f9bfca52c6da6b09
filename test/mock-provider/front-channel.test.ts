import { createHash } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { parse } from 'node-html-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APPLICATIONS, FRONT, HYBRID, NATIVE, SPA, WEB } from './applications.ts'
import type { Page } from './browser.ts'
import { type Asked, answerOf, ByHand, claimsOf, codeOf, codeSaid, decoded } from './by-hand.ts'
import { openWorld, password } from './world.ts'

let world: Awaited<ReturnType<typeof openWorld>>
let policy: ByHand

beforeAll(async () => {
  world = await openWorld({ applications: APPLICATIONS })
  policy = new ByHand(world.policies[0])
})
afterAll(() => world.close())

/** What the page would post, and where to. */
const posted = ({ html }: Page) => {
  const page = parse(html)
  const fields = page
    .querySelectorAll('input[type=hidden]')
    .map((field) => [field.getAttribute('name'), field.getAttribute('value')])
  return {
    to: page.querySelector('form')?.getAttribute('action'),
    fields: Object.fromEntries(fields) as Record<string, string>,
  }
}

describe('where the answer goes', () => {
  test.each<[what: string, more: Asked['more'], where: 'search' | 'hash']>([
    ['query, unasked', {}, 'search'],
    ['query', { response_mode: 'query' }, 'search'],
    ['fragment', { response_mode: 'fragment' }, 'hash'],
  ])('%s', async (_, more, where) => {
    const { url } = await policy.signIn(world.browser(), { more })
    expect([...new URLSearchParams(url[where].slice(1)).keys()].sort()).toEqual(['code', 'state'])
    expect(url[where === 'hash' ? 'search' : 'hash']).toBe('')
  })

  test('form_post: a page that posts by itself, and allows no other script', async () => {
    const page = await policy.signIn(world.browser(), { more: { response_mode: 'form_post' } })
    const { to, fields } = posted(page)
    expect(to).toBe(WEB.redirectUris[0])
    expect(Object.keys(fields).sort()).toEqual(['code', 'state'])
    const script = /<script>(.*)<\/script>/.exec(page.html)?.[1] ?? ''
    const hash = createHash('sha256').update(script).digest('base64')
    expect(page.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`)
    expect((await policy.redeem(String(fields.code))).status).toBe(200)
  })

  test('form_post: state with markup comes back as it was', async () => {
    const more = {
      response_mode: 'form_post',
      state: '"><script>alert(1)</script>',
      prompt: 'none',
    }
    const page = await policy.ask(world.browser(), { more })
    expect(page.html).not.toContain('<script>alert')
    expect(posted(page).fields).toMatchObject({ error: 'interaction_required', state: more.state })
    expect(posted(page).fields.error_description).toMatch(/^AADB2C90077: /)
  })

  test('cancelled on the page, all three ways bring AADB2C90091', async () => {
    const cancel = async (response_mode: string) => {
      const browser = world.browser()
      const page = await policy.ask(browser, { more: { response_mode } })
      return codeSaid(await browser.submit(page, { action: 'cancel' }))
    }
    for (const mode of ['query', 'fragment', 'form_post']) {
      expect(await cancel(mode)).toBe('AADB2C90091')
    }
  })
})

describe('tokens in the front channel', () => {
  const jwks = () => createRemoteJWKSet(new URL(world.rp.serverMetadata().jwks_uri ?? ''))

  test('id_token alone, with the nonce, signed, to a server at https on this machine', async () => {
    const more = {
      response_type: 'id_token',
      code_challenge: undefined,
      code_challenge_method: undefined,
    }
    const answer = answerOf(await policy.signIn(world.browser(), { application: FRONT, more }))
    expect(Object.keys(answer).sort()).toEqual(['id_token', 'state'])
    const { payload, protectedHeader } = await jwtVerify(answer.id_token ?? '', jwks(), {
      issuer: world.issuer,
      audience: FRONT.clientId,
    })
    expect(protectedHeader.typ).toBe('JWT')
    expect(payload).toMatchObject({ nonce: 'no', tfp: 'B2C_1_signupsignin' })
  })

  test('code id_token: c_hash binds the two, and the code is good for tokens', async () => {
    const asked = {
      application: HYBRID,
      more: { response_type: 'code id_token', client_info: '1' },
    }
    const answer = answerOf(await policy.signIn(world.browser(), asked))
    expect(Object.keys(answer).sort()).toEqual(['client_info', 'code', 'id_token', 'state'])
    const half = createHash('sha256')
      .update(answer.code ?? '')
      .digest()
      .subarray(0, 16)
    expect(claimsOf(answer.id_token).c_hash).toBe(half.toString('base64url'))
    expect(decoded(answer.client_info)).toHaveProperty('utid')
    expect((await policy.redeem(answer.code ?? '', asked)).status).toBe(200)
  })

  test('code id_token by form_post, as ASP.NET and passport ask for it', async () => {
    const more = { response_type: 'code id_token', response_mode: 'form_post' }
    const page = await policy.signIn(world.browser(), { application: HYBRID, more })
    expect(Object.keys(posted(page).fields).sort()).toEqual(['code', 'id_token', 'state'])
  })
})

describe('what may be asked for beside', () => {
  test.each(['login', 'select_account', 'login consent', 'consent login'])(
    'prompt=%s asks again in a live session',
    async (prompt) => {
      const browser = world.browser()
      await policy.signIn(browser)
      expect((await policy.ask(browser, { more: { prompt } })).html).toContain('id="password"')
    },
  )

  test('prompt=consent asks nothing more than a sign-in', async () => {
    const browser = world.browser()
    await policy.signIn(browser)
    expect(codeOf(await policy.ask(browser, { more: { prompt: 'consent' } }))).not.toBe('')
  })

  test('domain_hint, ui_locales and what nobody knows are taken and left', async () => {
    const more = {
      domain_hint: 'contoso.example',
      ui_locales: 'de-AT en',
      'x-client-SKU': 'msal',
      p: 'x',
    }
    expect(codeOf(await policy.signIn(world.browser(), { more }))).not.toBe('')
  })

  test('a parameter given twice is refused', async () => {
    const page = await world.browser().get(`${policy.authorizeUrl()}&scope=openid`)
    expect(page.url.searchParams.get('error')).toBe('invalid_request')
  })

  test('`resource` is nobody’s parameter here: scopes alone name an API', async () => {
    const more = { resource: 'https://elsewhere.example/' }
    expect(codeOf(await policy.signIn(world.browser(), { more }))).not.toBe('')
  })

  test('the request may be posted', async () => {
    const url = new URL(policy.authorizeUrl({ more: { prompt: 'none' } }))
    const answer = await fetch(url.origin + url.pathname, {
      method: 'POST',
      redirect: 'manual',
      body: url.searchParams,
    })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toContain('AADB2C90077')
  })
})

describe('an app on this machine', () => {
  test.each([
    'http://localhost',
    'http://localhost/',
    'http://localhost:49152',
    'http://localhost:49152/',
  ])('%s is where it listens, whatever the port', async (redirectUri) => {
    const asked = { application: NATIVE, redirectUri }
    const callback = await policy.signIn(world.browser(), asked)
    expect(callback.url.origin).toBe(new URL(redirectUri).origin)
    expect((await policy.redeem(codeOf(callback), asked)).status).toBe(200)
  })

  test('a scheme of its own', async () => {
    const redirectUri = NATIVE.redirectUris[1] ?? ''
    const { url } = await policy.signIn(world.browser(), { application: NATIVE, redirectUri })
    expect(url.href).toMatch(/^msal11111111-0000-4000-8000-000000000003:\/\/auth\?code=/)
  })
})

describe('a page’s own requests (CORS)', () => {
  const origin = 'http://localhost:5004'
  const endpoint = () => world.rp.serverMetadata().token_endpoint ?? ''

  test('before the request it is told that it may', async () => {
    const answer = await fetch(endpoint(), {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  })

  test('it reads its tokens, and its refusals', async () => {
    const asked = { application: SPA }
    const code = codeOf(await policy.signIn(world.browser(), asked))
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: SPA.redirectUris[0],
      client_id: SPA.clientId,
      code_verifier: policy.verifier,
    }
    for (const status of [200, 400]) {
      const answer = await policy.token(fields, { origin })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    }
  })

  test.each<[string, { clientId: string }, string]>([
    ['another page', SPA, 'http://localhost:5005'],
    ['a page with a server’s client id', WEB, 'http://127.0.0.1:3000'],
  ])('%s reads nothing', async (_, { clientId }, from) => {
    const fields = { grant_type: 'refresh_token', refresh_token: 'made-up', client_id: clientId }
    const answer = await policy.token(fields, { origin: from })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})

test('somebody else’s session is never answered from: an ID token hint of another person asks', async () => {
  const browser = world.browser()
  const { id_token } = await policy.tokens(world.browser(), {})
  const page = await policy.ask(browser, {})
  await browser.submit(page, { email: 'bob@example.test', password })
  const hinted = await policy.ask(browser, { more: { id_token_hint: String(id_token) } })
  expect(hinted.html).toContain('id="password"')
})
