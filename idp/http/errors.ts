import type { Context, Middleware, Next } from 'koa'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { toErrorBody } from '../../protocol/error-body.ts'
import type { LatchkeyError } from '../../protocol/errors.ts'
import { asLatchkeyError, refusalOf } from '../../protocol/http-failures.ts'
import { pageHeaders, renderPage } from '../../ui/respond.ts'
import { disabledPage } from '../pages/disabled.tsx'
import { problemPage } from '../pages/problem.tsx'
import type { Site } from '../site.ts'

/** The last-resort handler (ASVS 16.5): every failure becomes an error of ours, and none tells too much. */
export function errorHandler(site: Site): Middleware {
  return async (ctx: Context, next: Next) => {
    try {
      await next()
      const unanswered = ctx.body === undefined ? refusalOf(ctx.status) : undefined
      if (unanswered) throw unanswered
    } catch (thrown) {
      const error = asLatchkeyError(thrown)
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

/** Seconds after which trying again makes sense, where nobody knows better. */
const SOON = 2

function answer(site: Site, ctx: Context, error: LatchkeyError): void {
  const atResource = ctx.path === ADDRESSES.me || ctx.path.startsWith(`${ADDRESSES.me}/`)
  // RFC 9449 §9: at a resource, a missing nonce or a bad proof is a 401.
  ctx.status = atResource && /dpop/.test(error.code) ? 401 : error.status
  // The rest of a body that is too large is not worth reading (RFC 9110 §15.5.14).
  if (error.code === 'too_large') ctx.set('Connection', 'close')
  const retryAfter = error.retryAfter ?? (error.status === 503 ? SOON : undefined)
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter))
  // Whoever takes another kind of credentials has said so already.
  if (ctx.status === 401 && !ctx.response.get('WWW-Authenticate')) {
    ctx.set('WWW-Authenticate', challenge(error))
  }
  if (ctx.accepts('json', 'html') === 'html') {
    ctx.set(pageHeaders())
    const page = error.reason === 'logins_disabled' ? disabledPage : problemPage
    ctx.body = renderPage(page({ error, signInPath: ADDRESSES.signIn, ahead: site.ahead() }))
    return
  }
  ctx.body = toErrorBody(error)
}

/** RFC 6750 §3, RFC 9449 §7.1; the sentence is in the body, for headers are ASCII. */
function challenge(error: LatchkeyError): string {
  const reason = error.reason === undefined ? '' : `, reason="${error.reason}"`
  const age = error.maxAge === undefined ? '' : `, max_age=${error.maxAge}`
  return `DPoP algs="ES256", error="${error.code}"${reason}${age}`
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
