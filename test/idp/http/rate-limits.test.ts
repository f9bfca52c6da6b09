import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SECOND } from '../../../clock/moment.ts'
import { networkOf } from '../../../idp/http/network.ts'
import { kindOf } from '../../../idp/http/rate-limited.ts'
import { COUNTERS, DEFAULT_RATE_LIMITS, RateLimits } from '../../../idp/http/rate-limits.ts'
import { formatRefreshToken, newRefreshSecret } from '../../../idp/tokens/refresh-token.ts'
import { TestDevice } from '../../support/device.ts'
import { expectProblemPage, expectRefusal } from '../../support/refusal.ts'
import { FORM, send } from '../../support/request.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

describe('what a request counts as', () => {
  test.each([
    ['GET', '/signin', 'signin'],
    ['GET', '/signin/b2c', 'signin'],
    ['POST', '/signin/choose', 'signin'],
    ['POST', '/devices', 'devices'],
    ['POST', '/token', 'token'],
    ['POST', '/refresh', 'token'],
    ['POST', '/revoke', 'revoke'],
    ['POST', '/introspect', 'services'],
    ['GET', '/events', 'services'],
    ['POST', '/account/logins', 'account'],
    ['GET', '/account/logins', undefined],
    // All of these lead to the same routes.
    ['POST', '/Token', 'token'],
    ['POST', '/token/', 'token'],
    ['GET', '/SIGNIN/B2C', 'signin'],
    ['POST', '/account/', 'account'],
    ['GET', '/', undefined],
    ['GET', '/jwks', undefined],
    ['GET', '/me', undefined],
    ['GET', '/healthz', undefined],
    ['POST', '/signout', undefined],
    ['GET', '/accounts', undefined],
    ['GET', '/__proto__', undefined],
    ['GET', '/constructor', undefined],
  ] as const)('%s %s: %s', (method, path, kind) => {
    expect(kindOf(method, path)).toBe(kind)
  })
})

describe('who counts as one sender', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', 'unknown'],
    ['unknown', 'unknown'],
    ['_hidden', 'unknown'],
    ['192.0.2.999', 'unknown'],
  ])('%s: %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('an attacker with many addresses', () => {
  test('a hundred thousand of them are counted by no more than 16,384 counters', () => {
    const limits = new RateLimits(DEFAULT_RATE_LIMITS)
    const counters = new Set<number>()
    for (let number = 0; number < 100_000; number++)
      counters.add(limits.counterOf(`sender ${number}`))
    expect(counters.size).toBeLessThanOrEqual(COUNTERS)
    expect(counters.size).toBeGreaterThan(COUNTERS * 0.95)
    expect(Math.max(...counters)).toBeLessThan(COUNTERS)
  })

  test('nobody can know whose counter they share: it is another one at each start', () => {
    const senders = Array.from({ length: 20 }, (_, number) => `sender ${number}`)
    const counters = () => {
      const limits = new RateLimits(DEFAULT_RATE_LIMITS)
      return senders.map((sender) => limits.counterOf(sender))
    }
    expect(counters()).not.toEqual(counters())
  })
})

describe('over the wire', () => {
  let site: RunningSite | undefined
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await site?.close()
    site = undefined
  })
  const pass = (time: number) => vi.setSystemTime(Date.now() + time)

  const limited = async (
    limits: Record<string, number>,
    environment: Record<string, string> = {},
  ) => {
    site = await startSite({ RATE_LIMITS: JSON.stringify(limits), ...environment })
    return site
  }
  const post = (url: string, path: string, headers: Record<string, string> = {}, body = 'a=b') =>
    send(url, { method: 'POST', path, headers: { 'content-type': FORM, ...headers }, body })

  test.each([
    ['POST', '/devices', 'devices'],
    ['POST', '/token', 'token'],
    ['POST', '/refresh', 'token'],
    ['POST', '/revoke', 'revoke'],
    ['POST', '/introspect', 'services'],
    ['POST', '/account/logins', 'account'],
    ['GET', '/signin', 'signin'],
    ['GET', '/signin/test', 'signin'],
  ] as const)('%s %s: too often is 429, until the minute is over', async (method, path, kind) => {
    const { url } = await limited({ [kind]: 2 })
    const ask = () =>
      send(url, {
        method,
        path,
        ...(method === 'POST' ? { headers: { 'content-length': '0' } } : {}),
      })
    for (let times = 0; times < 2; times++) expect((await ask()).status).not.toBe(429)
    pass(20 * SECOND)
    const answer = await ask()
    const { error_description } = expectRefusal(answer, { status: 429, error: 'rate_limited' })
    expect(answer.headers['retry-after']).toBe('40')
    expect(error_description).toContain('wait 40 seconds')
    expect(answer.headers).toHaveProperty('dpop-nonce')
    pass(40 * SECOND)
    expect((await ask()).status).not.toBe(429)
  })

  test('a person reads it as a page', async () => {
    const { url } = await limited({ signin: 1 })
    const ask = () => send(url, { path: '/signin', headers: { accept: 'text/html' } })
    await ask()
    expect(expectProblemPage(await ask(), { status: 429 })).toContain('Too many requests')
  })

  test('the answer comes before the body was read', async () => {
    const { url } = await limited({ token: 1 })
    await post(url, '/token')
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const answered = new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(String(data))),
    )
    socket.write(
      `POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 16000\r\n\r\n`,
    )
    expect(await answered).toMatch(/^HTTP\/1\.1 429 /)
    socket.destroy()
  })

  test('one kind that is used up leaves the others alone', async () => {
    const { url } = await limited({ token: 1 })
    await post(url, '/token')
    expect((await post(url, '/token')).status).toBe(429)
    expect((await post(url, '/revoke')).status).toBe(400)
    expect((await send(url, { path: '/healthz' })).status).toBe(200)
  })

  test('off: as often as anyone likes', async () => {
    site = await startSite({ RATE_LIMITS: 'off' })
    for (let times = 0; times < 50; times++)
      expect((await post(site.url, '/token')).status).toBe(400)
  })

  describe('behind proxies', () => {
    const from = (address: string) => ({ 'x-forwarded-for': address })

    test('none is trusted: what a header says counts for nothing', async () => {
      const { url } = await limited({ token: 1 })
      await post(url, '/token', from('192.0.2.1'))
      expect((await post(url, '/token', from('192.0.2.2'))).status).toBe(429)
    })

    test('one is: the address that it wrote counts, not what the client put before it', async () => {
      const { url } = await limited({ token: 1 }, { TRUSTED_PROXIES: '1' })
      await post(url, '/token', from('192.0.2.1'))
      expect((await post(url, '/token', from('192.0.2.2'))).status).toBe(400)
      expect((await post(url, '/token', from('203.0.113.9, 192.0.2.1'))).status).toBe(429)
    })

    test('two are: the one that the first of them wrote', async () => {
      const { url } = await limited({ token: 1 }, { TRUSTED_PROXIES: '2' })
      await post(url, '/token', from('192.0.2.1, 10.0.0.1'))
      expect((await post(url, '/token', from('192.0.2.2, 10.0.0.1'))).status).toBe(400)
      expect((await post(url, '/token', from('203.0.113.9, 192.0.2.1, 10.0.0.2'))).status).toBe(429)
    })

    test('a household of IPv6 is one sender', async () => {
      const { url } = await limited({ token: 1 }, { TRUSTED_PROXIES: '1' })
      await post(url, '/token', from('2001:db8::1'))
      expect((await post(url, '/token', from('2001:db8::2'))).status).toBe(429)
      expect((await post(url, '/token', from('2001:db8:0:1::1'))).status).toBe(400)
    })
  })

  describe('one broken client', () => {
    const refreshing = (sessionId: string) => ({
      refresh_token: formatRefreshToken({ sessionId, secret: newRefreshSecret() }),
      client_id: 'latchkey-desktop',
    })

    test('is stopped by itself, and uses up nothing of its network', async () => {
      const running = await limited({ token: 10, session: 2 })
      const [broken, other] = [await TestDevice.make(running), await TestDevice.make(running)]
      const { refresh_token } = await other.signIn(running)
      const statuses: number[] = []
      for (let times = 0; times < 30; times++) {
        statuses.push((await broken.post('/refresh', refreshing('a'.repeat(22)))).status)
      }
      expect(statuses.filter((status) => status !== 429)).toHaveLength(1)
      expect((await other.refresh(refresh_token)).status).toBe(200)
    })

    test('a stranger who knows a session’s id can’t keep its owner from refreshing', async () => {
      const running = await limited({ session: 2 }, { TRUSTED_PROXIES: '1' })
      const owner = await TestDevice.make(running)
      const { refresh_token, session_id } = await owner.signIn(running)
      for (let times = 0; times < 5; times++) {
        await post(
          running.url,
          '/refresh',
          { 'x-forwarded-for': '192.0.2.66' },
          String(new URLSearchParams(refreshing(session_id))),
        )
      }
      expect((await owner.refresh(refresh_token)).status).toBe(200)
    })
  })
})
