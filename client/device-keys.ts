import { type DeviceKey, webCryptoDeviceKey } from '../protocol/dpop/key.ts'
import type { DeviceKeys } from './ports.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/**
 * A device key whose private JWK travels in the engine's secret entry: for platforms whose best
 * vault is that entry (the OS keychain). Where WebCrypto can hold a key that nobody can read out,
 * as in an extension, use that instead.
 */
export const keptDeviceKeys: DeviceKeys = {
  async load(kept) {
    return kept === undefined ? undefined : readKey(kept)
  },

  async create() {
    const pair = await crypto.subtle.generateKey(P256, true, ['sign', 'verify'])
    const { x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey)
    return { key: webCryptoDeviceKey(pair), keep: JSON.stringify({ x, y, d }) }
  },
}

/** `undefined` when what was kept is no key: that one is lost. */
async function readKey(kept: string): Promise<DeviceKey | undefined> {
  try {
    const { x, y, d } = JSON.parse(kept) as Record<'x' | 'y' | 'd', string>
    const open: JsonWebKey = { kty: 'EC', crv: 'P-256', x, y }
    const [publicKey, privateKey] = await Promise.all([
      crypto.subtle.importKey('jwk', open, P256, true, ['verify']),
      crypto.subtle.importKey('jwk', { ...open, d }, P256, false, ['sign']),
    ])
    return webCryptoDeviceKey({ publicKey, privateKey })
  } catch {
    return undefined
  }
}
