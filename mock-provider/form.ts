import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type Koa from 'koa'

const LARGEST_FORM = 16 * 1024

/** Reads a posted form; `undefined` when it is none, or too large. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return undefined
  const text = await readText(request, LARGEST_FORM)
  return text === undefined ? undefined : new URLSearchParams(text)
}

export async function readText(
  request: IncomingMessage,
  largest: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > largest) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** A parameter of the address; the first, should it come more than once. */
export const firstOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

const CSRF_COOKIE = 'x-ms-cpim-csrf'

/** The browser's form token: the cookie and the hidden field must agree, as at B2C. */
export function csrfToken(ctx: Koa.Context): string {
  const known = ctx.cookies.get(CSRF_COOKIE)
  if (known) return known
  const token = randomBytes(24).toString('base64url')
  ctx.cookies.set(CSRF_COOKIE, token, { httpOnly: true, sameSite: 'lax', path: '/' })
  return token
}

/** Whether a form that was posted comes from a page of ours in this very browser. */
export const isOurForm = (ctx: Koa.Context, form: URLSearchParams): boolean =>
  isOurRequest(ctx, form.get('csrf_token') ?? '')

/** @param token - what the request brings besides the cookie: a field, a header, a parameter. */
export function isOurRequest(ctx: Koa.Context, token: string): boolean {
  // Cookies of `localhost` are shared by all its ports, so the cookie alone is not enough.
  const site = ctx.get('sec-fetch-site')
  if (site !== '' && site !== 'same-origin') return false
  const cookie = Buffer.from(ctx.cookies.get(CSRF_COOKIE) ?? '')
  const field = Buffer.from(token)
  return cookie.length > 0 && cookie.length === field.length && timingSafeEqual(cookie, field)
}
