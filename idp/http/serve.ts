import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Duration, SECOND, toHttpDate } from '../../clock/moment.ts'
import { toErrorBody } from '../../protocol/error-body.ts'
import { type ErrorCode, LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import { answerHeaders } from './answer-headers.ts'
import { siteApp } from './app.ts'

/** What slow and many clients may take up, in real milliseconds; no honest one is that slow. */
export interface Patience {
  /** In which a request's headers must be here. */
  readonly headers: Duration
  /** In which all of it must be here. */
  readonly request: Duration
  /** For which a connection may wait for its next request: longer than proxies keep theirs, mostly a minute. */
  readonly idle: Duration
  /** How often it is looked who has been too slow. */
  readonly look: Duration
  /** Open at once; those beyond are closed unheard, and the machine keeps its memory and its file handles. */
  readonly connections: number
}

export const PATIENCE: Patience = {
  headers: 10 * SECOND,
  request: 30 * SECOND,
  idle: 65 * SECOND,
  look: SECOND,
  connections: 10_000,
}

/** A server that waits for nobody for ever. */
export function siteServer(patience: Patience = PATIENCE): Server {
  const server = createServer({
    headersTimeout: patience.headers,
    requestTimeout: patience.request,
    keepAliveTimeout: patience.idle,
    connectionsCheckingInterval: patience.look,
  })
  server.maxConnections = patience.connections
  return server
}

/**
 * Lets the site answer at a server. What Node refuses by itself, before there is a request that the
 * application could see, gets the same kind of answer as everything else: an error and a sentence,
 * under the same headers.
 */
export function serve(server: Server, site: Site): void {
  const handle = siteApp(site).callback()
  const always = answerHeaders(site.settings.url)
  const refusal = (status: Status): Refusal => {
    const { line, code, says } = WORDS[status]
    const body = JSON.stringify(toErrorBody(new LatchkeyError(code, says)))
    const headers = {
      ...always,
      Date: toHttpDate(site.clock.now()),
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      // What follows on this connection may be the rest of what was not understood.
      Connection: 'close',
    }
    return { status, line, headers, body }
  }
  const answers = new WeakMap<Duplex, ServerResponse>()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response)
    // The site is being stopped: what still comes in on a connection from before is its last request.
    if (!server.listening) response.setHeader('Connection', 'close')
    const target = originForm(request.url ?? '')
    if (target === undefined) return refuseRequest(response, refusal(400))
    request.url = target
    handle(request, response)
  })
  server.on('checkExpectation', (_request, response: ServerResponse) =>
    refuseRequest(response, refusal(417)),
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket)
    const underWay = answer?.headersSent && !answer.writableFinished
    if (error.code === 'ECONNRESET' || !socket.writable || underWay) return socket.destroy()
    refuseConnection(socket, refusal(STATUS_BY_CODE[error.code ?? ''] ?? 400))
    return undefined
  })
}

/**
 * A target as path and query. A server must take an absolute one as well (RFC 9112 §3.2.2); the host
 * in it means nothing to us. `undefined` when it is no address.
 */
function originForm(target: string): string | undefined {
  if (target.startsWith('/') || target === '*') return target
  if (!URL.canParse(target)) return undefined
  const { pathname, search } = new URL(target)
  return pathname + search
}

type Status = 400 | 408 | 417 | 431

const STATUS_BY_CODE: Readonly<Record<string, Status>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

const WORDS = {
  400: { line: 'Bad Request', code: 'invalid_request', says: 'This is not an HTTP request.' },
  408: {
    line: 'Request Timeout',
    code: 'invalid_request',
    says: 'The request took too long to arrive: send it again.',
  },
  417: {
    line: 'Expectation Failed',
    code: 'invalid_request',
    says: 'No Expect header but "100-continue" is taken here.',
  },
  431: {
    line: 'Request Header Fields Too Large',
    code: 'too_large',
    says: 'The request’s address and headers are too large: they may have 16 KiB together.',
  },
} as const satisfies Record<Status, { line: string; code: ErrorCode; says: string }>

interface Refusal {
  readonly status: Status
  readonly line: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: string
}

function refuseRequest(response: ServerResponse, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers)
  response.end(body)
}

function refuseConnection(socket: Duplex, { status, line, headers, body }: Refusal): void {
  const head = [
    `HTTP/1.1 ${status} ${line}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end([...head, '', body].join('\r\n'))
}
