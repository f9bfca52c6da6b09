import { KeyObject, randomBytes, sign } from 'node:crypto'
import { SystemClock } from '../clock/clock.ts'
import { toSeconds } from '../clock/moment.ts'
import { type PublicDeviceJwk, thumbprint, webCryptoDeviceKey } from '../protocol/dpop/key.ts'

/** A device of the load: its key, and the part of its proofs that never changes. */
export interface BenchDevice {
  readonly jwk: PublicDeviceJwk
  readonly jkt: string
  readonly privateKey: KeyObject
  /** The encoded header of its proofs. */
  readonly header: string
}

const clock = new SystemClock()

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

// By WebCrypto: on Node 20, exporting keys from generateKeyPairSync by the thousand hangs the process.
export async function makeDevice(): Promise<BenchDevice> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  const jwk = await webCryptoDeviceKey(pair).publicJwk()
  return {
    jwk,
    jkt: await thumbprint(jwk),
    privateKey: KeyObject.from(pair.privateKey),
    header: encode({ typ: 'dpop+jwt', alg: 'ES256', jwk }),
  }
}

/** Some at a time: thousands of keys at once only wait for the thread pool. */
export async function makeDevices(count: number): Promise<readonly BenchDevice[]> {
  const devices: BenchDevice[] = []
  while (devices.length < count) {
    const few = Math.min(64, count - devices.length)
    devices.push(...(await Promise.all(Array.from({ length: few }, makeDevice))))
  }
  return devices
}

/**
 * A fresh proof. Made without WebCrypto, whose thread pool would take time from the servers that are
 * measured: protocol/dpop/proof.ts costs five times as much.
 */
export function makeProof(device: BenchDevice, url: string, nonce: string | undefined): string {
  const claims = {
    jti: randomBytes(16).toString('base64url'),
    htm: 'POST',
    htu: url,
    iat: toSeconds(clock.now()),
    ...(nonce === undefined ? {} : { nonce }),
  }
  const signed = `${device.header}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), {
    key: device.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${signed}.${signature.toString('base64url')}`
}
