import { type KeyObject, randomBytes, sign } from 'node:crypto'
import { type Moment, toIso } from '../../clock/moment.ts'
import {
  bitString,
  explicit,
  integer,
  objectIdentifier,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'

export interface CertificateDescription {
  /** Its common name, which people read in a browser's dialogue. */
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly from: Moment
  readonly until: Moment
  readonly extensions: readonly Buffer[]
}

/**
 * Signs a certificate (RFC 5280 §4.1).
 *
 * @param signer - the issuer's private key, on P-256.
 * @returns it as PEM.
 */
export function issueCertificate(description: CertificateDescription, signer: KeyObject): string {
  const { subject, issuer, publicKey, from, until, extensions } = description
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2')) // ecdsa-with-SHA256
  const unsigned = sequence(
    explicit(0, integer(Buffer.of(2))), // version 3
    integer(serialNumber()),
    algorithm,
    commonName(issuer),
    sequence(time(toIso(from)), time(toIso(until))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  )
  return toPem(sequence(unsigned, algorithm, bitString(sign('sha256', unsigned, signer))))
}

const commonName = (name: string): Buffer =>
  sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(name))))

/** Positive and 16 bytes long, and nobody can guess it (RFC 5280 §4.1.2.2). */
function serialNumber(): Buffer {
  const number = randomBytes(16)
  number[0] = ((number[0] ?? 0) & 0x3f) | 0x40
  return number
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
