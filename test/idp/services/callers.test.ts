import { hkdf } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorHandler } from '../../../idp/http/errors.ts'
import { findCaller, requireService, serviceKey } from '../../../idp/services/callers.ts'
import { send } from '../../support/request.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
const OTHER = `whsec_${Buffer.alloc(24, 3).toString('base64')}`

const SERVICES = [
  { url: 'http://127.0.0.1:1/orders', secrets: [NEW, OLD] },
  { url: 'http://127.0.0.1:1/invoices', secrets: [OTHER] },
]

test('a service key is what anyone can derive who has the secret', async () => {
  const bytes = Buffer.alloc(32, 1)
  const derived = await promisify(hkdf)('sha256', bytes, '', 'latchkey service key', 32)
  expect(serviceKey(OLD)).toBe(`lks_${Buffer.from(derived).toString('base64url')}`)
  // For those who derive it in another language.
  expect(serviceKey(OLD)).toBe('lks_4vwfq2qPlEduIu3hN2LU1dujolBrfZzF-bG6wLgl6sA')
  expect(serviceKey(OLD)).not.toContain(OLD.slice(6))
})

test('while a secret is replaced, the keys of both are that service’s', () => {
  for (const secret of [OLD, NEW]) {
    expect(findCaller(SERVICES, serviceKey(secret))?.url).toBe('http://127.0.0.1:1/orders')
  }
  expect(findCaller(SERVICES, serviceKey(OTHER))?.url).toBe('http://127.0.0.1:1/invoices')
})

test.for(['', 'lks_', OLD, `${serviceKey(OLD)}A`, serviceKey(OLD).slice(0, -1)])(
  'nobody calls with %j',
  (key) => expect(findCaller(SERVICES, key)).toBeUndefined(),
)

describe('over the wire', () => {
  let site: RunningSite
  let server: Server
  let url: string

  beforeAll(async () => {
    site = await startSite({
      SERVICES: JSON.stringify([{ url: 'http://127.0.0.1:1/orders', secret: OLD }]),
    })
    const app = new Koa()
    app.use(errorHandler(site.site))
    app.use((ctx) => {
      ctx.body = requireService(site.site, ctx).url
    })
    server = createServer(app.callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.close()
    await site.close()
  })

  const ask = (headers: Record<string, string>) => send(url, { path: '/', headers })

  test('a service is let in by its key, however the scheme is written', async () => {
    for (const scheme of ['Bearer', 'bearer']) {
      const answer = await ask({ authorization: `${scheme} ${serviceKey(OLD)}` })
      expect([answer.status, answer.body]).toEqual([200, 'http://127.0.0.1:1/orders'])
    }
  })

  test('all others get one and the same answer, with a challenge that tells nothing', async () => {
    const answers = []
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: `Bearer ${serviceKey(NEW)}` },
      { authorization: `Bearer ${OLD}` },
      { authorization: `DPoP ${serviceKey(OLD)}` },
      { authorization: `Basic ${Buffer.from(`a:${serviceKey(OLD)}`).toString('base64')}` },
    ]) {
      const answer = await ask(headers)
      expect(answer.status).toBe(401)
      expect(JSON.parse(answer.body)).toHaveProperty('error', 'invalid_token')
      expect(answer.headers['www-authenticate']).toBe('Bearer')
      answers.push(answer.body)
    }
    expect(new Set(answers).size).toBe(1)
  })
})
