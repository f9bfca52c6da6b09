import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startScriptedSite } from '../../support/browser.ts'
import { expectNoInnards, expectRefusal } from '../../support/refusal.ts'
import { FORM, send } from '../../support/request.ts'
import { PATHS } from './endpoints.ts'

/** Words that mean something here, so that chance gets further than the first check. */
const NAMES = [
  'client_id',
  'redirect_uri',
  'state',
  'code',
  'code_verifier',
  'code_challenge',
  'code_challenge_method',
  'grant_type',
  'refresh_token',
  'token',
  'signin',
  'account',
  'error',
  'response_type',
  'dpop_jkt',
  'device_id',
  'login_hint',
  'name',
  'platform',
  '__proto__',
  '',
]
const VALUES = [
  'latchkey-desktop',
  'latchkey-web',
  'http://127.0.0.1:5000/callback',
  'authorization_code',
  'refresh_token',
  'code',
  'S256',
  'a'.repeat(43),
  `lkr_${'a'.repeat(71)}`,
  'a.b.c',
  '\0',
  '%',
  'null',
  '',
]

const value = fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: 'binary', maxLength: 80 }))
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', maxLength: 20 }))
const parameters = fc.array(fc.tuple(name, value), { maxLength: 8 })
const wellFormed = (text: string) => text.replace(/[\ud800-\udfff]/g, '�')
const encode = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map((pair) => pair.map((part) => encodeURIComponent(wellFormed(part))).join('=')).join('&')

const header = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 60,
})
const headers = fc.record(
  {
    authorization: fc.oneof(
      header,
      header.map((text) => `DPoP ${text}`),
    ),
    dpop: fc.oneof(header, fc.constant('eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.AA')),
    cookie: fc.oneof(
      header,
      header.map((text) => `__Host-latchkey-session=${text}`),
    ),
    'idempotency-key': header,
    accept: fc.oneof(fc.constant('text/html'), fc.constant('application/json'), header),
    origin: header,
    'sec-fetch-site': fc.constantFrom('same-origin', 'cross-site'),
    'content-type': fc.oneof(
      fc.constantFrom(FORM, 'application/json', `${FORM}; charset=utf-16`, 'text/plain'),
      header,
    ),
    'content-encoding': fc.constantFrom('identity', 'gzip', 'br', 'deflate', 'x'),
    'x-forwarded-host': header,
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  parameters.map(encode),
  fc.json(),
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
)

test('whatever 400 requests of chance bring: never a 5xx, never a look inside', async () => {
  const { site } = await startScriptedSite()
  const seed = Number(process.env.FUZZ_SEED ?? 20_261_123)
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PATHS),
        fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
        parameters,
        headers,
        body,
        async (path, method, query, sent, content) => {
          const answer = await send(site.url, {
            method,
            path: `${path}?${encode(query)}`,
            headers: sent,
            ...(method === 'GET' ? {} : { body: content }),
          })
          expect(answer.status, answer.body).toBeLessThan(500)
          expectNoInnards(answer)
          const json = answer.headers['content-type']?.startsWith('application/json')
          if (answer.status >= 400 && json) expectRefusal(answer)
        },
      ),
      { numRuns: 400, seed },
    )
  } finally {
    await site.close()
  }
}, 60_000)
