import type { Context } from 'koa'
import { DAY, SECOND } from '../../clock/moment.ts'
import type { Browser } from '../sign-in/steps.ts'
import { hashOf } from '../tokens/secret.ts'

/**
 * `__Host-`: this host alone, this path, never over plain http, but for this machine's own
 * addresses (ASVS 3.3.1–3.3.4; measured on both browsers: notes/extension.md §3).
 */
const SESSION = '__Host-latchkey-session'
const INVITATION = '__Host-latchkey-invitation'

/**
 * What binds sign-ins to a browser. Two that begin at once, before the browser has any, get one each, by
 * names of their own: by the same name the second would take the place of the first, which then could not
 * be finished.
 */
const BINDING = '__Host-latchkey-browser-'

/** Another's value, or an empty one, must not bind a sign-in: anybody could have it too. */
const BINDINGS = /(?:^|; *)__Host-latchkey-browser-[\w-]{8}=([\w-]{43})(?=;|$)/g

/** Browsers keep their own time, so no deadline lives in a cookie: this is merely long (DESIGN §7). */
const LONG = (400 * DAY) / SECOND

export const readBrowser = (ctx: Context): Browser => ({
  bindings: [...ctx.get('Cookie').matchAll(BINDINGS)].flatMap(([, secret]) => secret ?? []),
  session: ctx.cookies.get(SESSION),
  address: ctx.ip,
})

// Written by hand: koa's cookies refuse Secure on plain http, which is right but for loopback.
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'

export const setBinding = (ctx: Context, secret: string): void =>
  ctx.append('Set-Cookie', `${BINDING}${hashOf(secret).slice(0, 8)}=${secret}; ${attributes}`)

export const setSession = (ctx: Context, secret: string): void =>
  ctx.append('Set-Cookie', `${SESSION}=${secret}; ${attributes}; Max-Age=${LONG}`)

export const wipeSession = (ctx: Context): void =>
  ctx.append('Set-Cookie', `${SESSION}=; ${attributes}; Max-Age=0`)

/** The link of an invitation that this browser opened last: kept out of the address from then on. */
export const readInvitation = (ctx: Context): string | undefined => ctx.cookies.get(INVITATION)

/** Until the browser is closed; the link itself says how long it is good. */
export const setInvitation = (ctx: Context, signed: string): void =>
  ctx.append('Set-Cookie', `${INVITATION}=${signed}; ${attributes}`)
