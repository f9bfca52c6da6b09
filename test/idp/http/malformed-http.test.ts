import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR, toHttpDate } from '../../../clock/moment.ts'
import { answerHeaders } from '../../../idp/http/answer-headers.ts'
import { startScriptedSite } from '../../support/browser.ts'
import { rawRequest, sendRaw } from '../../support/raw.ts'
import { expectNoInnards, expectRefusal } from '../../support/refusal.ts'
import { FORM, send } from '../../support/request.ts'
import type { RunningSite } from '../../support/site.ts'
import { PATHS } from './endpoints.ts'

let site: RunningSite

beforeAll(async () => {
  ;({ site } = await startScriptedSite())
})
afterAll(() => site.close())

const raw = async (bytes: string | Buffer) => {
  const answer = await sendRaw(site.url, bytes)
  if (!answer) throw new Error('closed without an answer')
  return answer
}

describe('a request that is no HTTP is refused in words too', () => {
  test.each([
    ['no request line', 'nonsense\r\n\r\n', 400],
    ['an unknown method', rawRequest('STEAL /me HTTP/1.1'), 400],
    ['a method in lower case', rawRequest('get /me HTTP/1.1'), 400],
    ['a space in the target', rawRequest('GET /a b HTTP/1.1'), 400],
    ['a null byte in the target', rawRequest('GET /\0 HTTP/1.1'), 400],
    ['a null byte in a header', rawRequest('GET /me HTTP/1.1', ['X-A: a\0b']), 400],
    ['a header without a colon', rawRequest('GET /me HTTP/1.1', ['nonsense']), 400],
    ['a folded header', rawRequest('GET /me HTTP/1.1', ['X-A: a', ' b']), 400],
    ['a lone line feed', 'GET /me HTTP/1.1\nHost: a\n\n', 400],
    [
      'two lengths',
      rawRequest('POST /token HTTP/1.1', ['Content-Length: 1', 'Content-Length: 2'], 'ab'),
      400,
    ],
    [
      'a length and chunks',
      rawRequest(
        'POST /token HTTP/1.1',
        ['Content-Length: 1', 'Transfer-Encoding: chunked'],
        '0\r\n\r\n',
      ),
      400,
    ],
    [
      'a length that is no number',
      rawRequest('POST /token HTTP/1.1', ['Content-Length: many'], 'a'),
      400,
    ],
    ['a negative length', rawRequest('POST /token HTTP/1.1', ['Content-Length: -1'], 'a'), 400],
    [
      'a chunk of no size',
      rawRequest(
        'POST /token HTTP/1.1',
        [`Content-Type: ${FORM}`, 'Transfer-Encoding: chunked'],
        'zz\r\na\r\n0\r\n\r\n',
      ),
      400,
    ],
    ['one huge header', rawRequest('GET /me HTTP/1.1', [`X-A: ${'a'.repeat(20_000)}`]), 431],
    ['a huge cookie', rawRequest('GET / HTTP/1.1', [`Cookie: a=${'a'.repeat(20_000)}`]), 431],
    ['a huge target', rawRequest(`GET /signin?${'a'.repeat(20_000)} HTTP/1.1`), 431],
    [
      'an expectation',
      rawRequest('POST /token HTTP/1.1', ['Expect: a miracle', 'Content-Length: 0']),
      417,
    ],
  ])('%s', async (_, bytes, status) => {
    site.clock.advance(HOUR)
    const asked = toHttpDate(site.clock.now())
    const answer = await raw(bytes)
    expectRefusal(answer, { status })
    expect(answer.headers.connection).toBe('close')
    for (const [name, value] of Object.entries(answerHeaders(site.url))) {
      expect(answer.headers[name.toLowerCase()]).toBe(value)
    }
    // By the site's clock, which is hours ahead of the machine's.
    expect(Date.parse(answer.headers.date ?? '')).toBeGreaterThanOrEqual(Date.parse(asked))
  })

  test('a request that names no host is Node’s own to refuse', async () => {
    const answer = await raw('GET /me HTTP/1.1\r\nConnection: close\r\n\r\n')
    expectNoInnards(answer)
    expect(answer.status).toBe(400)
  })

  test('CONNECT and an upgrade get nowhere', async () => {
    const connected = await sendRaw(site.url, rawRequest('CONNECT example.test:443 HTTP/1.1'))
    expect(connected?.status ?? 400).toBeGreaterThanOrEqual(400)
    const upgraded = await raw(rawRequest('GET /me HTTP/1.1', ['Upgrade: websocket']))
    expectRefusal(upgraded, { status: 401 })
  })
})

describe('addresses', () => {
  test.each([
    ['a percent sign alone', '/signin/%'],
    ['half an escape', '/signin/%4'],
    ['no UTF-8', '/signin/%E0%A4%A'],
    ['an encoded null', '/signin/%00'],
    ['an encoded slash', '/signin%2Ftest'],
    ['dots', '/signin/../../etc/passwd'],
    ['encoded dots', '/signin/%2e%2e/%2e%2e/etc/passwd'],
    ['a backslash', '/signin\\test'],
    ['two slashes', '//token'],
    ['two slashes and a host', '//example.test/token'],
    ['bytes beyond ASCII', '/signin/\xe9'],
    ['a prototype', '/__proto__'],
    ['a prototype as provider', '/signin/__proto__'],
    ['a constructor as provider', '/signin/constructor'],
    ['an asterisk', '*'],
    ['a host that is none', 'http://[::1/me'],
    ['a host that is none at the callback', 'http://[/integrations/oauth2/callback?state=a'],
    ['a port that is none', 'http://a:99999999/integrations/oauth2/callback?state=a'],
    ['no host', 'http:///me'],
    ['another scheme', 'file:///etc/passwd'],
    ['a fragment', '/signin#a'],
    ['a semicolon', '/token;a=b'],
    ['an empty target after the host', 'http://example.test'],
    ['only a query', '?state=a'],
  ])('%s: %s', async (_, target) => {
    const answer = await raw(rawRequest(`GET ${target} HTTP/1.1`))
    expectNoInnards(answer)
    expect(answer.status, answer.body).toBeLessThan(500)
    if (answer.status >= 400) expectRefusal(answer)
  })

  test('an absolute target is served as ours, whatever host it names', async () => {
    const answer = await raw(rawRequest('GET http://example.test/jwks HTTP/1.1'))
    expect(answer.status).toBe(200)
  })

  test.each(PATHS)('%s with bad escapes, prototypes and doubles in the query', async (path) => {
    for (const query of [
      '%',
      '%zz=%E0%A4%A',
      '__proto__=a&__proto__=b',
      'state=a&state=b',
      '=&=&&',
      '\xff=\xff',
      `a=${'b'.repeat(8_000)}`,
      'a[b][c]=d',
      'signin=%00',
      'state=%00%0d%0aSet-Cookie:x',
    ]) {
      const answer = await raw(rawRequest(`GET ${path}?${query} HTTP/1.1`))
      expectNoInnards(answer)
      expect(answer.status, answer.body).toBeLessThan(500)
      expect(answer.headers).not.toHaveProperty('x')
      if (answer.status >= 400) expectRefusal(answer)
    }
  })
})

describe('headers', () => {
  test.each([
    ['two authorizations', ['Authorization: DPoP a', 'Authorization: DPoP b']],
    ['an empty authorization', ['Authorization:']],
    ['Basic', ['Authorization: Basic YTpi']],
    ['bytes beyond ASCII', ['Authorization: DPoP \xff\xfe']],
    ['two hosts', ['Host: a', 'Host: b']],
    ['a strange Accept', ['Accept: ;;;q=x,/,*']],
    [
      'cookies without sense',
      ['Cookie: ;;=;a==;__Host-latchkey-session="%"; =b', 'Cookie: \xff=\xff'],
    ],
    ['a proof that is none', ['DPoP: \xff', 'Authorization: DPoP a']],
    ['two proofs', ['DPoP: a', 'DPoP: b', 'Authorization: DPoP a']],
  ])('%s', async (_, headers) => {
    expectRefusal(await raw(rawRequest('GET /me HTTP/1.1', headers)), { status: 401 })
  })
})

describe('bodies', () => {
  const big = 'a'.repeat(17 * 1024)
  const chunk = `${(0x4000).toString(16)}\r\n${'a'.repeat(0x4000)}\r\n`
  test.each([
    ['larger than said', [`Content-Type: ${FORM}`, `Content-Length: ${big.length}`], big, 413],
    [
      'chunks without end',
      [`Content-Type: ${FORM}`, 'Transfer-Encoding: chunked'],
      chunk.repeat(8),
      413,
    ],
    [
      'JSON chunks without end',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
      chunk.repeat(8),
      413,
    ],
    ['an endless length', [`Content-Type: ${FORM}`, 'Content-Length: 99999999999'], big, 413],
    [
      'an endless body of a kind not taken',
      ['Content-Type: text/plain', 'Content-Length: 99999999999'],
      big,
      415,
    ],
    ['none at all', [], '', 415],
    ['a length of 0', [`Content-Type: ${FORM}`, 'Content-Length: 0'], '', 400],
  ])('%s', async (_, headers, body, status) => {
    const answer = await raw(rawRequest('POST /token HTTP/1.1', headers, body))
    expectRefusal(answer, { status })
  })

  const compressed = gzipSync('grant_type=authorization_code')
  test.each([
    ['gzip that is none', 'gzip', Buffer.from('nonsense'), 400],
    ['gzip cut short', 'gzip', compressed.subarray(0, 12), 400],
    ['deflate that is none', 'deflate', Buffer.from('nonsense'), 400],
    ['brotli that is none', 'br', Buffer.from('nonsense'), 400],
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(5_000_000)), 413],
    ['an encoding nobody knows', 'rot13', Buffer.from('grant_type=a'), 415],
    ['two encodings', 'gzip, gzip', compressed, 415],
  ])('%s', async (_, encoding, body, status) => {
    for (const type of [FORM, 'application/json']) {
      for (const path of ['/token', '/devices'] as const) {
        const answer = await send(site.url, {
          method: 'POST',
          path,
          headers: { 'content-type': type, 'content-encoding': encoding },
          body,
        })
        expectRefusal(answer, { status })
      }
    }
  })

  test('a client that goes away in the middle is no failure of ours', async () => {
    const half = `POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 50\r\n\r\nabc`
    const socket = connect(Number(new URL(site.url).port), '127.0.0.1')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.resume().end(half)
    await closed
    expect((await send(site.url, { path: '/healthz' })).status).toBe(200)
  })
})

test('nothing of all this was an unexpected failure', () => {
  const bad = site
    .log()
    .split('\n')
    .filter((line) => line !== '' && JSON.parse(line).level >= 50)
  expect(bad).toEqual([])
})
