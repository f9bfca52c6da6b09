import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'

/** An address that a name led to, as Node's connections take it. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/** Finds all addresses of a name; passed in, so that tests need no name server. */
export type Resolve = (host: string) => Promise<readonly Address[]>

/** As the machine resolves names, in its order. */
export const resolveBySystem: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }))

/** Addresses that look public and answer only inside: Azure's platform. */
const INSIDE = [ipaddr.IPv4.parseCIDR('168.63.129.16/32')]

/** All that was ever given out for the public IPv6 internet (RFC 4291 §2.4, IANA). */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an address is no address of the public internet: this machine, a private network, the
 * metadata of a cloud, several machines at once, or one of these in the clothes of another. Whatever
 * is not known to be public counts as internal.
 */
export function isInternal(address: string): boolean {
  if (!ipaddr.isValid(address)) return true
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return true
  return parsed instanceof ipaddr.IPv6
    ? !parsed.match(PUBLIC_IPV6)
    : INSIDE.some((range) => parsed.match(range))
}

export type Target =
  | { readonly kind: 'reachable'; readonly addresses: readonly Address[] }
  | { readonly kind: 'internal' }
  | { readonly kind: 'unknown' }

/**
 * Where an endpoint's address leads at this moment. It is looked up once for each attempt, and the
 * connection goes to what was checked and to nothing else: a name that leads elsewhere a moment later
 * (DNS rebinding) leads nowhere (notes/standards.md W-8). One internal address among several is enough to
 * be refused.
 *
 * @param allowed origins that may be internal
 */
export async function findTarget(
  url: URL,
  allowed: readonly string[],
  resolve: Resolve,
): Promise<Target> {
  const addresses = await addressesOf(url.hostname, resolve)
  if (addresses.length === 0) return { kind: 'unknown' }
  if (!allowed.includes(url.origin) && addresses.some(({ address }) => isInternal(address))) {
    return { kind: 'internal' }
  }
  return { kind: 'reachable', addresses }
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<readonly Address[]> {
  // URL has turned 0x7f.1 and 2130706433 into 127.0.0.1 already.
  const host = hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(host)) return [{ address: host, family: host.includes(':') ? 6 : 4 }]
  try {
    return await resolve(host)
  } catch {
    return []
  }
}
