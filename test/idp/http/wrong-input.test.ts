import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startScriptedSite } from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import { expectNoInnards, expectProblemPage, expectRefusal } from '../../support/refusal.ts'
import { FORM, send } from '../../support/request.ts'
import type { RunningSite } from '../../support/site.ts'
import { ENDPOINTS, FORM_PATHS, PATHS } from './endpoints.ts'

let site: RunningSite

beforeAll(async () => {
  ;({ site } = await startScriptedSite())
})
afterAll(() => site.close())

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  send(site.url, { method: 'POST', path, headers: { 'content-type': FORM, ...headers }, body })

const postJson = (body: string, headers: Record<string, string> = {}) =>
  post('/devices', body, { 'content-type': 'application/json', ...headers })

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY']

describe('a method that an address does not take: 405, and which it takes', () => {
  test.each(
    PATHS.flatMap((path) =>
      METHODS.filter((method) => !(ENDPOINTS[path] as readonly string[]).includes(method)).map(
        (method) => [method, path] as const,
      ),
    ),
  )('%s %s', async (method, path) => {
    const answer = await send(site.url, { method, path, headers: { 'content-length': '0' } })
    expectRefusal(answer, { status: 405, error: 'method_not_allowed' })
    const allowed = answer.headers.allow?.split(', ').filter((name) => name !== 'HEAD')
    expect(allowed).toEqual(ENDPOINTS[path])
  })

  test.each(PATHS)('OPTIONS %s says which, and changes nothing', async (path) => {
    const answer = await send(site.url, { method: 'OPTIONS', path })
    expect([answer.status, answer.body]).toEqual([200, ''])
    expect(answer.headers.allow).toContain(ENDPOINTS[path][0])
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each(PATHS)('HEAD %s has no body', async (path) => {
    const answer = await send(site.url, { method: 'HEAD', path })
    expect(answer.body).toBe('')
    expect(answer.status).toBeLessThan(500)
  })
})

describe('an address where nothing is', () => {
  test.each(['/nothing', '/token/', '/Token', '/signin/test/more', '/me.json', '/.env'])(
    '%s: in JSON for programs, as a page for people',
    async (path) => {
      const program = await send(site.url, { path })
      // The router forgives a trailing slash and other letters; a GET is wrong there all the same.
      if (program.status === 405) {
        expectRefusal(program, { error: 'method_not_allowed' })
        return
      }
      expectRefusal(program, { status: 404, error: 'not_found' })
      const person = await send(site.url, { path, headers: { accept: 'text/html,*/*;q=0.8' } })
      expectProblemPage(person, { status: 404 })
    },
  )
})

describe('bodies that are no form', () => {
  const deep = `${'['.repeat(7_000)}${']'.repeat(7_000)}`
  describe.each([...FORM_PATHS])('%s', (path) => {
    test.each([
      ['no type', '', 'grant_type=refresh_token', 415],
      ['a type that is none', 'nonsense', 'grant_type=refresh_token', 415],
      ['JSON', 'application/json', '{"grant_type":"refresh_token"}', 415],
      ['a list in JSON', 'application/json', '[]', 415],
      ['deep JSON', 'application/json', deep, 415],
      ['JSON that is none', 'application/json', '{', 400],
      ['plain text', 'text/plain', 'grant_type=refresh_token', 415],
      ['XML', 'application/xml', '<a/>', 415],
      ['parts', 'multipart/form-data; boundary=a', '--a--', 415],
      ['a charset nobody knows', `${FORM}; charset=klingon`, 'a=b', 400],
      ['nothing in it', FORM, '', 400],
      ['only separators', FORM, '&&&==&', 400],
      ['bad escapes', FORM, 'grant_type=%&token=%zz&refresh_token=%E0%A4%A', 400],
      ['nulls', FORM, '\0\0\0', 400],
      ['a prototype', FORM, '__proto__[grant_type]=refresh_token&constructor=a', 400],
      ['a list by brackets', FORM, 'grant_type[]=refresh_token&token[]=a', 400],
      ['a tree by brackets', FORM, `grant_type${'[a]'.repeat(3_000)}=refresh_token`, 400],
      ['five thousand parameters', FORM, '&a=1'.repeat(4_000), 400],
      ['17 KiB', FORM, `token=${'a'.repeat(17 * 1024)}`, 413],
    ])('%s', async (_, type, body, status) => {
      expectRefusal(await post(path, body, { 'content-type': type }), { status })
    })

    test('bytes that are no UTF-8', async () => {
      const body = Buffer.from([0x74, 0x6f, 0x6b, 0x65, 0x6e, 0x3d, 0xff, 0xfe, 0xc0])
      const answer = await post(path, body)
      expectNoInnards(answer)
      expect(answer.status).toBeLessThan(500)
    })
  })
})

describe('parameters: missing, doubled, oversized, empty', () => {
  const CODE = {
    grant_type: 'authorization_code',
    client_id: 'latchkey-desktop',
    code: 'lkc_a',
    redirect_uri: 'http://127.0.0.1:5000/callback',
    code_verifier: 'v'.repeat(43),
  }
  const REFRESH = {
    grant_type: 'refresh_token',
    client_id: 'latchkey-desktop',
    refresh_token: 'lkr_a',
  }
  const REVOKE = { client_id: 'latchkey-desktop', token: 'lkr_a' }
  const forms: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['/token', CODE],
    ['/token', REFRESH],
    ['/refresh', { client_id: REFRESH.client_id, refresh_token: REFRESH.refresh_token }],
    ['/revoke', REVOKE],
  ]
  const cases = forms.flatMap(([path, form]) =>
    Object.keys(form).map((name) => [path, name, form] as const),
  )

  test.each(cases)('%s without %s', async (path, name, form) => {
    const { [name]: _, ...rest } = form
    const body = expectRefusal(await post(path, String(new URLSearchParams(rest))), { status: 400 })
    expect(body.error_description).toContain(name)
  })

  test.each(cases)('%s with %s empty', async (path, name, form) => {
    const body = String(new URLSearchParams({ ...form, [name]: '' }))
    expectRefusal(await post(path, body), { status: 400, error: 'invalid_request' })
  })

  test.each(cases)('%s with %s twice, alike or not', async (path, name, form) => {
    for (const second of [form[name] ?? '', 'other']) {
      const twice = new URLSearchParams(form)
      twice.append(name, second)
      const { error_description } = expectRefusal(await post(path, String(twice)), {
        status: 400,
        error: 'invalid_request',
      })
      expect(error_description).toContain(`Send ${name} once`)
    }
  })

  test.each(cases)('%s with %s too long', async (path, name, form) => {
    const body = String(new URLSearchParams({ ...form, [name]: 'a'.repeat(3_000) }))
    const { error_description } = expectRefusal(await post(path, body), {
      status: 400,
      error: 'invalid_request',
    })
    expect(error_description).toContain(`${name} is too long`)
  })

  test.each([
    ['/token', { ...CODE, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['/token', { ...CODE, grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    ['/token', { ...CODE, grant_type: '__proto__' }, 400, 'unsupported_grant_type'],
    ['/refresh', { ...REFRESH, grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
    ['/token', { ...CODE, client_id: 'stranger' }, 401, 'invalid_client'],
    ['/token', { ...CODE, client_id: 'latchkey-web' }, 401, 'invalid_client'],
    ['/token', { ...CODE, client_id: 'LATCHKEY-DESKTOP' }, 401, 'invalid_client'],
    ['/refresh', { ...REFRESH, client_id: 'constructor' }, 401, 'invalid_client'],
    ['/revoke', { ...REVOKE, client_id: 'stranger' }, 401, 'invalid_client'],
    ['/token', { ...CODE, code_verifier: 'short' }, 400, 'invalid_request'],
    ['/token', { ...CODE, code_verifier: 'v'.repeat(129) }, 400, 'invalid_request'],
    ['/token', { ...CODE, code_verifier: `${'v'.repeat(43)}\0` }, 400, 'invalid_request'],
    ['/token', { ...CODE, code_verifier: 'é'.repeat(43) }, 400, 'invalid_request'],
    ['/token', CODE, 400, 'invalid_grant'],
    ['/token', { ...CODE, code: '\0' }, 400, 'invalid_grant'],
    ['/refresh', REFRESH, 400, 'invalid_dpop_proof'],
  ] as const)('%s %o', async (path, form, status, error) => {
    expectRefusal(await post(path, String(new URLSearchParams(form))), { status, error })
  })

  test('a client that sends a password, or any Authorization, is told not to', async () => {
    for (const authorization of ['Basic YTpi', 'Bearer a', 'x']) {
      for (const [path, form] of forms) {
        const body = String(new URLSearchParams(form))
        expectRefusal(await post(path, body, { authorization }), {
          status: 401,
          error: 'invalid_client',
        })
      }
    }
  })

  test.each(['', ' ', 'ä', 'a'.repeat(256), 'a b', 'a\tb'])('Idempotency-Key "%s"', async (key) => {
    const headers = { 'idempotency-key': Buffer.from(key).toString('latin1') }
    expectRefusal(await post('/refresh', String(new URLSearchParams(REFRESH)), headers), {
      status: 400,
      error: 'invalid_request',
    })
  })

  test('two Idempotency-Keys', async () => {
    const answer = await send(site.url, {
      method: 'POST',
      path: '/refresh',
      headers: { 'content-type': FORM, 'idempotency-key': ['a', 'b'] },
      body: String(new URLSearchParams(REFRESH)),
    })
    expectRefusal(answer, { status: 400, error: 'invalid_request' })
  })
})

describe('registering a device', () => {
  const honest = { name: 'Desk', platform: 'linux' }

  test.each([
    ['nothing', '', 400],
    ['null', 'null', 400],
    ['a number', '1', 400],
    ['a text', '"a"', 400],
    ['a list', '[]', 400],
    ['a list of it', JSON.stringify([honest]), 400],
    ['half of it', '{"name":', 400],
    ['a comma too many', '{"name":"a","platform":"b",}', 400],
    ['no name', '{"platform":"linux"}', 400],
    ['no platform', '{"name":"Desk"}', 400],
    ['an empty name', '{"name":"","platform":"linux"}', 400],
    ['a blank name', '{"name":"  \\n ","platform":"linux"}', 400],
    ['a name of another type', '{"name":7,"platform":"linux"}', 400],
    ['a name that is an object', '{"name":{"toString":"a"},"platform":"linux"}', 400],
    ['a long name', JSON.stringify({ ...honest, name: 'a'.repeat(101) }), 400],
    ['a long platform', JSON.stringify({ ...honest, platform: 'a'.repeat(51) }), 400],
    ['a prototype', '{"__proto__":{"name":"a","platform":"b"}}', 400],
    ['a prototype beside it', '{"name":"a","platform":"b","__proto__":{"admin":true}}', 400],
    ['a constructor', '{"constructor":{"prototype":{"name":"a"}}}', 400],
    ['deep nesting', `{"name":${'['.repeat(7_000)}${']'.repeat(7_000)}}`, 400],
    ['17 KiB', JSON.stringify({ ...honest, name: 'a'.repeat(17 * 1024) }), 413],
  ])('%s', async (_, body, status) => {
    expectRefusal(await postJson(body), { status })
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
  })

  test.each(['', 'text/plain', FORM, 'application/jsonp', 'nonsense/'])(
    'as "%s" instead of JSON',
    async (type) => {
      const headers = { 'content-type': type }
      expectRefusal(await postJson(JSON.stringify(honest), headers), { status: 415 })
    },
  )

  test('without a proof, with two, with one that is none', async () => {
    const body = JSON.stringify(honest)
    for (const dpop of [[], ['a', 'b'], ['a.b.c'], [''], ['a'.repeat(5_000)]]) {
      const answer = await send(site.url, {
        method: 'POST',
        path: '/devices',
        headers: { 'content-type': 'application/json', ...(dpop.length > 0 ? { dpop } : {}) },
        body,
      })
      expectRefusal(answer, { status: 400, error: 'invalid_dpop_proof' })
    }
  })

  test('what it did not ask for is not kept, and a second time is the same device', async () => {
    const device = await TestDevice.make(site)
    const first = await device.postJson('/devices', { ...honest, used: true, id: 'mine' })
    const again = await device.postJson('/devices', { ...honest, name: 'Other' })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    const stored = await site.store.device(String(first.body.device_id))
    expect(stored).toMatchObject({ name: 'Other', used: false, jkt: await device.jkt() })
  })
})

test('nothing of all this was an unexpected failure', () => {
  const lines = site.log().split('\n')
  expect(lines.filter((line) => line !== '' && JSON.parse(line).level >= 50)).toEqual([])
})
