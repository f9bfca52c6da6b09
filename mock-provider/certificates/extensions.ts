import { createHash, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
} from './der.ts'

/**
 * Of a certificate that signs others: those of servers alone, and only for these domains, what is
 * below them, and this machine's loopback addresses.
 */
export const forAuthority = (key: KeyObject, domains: readonly string[]): readonly Buffer[] => [
  critical(BASIC_CONSTRAINTS, sequence(boolean(true), integer(Buffer.of(0)))),
  critical(KEY_USAGE, bitString(Buffer.of(0b0000_0100), 2)), // keyCertSign
  critical(NAME_CONSTRAINTS, sequence(explicit(0, ...domains.map(permitDomain), ...LOOPBACK))),
  extension(SUBJECT_KEY_IDENTIFIER, octetString(identifierOf(key))),
]

/**
 * Of a certificate that a server shows under these names and addresses.
 *
 * @param issuerKey - the authority's public key.
 */
export const forServer = (issuerKey: KeyObject, names: readonly string[]): readonly Buffer[] => [
  critical(BASIC_CONSTRAINTS, sequence()),
  critical(KEY_USAGE, bitString(Buffer.of(0b1000_0000), 7)), // digitalSignature
  extension(EXTENDED_KEY_USAGE, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // serverAuth
  extension(SUBJECT_ALTERNATIVE_NAME, sequence(...names.map(alternativeName))),
  extension(AUTHORITY_KEY_IDENTIFIER, sequence(implicit(0, identifierOf(issuerKey)))),
]

// RFC 5280 §4.2.1
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const NAME_CONSTRAINTS = '2.5.29.30'
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35'
const EXTENDED_KEY_USAGE = '2.5.29.37'

const extension = (id: string, content: Buffer): Buffer =>
  sequence(objectIdentifier(id), octetString(content))

/** One that must not be ignored by whoever doesn't know it. */
const critical = (id: string, content: Buffer): Buffer =>
  sequence(objectIdentifier(id), boolean(true), octetString(content))

const identifierOf = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)

// GeneralName (RFC 5280 §4.2.1.6)
const domainName = (name: string): Buffer => implicit(2, Buffer.from(name))
const ipAddress = (...bytes: readonly Buffer[]): Buffer => implicit(7, Buffer.concat(bytes))

const IPV6_LOOPBACK = Buffer.concat([Buffer.alloc(15), Buffer.of(1)])

/** 127.0.0.0/8 and ::1, each with its mask (RFC 5280 §4.2.1.10). */
const LOOPBACK = [
  ipAddress(Buffer.of(127, 0, 0, 0), Buffer.of(255, 0, 0, 0)),
  ipAddress(IPV6_LOOPBACK, Buffer.alloc(16, 0xff)),
].map((range) => sequence(range))

const permitDomain = (domain: string): Buffer => sequence(domainName(domain))

function alternativeName(name: string): Buffer {
  if (name === '::1') return ipAddress(IPV6_LOOPBACK)
  if (isIP(name) === 4) return ipAddress(Buffer.from(name.split('.').map(Number)))
  return domainName(name)
}
