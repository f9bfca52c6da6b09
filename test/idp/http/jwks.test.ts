import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../clock/moment.ts'
import { byAdmin } from '../../../idp/audit/by.ts'
import { rotateNow } from '../../../idp/tokens/rotate-now.ts'
import { createService } from '../../../playground/service/service.ts'
import { TestDevice } from '../../support/device.ts'
import { send } from '../../support/request.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

/** The site and the sample service, with its jose as it is: what it keeps of the keys grows old by `Date`. */
let site: RunningSite
let device: TestDevice
let server: Server
let service: { readonly url: string }

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  site = await startSite()
  await site.due.run()
  device = await TestDevice.make(site)
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  service = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  const app = createService({
    clock: site.clock,
    url: service.url,
    issuer: site.url,
    audience: site.url,
    keys: createRemoteJWKSet(new URL('/jwks', site.url)),
    webhookSecrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
    readEvents: async () => ({ events: [], next: 0, more: false, forgotten: 0 }),
    report: (error) => site.site.log.fatal(String(error)),
  })
  server.on('request', app.callback())
})
afterEach(async () => {
  vi.useRealTimers()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await site.close()
})

const pass = async (time: number) => {
  vi.setSystemTime(Date.now() + time)
  await site.due.run()
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid

/** At the service: the status of a request with this token. */
async function use(accessToken: string): Promise<number> {
  return (await device.at(service).get('/hello', accessToken)).status
}

test('the key set may be kept for ten minutes, and is the same for everyone', async () => {
  const answer = await send(site.url, { path: '/jwks' })
  expect(answer.headers['cache-control']).toBe('public, max-age=600')
  expect(answer.headers['content-type']).toBe('application/jwk-set+json')
  expect(answer.headers).not.toHaveProperty('dpop-nonce')
})

test('day 90: the service takes tokens of both keys; an hour later only those of the new one', async () => {
  const old = await device.signIn(site)
  expect(await use(old.access_token)).toBe(200)

  await pass(89 * DAY)
  const early = await device.signIn(site)
  expect(kidOf(early.access_token)).toBe(kidOf(old.access_token))
  expect(await use(early.access_token)).toBe(200)

  await pass(DAY - MINUTE)
  const last = await device.signIn(site)
  expect(await use(last.access_token)).toBe(200)
  await pass(MINUTE)
  const next = await device.signIn(site)
  expect(kidOf(next.access_token)).not.toBe(kidOf(last.access_token))
  // Its copy of the keys, a minute old, holds the new key already.
  const asked = vi.spyOn(globalThis, 'fetch')
  expect(await use(next.access_token)).toBe(200)
  expect(await use(last.access_token)).toBe(200)
  expect(asked.mock.calls.filter(([url]) => String(url).endsWith('/jwks'))).toEqual([])
  asked.mockRestore()

  await pass(HOUR + 5 * MINUTE)
  const { body } = await send(site.url, { path: '/jwks' })
  expect(JSON.parse(body).keys).toHaveLength(1)
  expect(await use((await device.refresh(next.refresh_token)).body.access_token as string)).toBe(
    200,
  )
})

test('keys in wrong hands: nobody is signed out, and the service soon takes nothing of the old one', async () => {
  const tokens = await device.signIn(site)
  expect(await use(tokens.access_token)).toBe(200)
  const kid = await rotateNow(site.site, byAdmin(null))

  // At the site at once.
  expect((await device.get('/me', tokens.access_token)).status).toBe(401)
  // A key that the service has never heard of makes it ask again, though not more than twice a minute.
  await pass(MINUTE)
  const refreshed = await device.refresh(tokens.refresh_token)
  expect(refreshed.status).toBe(200)
  expect(kidOf(refreshed.body.access_token as string)).toBe(kid)
  expect(await use(refreshed.body.access_token as string)).toBe(200)
  expect(await use(tokens.access_token)).toBe(401)
  expect((await device.get('/me', refreshed.body.access_token as string)).status).toBe(200)
})
