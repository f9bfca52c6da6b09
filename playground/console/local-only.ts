import type { Middleware } from 'koa'
import { isFromHere } from '../../calls/from-here.ts'
import { LatchkeyError } from '../../protocol/errors.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Keeps web pages from elsewhere away from the controls. The address must be this machine's own name,
 * so that no foreign name that resolves to it gets in (DNS rebinding); and what changes something must
 * come from this very origin, or from no page at all.
 */
export const localOnly: Middleware = async (context, next) => {
  if (!LOOPBACK.has(hostname(context.headers.host))) {
    throw new LatchkeyError('access_denied', 'Open this by its address on this machine: 127.0.0.1.')
  }
  const changes = context.method !== 'GET' && context.method !== 'HEAD'
  if (changes && !isFromHere(context.headers)) {
    throw new LatchkeyError(
      'access_denied',
      'A page from elsewhere can’t do this: use the console, or a program without a page.',
    )
  }
  await next()
}

function hostname(host: string | undefined): string {
  try {
    return new URL(`http://${host}`).hostname
  } catch {
    return ''
  }
}
