import type { Context } from 'koa'
import { expect, test } from 'vitest'
import { requireSameOrigin } from '../../../idp/http/same-origin.ts'

const SITE = 'http://127.0.0.1:3000'

const post = (headers: Record<string, string>) =>
  requireSameOrigin({ req: { headers } } as unknown as Context, SITE)

test.for([
  { origin: SITE },
  { origin: SITE, 'sec-fetch-site': 'same-origin' },
  // A page under no-referrer, and a browser that leaves Origin out.
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'same-origin' },
] as Record<string, string>[])('a form of ours is let through: %o', (headers) => {
  expect(() => post(headers)).not.toThrow()
})

test.for([
  {},
  { origin: 'null' },
  { origin: '' },
  { origin: 'http://127.0.0.1:3001' },
  { origin: 'http://localhost:3000' },
  { origin: `${SITE}/` },
  { origin: `${SITE}.evil.test` },
  { origin: 'http://evil.test', 'sec-fetch-site': 'same-origin' },
  { origin: 'null', 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'cross-site' },
] as Record<string, string>[])('anything else is turned away: %o', (headers) => {
  expect(() => post(headers)).toThrow(
    expect.objectContaining({ code: 'access_denied', status: 403 }),
  )
})
