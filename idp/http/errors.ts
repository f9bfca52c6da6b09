import type { Context, Middleware, Next } from 'koa'
import { toErrorBody } from '../../protocol/error-body.ts'
import { type ErrorCode, LatchkeyError } from '../../protocol/errors.ts'
import { pageHeaders, renderPage } from '../../ui/respond.ts'
import { problemPage } from '../pages/problem.tsx'
import type { Site } from '../site.ts'

/** HTTP libraries' refusals in our words. */
const BY_STATUS: Readonly<Record<number, { code: ErrorCode; message: string }>> = {
  400: { code: 'invalid_request', message: 'The request can’t be read: check its encoding.' },
  404: { code: 'not_found', message: 'There is nothing at this address.' },
  405: {
    code: 'method_not_allowed',
    message: 'This address takes other methods: see the Allow header.',
  },
  413: { code: 'too_large', message: 'The request’s body is too large.' },
  415: {
    code: 'unsupported_media_type',
    message: 'The request’s body is of a kind that is not taken here.',
  },
  501: { code: 'method_not_allowed', message: 'This method is not known here.' },
}

/** The last-resort handler (ASVS 16.5): every failure becomes an error of ours, and none tells too much. */
export function errorHandler(site: Site): Middleware {
  return async (ctx: Context, next: Next) => {
    try {
      await next()
      const unanswered = ctx.body === undefined ? BY_STATUS[ctx.status] : undefined
      if (unanswered) throw new LatchkeyError(unanswered.code, unanswered.message)
    } catch (thrown) {
      const error = toLatchkeyError(thrown)
      if (error.code === 'server_error') {
        site.log.error(
          { err: { name: nameOf(thrown), stack: stackOf(thrown) } },
          'unexpected failure',
        )
      }
      answer(site, ctx, error)
    }
  }
}

function toLatchkeyError(thrown: unknown): LatchkeyError {
  if (thrown instanceof LatchkeyError) return thrown
  const known = BY_STATUS[statusOf(thrown)]
  if (known) return new LatchkeyError(known.code, known.message, { cause: thrown })
  return new LatchkeyError(
    'server_error',
    'Something went wrong on our side. Please try again in a minute.',
    {
      cause: thrown,
    },
  )
}

/** Seconds after which trying again makes sense, where nobody knows better. */
const SOON = 2

function answer(site: Site, ctx: Context, error: LatchkeyError): void {
  const atResource = ctx.req.headers.authorization !== undefined && ctx.method === 'GET'
  // RFC 9449 §9: at a resource, a missing nonce or a bad proof is a 401.
  ctx.status = atResource && /dpop/.test(error.code) ? 401 : error.status
  ctx.set('Cache-Control', 'no-store')
  // The rest of a body that is too large is not worth reading (RFC 9110 §15.5.14).
  if (error.code === 'too_large') ctx.set('Connection', 'close')
  const retryAfter = error.retryAfter ?? (error.status === 503 ? SOON : undefined)
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter))
  if (ctx.status === 401) ctx.set('WWW-Authenticate', challenge(error))
  if (ctx.accepts('json', 'html') === 'html') {
    ctx.set(pageHeaders())
    ctx.body = renderPage(problemPage({ error, ahead: site.ahead() }))
    return
  }
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.body = toErrorBody(error)
}

/** RFC 6750 §3, RFC 9449 §7.1; the sentence is in the body, for headers are ASCII. */
function challenge(error: LatchkeyError): string {
  const reason = error.reason === undefined ? '' : `, reason="${error.reason}"`
  return `DPoP algs="ES256", error="${error.code}"${reason}`
}

const statusOf = (thrown: unknown): number => {
  const status = (thrown as { status?: unknown } | undefined)?.status
  return typeof status === 'number' ? status : 500
}

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : typeof thrown)

/** Where, not what: messages may quote what came over the wire. */
const stackOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error
    ? thrown.stack
        ?.split('\n')
        .filter((line) => /^\s+at /.test(line))
        .join('\n')
    : undefined
