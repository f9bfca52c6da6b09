import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PATIENCE, type Patience, serve, siteServer } from '../../../idp/http/serve.ts'
import { FORM } from '../../support/request.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

/** A site with so little patience that a test can wait for its end. */
const HASTY: Patience = { headers: 300, request: 600, idle: 300, look: 20, connections: 3 }

let site: RunningSite
let server: Server
const sockets: Socket[] = []

beforeEach(async () => {
  site = await startSite()
  server = siteServer(HASTY)
  serve(server, site.site)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.close()
  await site.close()
})

/** A connection, and what came over it until the site closed it. */
async function connected() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  sockets.push(socket)
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  const closed = once(socket, 'close').then(() => received)
  await once(socket, 'connect')
  return { socket, closed }
}

const HEAD = `POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 1000\r\n\r\n`

/** Sends a byte now and then, for as long as the connection lives. */
function drip(socket: Socket, byte: string): void {
  const drops = setInterval(() => socket.write(byte), 30)
  socket.once('close', () => clearInterval(drops))
}

test.each<[string, (socket: Socket) => void]>([
  ['nothing at all', () => {}],
  ['half of the headers', (socket) => socket.write('POST /token HTTP/1.1\r\nHost: a\r\nX-A: ')],
  [
    'a header a byte at a time, for ever',
    (socket) => {
      socket.write('POST /token HTTP/1.1\r\nHost: a\r\nX-A: ')
      drip(socket, 'a')
    },
  ],
  ['half of the body', (socket) => socket.write(`${HEAD}grant_type=`)],
  [
    'a body a byte at a time, for ever',
    (socket) => {
      socket.write(HEAD)
      drip(socket, 'a')
    },
  ],
])('%s: 408 in words, and the connection is closed', async (_, send) => {
  const { socket, closed } = await connected()
  send(socket)
  const received = await closed
  expect(received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
  expect(received).toContain('Connection: close')
  expect(JSON.parse(received.split('\r\n\r\n')[1] ?? '')).toEqual({
    error: 'invalid_request',
    error_description: 'The request took too long to arrive: send it again.',
  })
  expect(site.log()).not.toMatch(/"level":(50|60)/)
})

test('a connection that was used and is idle is closed without a word', async () => {
  const { socket, closed } = await connected()
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await closed).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

test('connections beyond the limit are closed unheard; those before are served', async () => {
  Object.assign(server, { headersTimeout: PATIENCE.headers, requestTimeout: PATIENCE.request })
  const first = await connected()
  await connected()
  await connected()
  const beyond = await connected()
  expect(await beyond.closed).toBe('')
  first.socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  const [answer] = await once(first.socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

test('for real: ten seconds for headers, half a minute for all of it; looked at each second', () => {
  const real = siteServer()
  expect(real).toMatchObject({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    maxConnections: 10_000,
  })
  expect(PATIENCE.look).toBe(1_000)
})
