import { createHmac } from 'node:crypto'
import { exportSPKI, importJWK } from 'jose'
import type Koa from 'koa'
import type { Clock } from '../../clock/clock.ts'
import { DAY, HOUR, toSeconds } from '../../clock/moment.ts'
import { createKeys, type SigningKeys } from '../keys.ts'
import type { Fault } from './catalogue.ts'
import type { FaultSet, Faults } from './faults.ts'

/** Whose tokens ours are not. */
export const OTHER_ISSUER = 'https://login.example.test/other/v2.0/'

type Claims = Readonly<Record<string, unknown>>

/** What each fault makes of a token's claims; `undefined`: there is nothing in this one to spoil. */
const CLAIM_FAULTS: Partial<
  Record<Fault, (claims: Claims, now: number, set: FaultSet) => Claims | undefined>
> = {
  'wrong-issuer': (claims) => ({ ...claims, iss: OTHER_ISSUER }),
  'wrong-audience': (claims) => ({ ...claims, aud: '00000000-0000-4000-8000-000000000000' }),
  'wrong-nonce': (claims) => ('nonce' in claims ? { ...claims, nonce: 'another' } : undefined),
  'wrong-policy': (claims) => ({ ...claims, tfp: 'B2C_1_another' }),
  expired: (claims, now) => ({
    ...claims,
    iat: now - 2 * toSeconds(HOUR),
    nbf: now - 2 * toSeconds(HOUR),
    exp: now - toSeconds(HOUR),
  }),
  'from-the-future': (claims, now) => ({
    ...claims,
    iat: now + toSeconds(HOUR),
    nbf: now + toSeconds(HOUR),
    exp: now + 2 * toSeconds(HOUR),
  }),
  'stale-sign-in': (claims, now) =>
    'auth_time' in claims ? { ...claims, auth_time: now - toSeconds(DAY) } : undefined,
  'missing-claim': (claims, _now, { claim = 'tfp' }) => {
    if (!(claim in claims)) return undefined
    const { [claim]: _, ...rest } = claims
    return rest
  },
  'no-emails': (claims) => ('emails' in claims ? { ...claims, emails: [] } : undefined),
  'always-new': (claims) => ('emails' in claims ? { ...claims, newUser: true } : undefined),
}

/** The signing keys, with a hand that is told what to do wrong. */
export function faultyKeys(keys: SigningKeys, faults: Faults, clock: Clock): SigningKeys {
  let foreign: Promise<SigningKeys> | undefined
  const foreignKeys = () => {
    foreign ??= createKeys()
    return foreign
  }

  function spoil(claims: Claims): Claims {
    let spoilt = claims
    for (const set of faults.all) {
      const change = CLAIM_FAULTS[set.fault]
      const changed = change?.(spoilt, toSeconds(clock.now()), set)
      // Only now: a fault for the next token waits for one that it can spoil.
      if (changed && faults.take(set.fault)) spoilt = changed
    }
    return spoilt
  }

  async function sign(given: Claims): Promise<string> {
    const claims = spoil(given)
    if (faults.take('unsigned')) return unsigned({ alg: 'none', typ: 'JWT' }, claims)
    if (faults.take('signed-by-published-key')) return signedByPublishedKey(keys, claims)
    if (faults.take('unknown-key')) return (await foreignKeys()).sign(claims)
    if (faults.take('foreign-signature')) return (await foreignKeys()).sign(claims, keys.kid)
    const token = await keys.sign(claims)
    return faults.take('broken-signature') ? withBrokenSignature(token) : token
  }

  return {
    ...keys,
    get kid() {
      return keys.kid
    },
    sign,
    async published() {
      return faults.take('unpublished-keys') ? (await foreignKeys()).published() : keys.published()
    },
  }
}

const part = (json: Claims): string => Buffer.from(JSON.stringify(json)).toString('base64url')

const unsigned = (header: Claims, claims: Claims): string => `${part(header)}.${part(claims)}.`

/** Whoever lets the token choose the algorithm takes the public key for a shared secret (RFC 8725 §2.1). */
async function signedByPublishedKey(keys: SigningKeys, claims: Claims): Promise<string> {
  const [published] = await keys.published()
  const key = await importJWK({ ...published }, 'RS256')
  if (key instanceof Uint8Array) throw new Error('The published key is no RSA key.')
  const begun = `${part({ alg: 'HS256', typ: 'JWT', kid: keys.kid })}.${part(claims)}`
  const secret = await exportSPKI(key)
  return `${begun}.${createHmac('sha256', secret).update(begun).digest('base64url')}`
}

function withBrokenSignature(token: string): string {
  const dot = token.lastIndexOf('.') + 1
  const signature = Buffer.from(token.slice(dot), 'base64url')
  signature[0] = (signature[0] ?? 0) ^ 1
  return token.slice(0, dot) + signature.toString('base64url')
}

/** The token answer without its ID token. */
export function loseIdToken(ctx: Koa.Context, faults: Faults): void {
  const { body } = ctx
  if (typeof body !== 'object' || body === null || !('id_token' in body)) return
  if (!faults.take('no-id-token')) return
  const { id_token: _, ...rest } = body
  ctx.body = rest
}
