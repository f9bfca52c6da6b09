import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * The network that counts as one sender: an IPv4 address; of IPv6 the first 64 bits, for a household
 * gets that many at least (RFC 6177), and could use another address for each request.
 *
 * @param address as the connection or a proxy says it, perhaps with a port
 */
export function networkOf(address: string): string {
  const [, bracketed, plain] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(address) ?? []
  const host = bracketed ?? plain ?? address
  if (isIPv4(host)) return host
  // Proxies that don't know write "unknown", or something of theirs.
  if (!ipaddr.isValid(host)) return 'unknown'
  const parsed = ipaddr.process(host)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  const [a, b, c, d] = parsed.parts.map((part) => part.toString(16))
  return `${a}:${b}:${c}:${d}::/64`
}
