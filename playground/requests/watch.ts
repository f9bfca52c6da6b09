import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import process from 'node:process'
import type { PartyName } from '../scene.ts'
import type { Exchange, SignatureCheck } from './exchange.ts'
import { isMessage } from './explained.ts'
import { fieldsOf, fingerprint, shownFields } from './fields.ts'

/** Of a body; protocol messages are small. */
const MOST_BYTES = 16_384

/** Headers that say something of the protocol. */
const HEADERS = [
  'authorization',
  'dpop',
  'idempotency-key',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
] as const

export interface WatchOptions {
  /** Whose process this is. */
  readonly party: PartyName
  readonly tell: (exchange: Exchange) => void
  /** Looks at a signed message as it came. */
  readonly check?: (body: string, headers: IncomingMessage['headers']) => SignatureCheck | undefined
}

/**
 * Tells each message of the protocol that comes to this process, and what was answered. It only looks: what it
 * sees goes on as it came, and who serves knows nothing of it (`node:diagnostics_channel`).
 */
export function watchRequests({ party, tell, check }: WatchOptions): void {
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const url = new URL(request.url ?? '/', 'http://here')
    const method = request.method ?? ''
    if (!isMessage(party, method, url.pathname)) return
    const began = monotonic()
    const asked = bodyOf(request)
    const answer = answerOf(response)
    response.once('close', () => {
      const signature = check?.(asked(), request.headers)
      tell({
        method,
        path: shownPath(url.pathname),
        status: response.writableFinished ? response.statusCode : null,
        sent: {
          ...shownFields(url.searchParams),
          ...headersOf(request),
          ...fieldsOf(request.headers['content-type'] ?? '', asked()),
        },
        answered: {
          ...carriedOn(response.getHeader('location')),
          ...fieldsOf(String(response.getHeader('content-type') ?? ''), answer.body),
        },
        began,
        ended: answer.ended ?? monotonic(),
        ...(signature ? { signature } : {}),
      })
    })
  })
}

/** Milliseconds on the machine's own clock, which all of its processes share. */
function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

/** The name of an interaction is in the path, and as long as a secret is. */
const shownPath = (path: string): string =>
  path.replace(/(?<=\/)[\w-]{40,}(?=\/|$)/g, (secret) => fingerprint(secret))

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    HEADERS.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? Object.entries(shownFields([[name, value]])) : []
    }),
  )

/** What a redirect gives the browser to take along. */
const carriedOn = (location: unknown): Record<string, string> =>
  typeof location === 'string' && URL.canParse(location, 'http://here')
    ? shownFields(new URL(location, 'http://here').searchParams)
    : {}

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

/** What is answered, and when: whoever hears it may go on before the connection is done with it. */
function answerOf(response: ServerResponse): { readonly body: string; readonly ended?: number } {
  const answer: { body: string; ended?: number } = { body: '' }
  response.end = new Proxy(response.end, {
    apply(end, self, told: Parameters<typeof response.end>) {
      const chunk: unknown = told[0]
      if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) {
        answer.body = chunk.toString().slice(0, MOST_BYTES)
      }
      answer.ended = monotonic()
      return Reflect.apply(end, self, told)
    },
  })
  return answer
}
