import { hkdfSync } from 'node:crypto'
import type { Context } from 'koa'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { ServiceSettings } from '../settings.ts'
import type { Site } from '../site.ts'
import { hashOf, sameHash } from '../tokens/secret.ts'

/**
 * The key that a service calls us with, made from the secret that it shares with us already: HKDF-SHA-256
 * (RFC 5869) over the bytes of the secret, no salt, `latchkey service key` as info, 32 bytes, base64url
 * behind `lks_`. One secret to hand over and to rotate; and a key that leaks on its way to us signs no
 * webhook, for nothing leads from it back to the secret.
 *
 * @param secret `whsec_…`
 */
export function serviceKey(secret: string): string {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const key = hkdfSync('sha256', bytes, '', 'latchkey service key', 32)
  return `lks_${Buffer.from(key).toString('base64url')}`
}

/** A service, with every secret that holds at present: two while one of them is replaced. */
export interface KnownService {
  /** Where its webhooks go; names it in the log. */
  readonly url: string
  readonly secrets: readonly string[]
}

/** The service that calls with this key. Looks at all of them, always, so that time tells nothing. */
export function findCaller(
  services: readonly KnownService[],
  presented: string,
): KnownService | undefined {
  const hash = hashOf(presented)
  return services.filter(({ secrets }) =>
    secrets.map((secret) => sameHash(hash, hashOf(serviceKey(secret)))).includes(true),
  )[0]
}

/**
 * Lets a service of ours in: `Authorization: Bearer lks_…`. Everyone else hears the same, whatever was
 * wrong with what they sent.
 *
 * @throws LatchkeyError `invalid_token`, with `WWW-Authenticate: Bearer` (RFC 7662 §2.3, RFC 6750 §3)
 */
export function requireService(site: Pick<Site, 'settings'>, ctx: Context): KnownService {
  const [, key] = /^Bearer ([\w-]+)$/i.exec(ctx.get('Authorization')) ?? []
  const caller = key && findCaller(site.settings.services.map(known), key)
  if (caller) return caller
  ctx.set('WWW-Authenticate', 'Bearer')
  throw new LatchkeyError(
    'invalid_token',
    'Only services may ask this: send "Authorization: Bearer" with your service key.',
  )
}

const known = (service: ServiceSettings): KnownService => ({
  url: service.url,
  secrets: secretsOf(service),
})

/** All secrets of a service that hold at present, the newest first. */
export const secretsOf = ({ secret, previous_secret }: ServiceSettings): readonly string[] =>
  previous_secret === undefined ? [secret] : [secret, previous_secret]
