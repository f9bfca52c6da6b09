import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type PeerCertificate } from 'node:tls'
import { expect, test } from 'vitest'
import { SystemClock } from '../../../clock/clock.ts'
import { DAY } from '../../../clock/moment.ts'
import {
  authorityFromPem,
  authorityToPem,
  createAuthority,
  issueCredentials,
} from '../../../mock-provider/certificates/authority.ts'

const now = new SystemClock().now()
const authority = createAuthority(now)

/** What a client that trusts the authority says of a server of that name. */
async function shown(host: string, servername: string, trusted = authority): Promise<string> {
  const server = createServer(issueCredentials(authority, host, now))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await new Promise((resolve) => {
      const ca = trusted.certificate.toString()
      const socket = connect({ host: '127.0.0.1', port, servername, ca }, () => {
        resolve('trusted')
        socket.destroy()
      })
      socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
        // Node knows no code for every reason of OpenSSL's.
        resolve(code === undefined || code === 'UNSPECIFIED' ? message : code),
      )
    })
  } finally {
    server.close()
  }
}

test('a client that trusts the authority trusts its servers, by their names alone', async () => {
  expect(await shown('localhost', 'localhost')).toBe('trusted')
  expect(await shown('contoso.b2clogin.com', 'contoso.b2clogin.com')).toBe('trusted')
  expect(await shown('localhost', 'contoso.b2clogin.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(await shown('localhost', 'localhost', createAuthority(now))).not.toBe('trusted')
})

test('it can’t speak for a bank, whoever has its key', async () => {
  expect(await shown('bank.example', 'bank.example')).toBe('permitted subtree violation')
})

test('the server’s certificate: names, dates and use', () => {
  const own = new X509Certificate(issueCredentials(authority, 'login.contoso.test', now).cert)
  for (const name of ['localhost', 'login.contoso.test']) {
    expect(own.checkHost(name)).toBe(name)
  }
  for (const address of ['127.0.0.1', '::1']) expect(own.checkIP(address)).toBe(address)
  expect(own.checkHost('contoso.b2clogin.com')).toBeUndefined()
  expect(own.checkIssued(authority.certificate)).toBe(true)
  expect(own.verify(authority.certificate.publicKey)).toBe(true)
  expect(own.ca).toBe(false)
  expect((own.toLegacyObject() as PeerCertificate).ext_key_usage).toEqual(['1.3.6.1.5.5.7.3.1'])
  // Apple's platforms take no longer ones.
  const life = Date.parse(own.validTo) - Date.parse(own.validFrom)
  expect(life).toBeLessThanOrEqual(826 * DAY)
  expect(Date.parse(own.validFrom)).toBeLessThan(now)
})

test('an authority is read again as it was written; ten years on it is near its end', () => {
  const pem = authorityToPem(authority)
  const read = authorityFromPem(pem, now)
  if (read.kind !== 'good') throw new Error(read.why)
  expect(read.authority.certificate.fingerprint256).toBe(authority.certificate.fingerprint256)
  expect(authorityFromPem(pem, now + 3_000 * DAY)).toEqual({
    kind: 'unusable',
    why: 'its certificate is near its end',
  })
})

const other = createAuthority(now)
const server = issueCredentials(authority, 'localhost', now)

test.each([
  ['nothing', '', 'it does not hold a key and a certificate as PEM'],
  [
    'the certificate alone',
    authority.certificate.toString(),
    'it does not hold a key and a certificate as PEM',
  ],
  [
    'another one’s key',
    authorityToPem({ ...authority, privateKey: other.privateKey }),
    'its key is not the one of its certificate',
  ],
  [
    'a server’s key and certificate',
    server.key + server.cert,
    'its certificate is another one than this program makes',
  ],
])('%s is no authority', (_, pem, why) => {
  expect(authorityFromPem(pem, now)).toEqual({ kind: 'unusable', why })
})
