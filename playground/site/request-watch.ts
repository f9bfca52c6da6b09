import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Exchange } from '../requests/exchange.ts'
import { isMessage } from '../requests/explained.ts'
import { fieldsOf, fingerprint, shownFields } from '../requests/fields.ts'

/** Of a body; protocol messages are small. */
const MOST_BYTES = 16_384

/** Headers that say something of the protocol, as fingerprints. */
const HEADERS = ['authorization', 'dpop', 'idempotency-key'] as const

/**
 * Tells each message of the protocol that comes to a server, and what was answered. It only looks: what it
 * sees goes on as it came.
 */
export function watchRequests(server: Server, tell: (exchange: Exchange) => void): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://site')
    const method = request.method ?? ''
    if (!isMessage(method, url.pathname)) return
    const asked = bodyOf(request)
    const answer = answerOf(response)
    response.once('close', () =>
      tell({
        method,
        path: url.pathname,
        status: response.writableFinished ? response.statusCode : null,
        sent: {
          ...shownFields(url.searchParams),
          ...headersOf(request),
          ...fieldsOf(request.headers['content-type'] ?? '', asked()),
        },
        answered: fieldsOf(String(response.getHeader('content-type') ?? ''), answer()),
      }),
    )
  })
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    HEADERS.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, fingerprint(value)]] : []
    }),
  )

/** Sees what its reader is given: to listen by oneself would take it away from them. */
function bodyOf(request: IncomingMessage): () => string {
  let body = ''
  request.emit = new Proxy(request.emit, {
    apply(emit, self, told: [string, ...unknown[]]) {
      const [event, chunk] = told
      if (event === 'data' && Buffer.isBuffer(chunk) && body.length < MOST_BYTES) {
        body += chunk.toString()
      }
      return Reflect.apply(emit, self, told)
    },
  })
  return () => body
}

function answerOf(response: ServerResponse): () => string {
  let body = ''
  response.end = new Proxy(response.end, {
    apply(end, self, told: Parameters<typeof response.end>) {
      const chunk: unknown = told[0]
      if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) {
        body = chunk.toString().slice(0, MOST_BYTES)
      }
      return Reflect.apply(end, self, told)
    },
  })
  return () => body
}
