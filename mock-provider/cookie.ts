import type Koa from 'koa'

/** How cookies are set: for the life of the browser, since the server alone judges time. */
export const COOKIE = { httpOnly: true, sameSite: 'lax', path: '/' } as const

/**
 * B2C's cookies go along from everywhere, also into a frame that an application hides in its page
 * to learn whether there is a session. Browsers allow that over https alone, where koa marks every
 * cookie `Secure`.
 */
export async function cookiesAcrossSites(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  await next()
  const cookies = ctx.response.headers['set-cookie']
  if (!Array.isArray(cookies)) return
  ctx.set(
    'set-cookie',
    cookies.map((cookie) => cookie.replace(/; samesite=lax/i, '; samesite=none')),
  )
}
