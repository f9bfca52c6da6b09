import { request } from 'node:http'
import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { loopback } from '../../../client/node/loopback.ts'
import type { CallbackVerdict, WayBack } from '../../../client/ports.ts'

const never = new AbortController().signal

interface Reply {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

const call = (url: string, options: { method?: string; host?: string } = {}) =>
  new Promise<Reply>((resolve, reject) => {
    const headers = options.host === undefined ? {} : { host: options.host }
    request(url, { method: options.method ?? 'GET', headers, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (text: string) => {
        body += text
      })
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }))
    })
      .on('error', reject)
      .end()
  })

const judge = (callbackUrl: string): CallbackVerdict => {
  const query = new URL(callbackUrl).searchParams
  if (query.get('state') !== 'ours') return { kind: 'foreign' }
  const sentence = query.get('error_description')
  return sentence === null ? { kind: 'accepted' } : { kind: 'refused', sentence }
}

const closedAfterwards = async (way: WayBack) => {
  await way.close()
  await expect(call(way.redirectUri)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/)
}

test('the browser comes back: the page says so, then the port is free', async () => {
  let reply: Promise<Reply> | undefined
  let way: WayBack | undefined
  const browser = loopback({
    openBrowser: async (url) => {
      reply = call(`${way?.redirectUri}?code=c&state=ours&of=${encodeURIComponent(url)}`)
    },
  })
  way = await browser.prepare()
  expect(way.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  const came = await way.open('http://site.test/signin', judge, never)
  expect(new URL(came).searchParams.get('code')).toBe('c')
  await closedAfterwards(way)
  expect(await reply).toMatchObject({
    status: 200,
    body: expect.stringContaining('You can close this window'),
    headers: {
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  })
})

test('turned away: the page says the sentence, and no markup of it', async () => {
  let reply: Promise<Reply> | undefined
  let way: WayBack | undefined
  const text = encodeURIComponent('<b>No</b> "entry".')
  const browser = loopback({
    openBrowser: async () => {
      reply = call(`${way?.redirectUri}?state=ours&error_description=${text}`)
    },
  })
  way = await browser.prepare()
  await way.open('http://site.test/', judge, never)
  await way.close()
  expect((await reply)?.body).toContain('&lt;b&gt;No&lt;/b&gt; &quot;entry&quot;.')
})

test('strangers get an error page and change nothing', async () => {
  const browser = loopback({ openBrowser: async () => {} })
  const way = await browser.prepare()
  const coming = way.open('http://site.test/', judge, never)
  const base = way.redirectUri
  const { port } = new URL(base)
  const ours = `${base}?state=ours`
  expect((await call(`${base}?code=x&state=theirs`)).status).toBe(400)
  expect((await call(base)).status).toBe(400)
  expect((await call(`http://127.0.0.1:${port}/`)).status).toBe(404)
  expect((await call(`http://127.0.0.1:${port}/callback/?state=ours`)).status).toBe(404)
  expect((await call(`http://127.0.0.1:${port}/favicon.ico`)).status).toBe(404)
  expect((await call(ours, { method: 'POST' })).status).toBe(405)
  expect((await call(ours, { method: 'HEAD' })).status).toBe(405)
  expect((await call(ours, { host: `evil.test:${port}` })).status).toBe(421)
  expect((await call(ours, { host: '127.0.0.1' })).status).toBe(421)
  expect((await call(ours)).status).toBe(200)
  expect(await coming).toBe(ours)
  expect((await call(ours)).status, 'one use').toBe(400)
  await closedAfterwards(way)
})

test('both address families, where the machine has both', async ({ skip }) => {
  const browser = loopback({ openBrowser: async () => {} })
  const way = await browser.prepare()
  const { port } = new URL(way.redirectUri)
  const coming = way.open('http://site.test/', judge, never)
  const hasV6 = await new Promise<boolean>((resolve) => {
    const socket = createConnection({ host: '::1', port: Number(port) })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (!hasV6) {
    await call(`${way.redirectUri}?state=ours`)
    await coming
    await way.close()
    skip('This machine has no ::1.')
  }
  expect((await call(`http://[::1]:${port}/callback?state=ours`)).status).toBe(200)
  expect(await coming).toBe(`${way.redirectUri}?state=ours`)
  await way.close()
})

test('given up, not opened, or nobody came: rejects, and the port is free', async () => {
  const abort = new AbortController()
  const given = await loopback({ openBrowser: async () => abort.abort() }).prepare()
  await expect(given.open('http://site.test/', judge, abort.signal)).rejects.toThrow(/abort/i)
  await closedAfterwards(given)

  const broken = loopback({ openBrowser: () => Promise.reject(new Error('No browser.')) })
  const unopened = await broken.prepare()
  await expect(unopened.open('http://site.test/', judge, never)).rejects.toThrow('No browser.')
  await closedAfterwards(unopened)

  const short = await loopback({ openBrowser: async () => {}, patience: 5 }).prepare()
  await expect(short.open('http://site.test/', judge, never)).rejects.toThrow('sign in again')
  await closedAfterwards(short)
})

test('a connection that never says anything does not keep the port', async () => {
  const way = await loopback({ openBrowser: async () => {} }).prepare()
  const socket = createConnection({
    host: '127.0.0.1',
    port: Number(new URL(way.redirectUri).port),
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  const gone = new Promise((resolve) => socket.once('close', resolve).on('error', () => {}))
  await way.close()
  await gone
})

test('after a restart: the same address once more, and no browser opens', async () => {
  const browser = loopback({ openBrowser: () => Promise.reject(new Error('opened')) })
  const before = await browser.prepare()
  const { redirectUri } = before
  await expect(browser.again?.(redirectUri)).resolves.toBeUndefined()
  await before.close()
  const way = await browser.again?.(redirectUri)
  if (!way) throw new Error('The port could not be had again.')
  const came = way.open('http://site.test/signin', judge, never)
  expect(await call(`${redirectUri}?code=c&state=ours`)).toMatchObject({ status: 200 })
  expect(await came).toBe(`${redirectUri}?code=c&state=ours`)
  await closedAfterwards(way)
})

test.each([
  'dev.latchkey.app:/callback',
  'http://127.0.0.1:0/callback',
  'http://127.0.0.1:70000/callback',
  'http://10.0.0.1:5000/callback',
])('%s is no address to listen at again', async (redirectUri) => {
  await expect(loopback({ openBrowser: async () => {} }).again?.(redirectUri)).resolves.toBe(
    undefined,
  )
})
