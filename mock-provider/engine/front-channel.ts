import type Koa from 'koa'
import type { OAuthError } from '../dialect/b2c/errors.ts'

/** Errors that go back through the browser get B2C's words and lose `iss`. */
export function rewordFrontChannel(
  ctx: Koa.Context,
  reword: (error: OAuthError) => OAuthError,
): void {
  if (typeof ctx.body === 'string') {
    ctx.body = ctx.body.replace(/<input type="hidden" name="iss"[^>]*>/, '')
  }
  const location = ctx.response.get('location')
  if (!/[?#&]error=/.test(location)) return
  const to = new URL(location)
  const inFragment = to.hash !== ''
  const parameters = inFragment ? new URLSearchParams(to.hash.slice(1)) : to.searchParams
  parameters.delete('iss')
  const { error, error_description } = reword({
    error: parameters.get('error') ?? '',
    error_description: parameters.get('error_description') ?? '',
  })
  parameters.set('error', error)
  parameters.set('error_description', error_description)
  if (inFragment) to.hash = parameters.toString()
  // Keeps the status, and makes the body say the same.
  ctx.redirect(to.href)
}
