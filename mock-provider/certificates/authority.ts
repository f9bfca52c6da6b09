import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { DAY, fromCertificateTime, type Moment } from '../../clock/moment.ts'
import { issueCertificate } from './certificate.ts'
import { forAuthority, forServer } from './extensions.ts'

/** The provider's own certificate authority: what clients are made to trust. */
export interface Authority {
  readonly certificate: X509Certificate
  readonly privateKey: KeyObject
}

/** What an https server shows, and proves. PEM, for `node:https`. */
export interface Credentials {
  readonly key: string
  /** Its own certificate and the authority's, which Chromium can then be told to trust by its key. */
  readonly cert: string
}

const NAME = 'Latchkey provider: local certificate authority'

/**
 * All that the authority can speak for, whoever gets hold of its key: browsers and OpenSSL refuse
 * everything else that it would sign.
 */
export const DOMAINS = ['localhost', 'b2clogin.com', 'test'] as const

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1']

const AUTHORITY_LIFE = 3_650 * DAY

/** The longest that Apple's platforms take; also from an authority that the user added. */
const SERVER_LIFE = 825 * DAY

/** Machines and virtual machines whose clocks are somewhat behind see the certificate, too. */
const BEHIND = DAY

/** @param now - the real time: no client judges a certificate by a clock that was moved. */
export function createAuthority(now: Moment): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = issueCertificate(
    {
      subject: NAME,
      issuer: NAME,
      publicKey,
      from: now - BEHIND,
      until: now + AUTHORITY_LIFE,
      extensions: forAuthority(publicKey, DOMAINS),
    },
    privateKey,
  )
  return { certificate: new X509Certificate(certificate), privateKey }
}

/**
 * Makes a key, and a certificate for it: as cheap as reading them from a file would be, so there is
 * nothing to renew, and nothing to keep.
 *
 * @param host - the name beside `localhost` and the loopback addresses.
 */
export function issueCredentials(authority: Authority, host: string, now: Moment): Credentials {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = [...new Set([...LOOPBACK_NAMES, host])]
  const own = issueCertificate(
    {
      subject: 'Latchkey provider',
      issuer: NAME,
      publicKey,
      from: now - BEHIND,
      until: now + SERVER_LIFE,
      extensions: forServer(authority.certificate.publicKey, names),
    },
    authority.privateKey,
  )
  return { key: pemOf(privateKey), cert: own + authority.certificate.toString() }
}

/** Key and certificate as one text, so that the two can't part. */
export const authorityToPem = ({ certificate, privateKey }: Authority): string =>
  pemOf(privateKey) + certificate.toString()

export type ReadAuthority =
  | { readonly kind: 'good'; readonly authority: Authority }
  /** `why` ends the sentence "It can't be used: …". */
  | { readonly kind: 'unusable'; readonly why: string }

/** Reads what {@link authorityToPem} wrote, however it was changed since. */
export function authorityFromPem(pem: string, now: Moment): ReadAuthority {
  let authority: Authority
  try {
    authority = { certificate: new X509Certificate(pem), privateKey: createPrivateKey(pem) }
  } catch {
    return { kind: 'unusable', why: 'it does not hold a key and a certificate as PEM' }
  }
  const { certificate, privateKey } = authority
  if (!certificate.checkPrivateKey(privateKey)) {
    return { kind: 'unusable', why: 'its key is not the one of its certificate' }
  }
  if (certificate.subject !== `CN=${NAME}` || !certificate.ca) {
    return { kind: 'unusable', why: 'its certificate is another one than this program makes' }
  }
  if (fromCertificateTime(certificate.validTo) < now + SERVER_LIFE) {
    return { kind: 'unusable', why: 'its certificate is near its end' }
  }
  return { kind: 'good', authority }
}

/** How Chromium names a key that it is told to trust: the SHA-256 of it with its kind, in base64. */
export const pinOf = ({ certificate }: Authority): string =>
  createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
