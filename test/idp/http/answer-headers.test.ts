import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerHeaders } from '../../../idp/http/answer-headers.ts'
import { SignInSteps, startScriptedSite, TestBrowser } from '../../support/browser.ts'
import type { RawAnswer } from '../../support/raw.ts'
import { FORM, send } from '../../support/request.ts'
import type { RunningSite } from '../../support/site.ts'
import { ENDPOINTS, PATHS } from './endpoints.ts'

let site: RunningSite

beforeAll(async () => {
  ;({ site } = await startScriptedSite())
})
afterAll(() => site.close())

/** A request to an address by each method that it takes, as a browser on a foreign page sends it. */
async function fromElsewhere(path: (typeof PATHS)[number]): Promise<readonly RawAnswer[]> {
  const answers: RawAnswer[] = []
  for (const method of [...ENDPOINTS[path], 'OPTIONS']) {
    answers.push(
      await send(site.url, {
        method,
        path,
        headers: {
          origin: 'https://elsewhere.test',
          'content-type': FORM,
          ...(method === 'OPTIONS'
            ? {
                'access-control-request-method': 'POST',
                'access-control-request-headers': 'dpop,authorization',
              }
            : {}),
        },
      }),
    )
  }
  return answers
}

describe('whatever is asked, and however it comes out', () => {
  test.each(PATHS)('%s: no other origin may read the answer (CORS)', async (path) => {
    for (const { headers } of await fromElsewhere(path)) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  test.each(PATHS)(
    '%s: kept nowhere (but public keys), not sniffed, not framed, no script, no referrer',
    async (path) => {
      for (const { headers } of await fromElsewhere(path)) {
        const kept = headers['content-type'] === 'application/jwk-set+json'
        expect(headers['cache-control']).toBe(kept ? 'public, max-age=600' : 'no-store')
        expect(headers['x-content-type-options']).toBe('nosniff')
        expect(headers['referrer-policy']).toBe('no-referrer')
        const policy = headers['content-security-policy']?.split('; ')
        expect(policy).toContain("default-src 'none'")
        expect(policy).toContain("base-uri 'none'")
        expect(policy).toContain("frame-ancestors 'none'")
        expect(policy?.join()).not.toMatch(/script-src|unsafe/)
      }
    },
  )
})

test('a sign-in’s own redirects and the page at its end are no exception', async () => {
  const steps = new SignInSteps(new TestBrowser(site))
  const toProvider = await steps.browser.get(`/signin?${steps.request}`)
  const back = await new SignInSteps(new TestBrowser(site)).all()
  for (const { status, headers } of [toProvider, back]) {
    // RFC 9700 §4.12: 303 and never 307, which would post what was posted here once more.
    expect(status).toBe(303)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  }
})

test('over https, a browser is told to come by nothing else for two years; on plain loopback it is not', () => {
  expect(answerHeaders('https://id.example.test')['Strict-Transport-Security']).toBe(
    'max-age=63072000; includeSubDomains',
  )
  expect(answerHeaders(site.url)).not.toHaveProperty('Strict-Transport-Security')
})
