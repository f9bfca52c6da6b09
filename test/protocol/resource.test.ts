import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { HOUR, type Moment, SECOND, toSeconds } from '../../clock/moment.ts'
import { type DeviceKey, thumbprint, webCryptoDeviceKey } from '../../protocol/dpop/key.ts'
import { ProofNonces } from '../../protocol/dpop/nonce.ts'
import { createProof } from '../../protocol/dpop/proof.ts'
import { SeenProofs } from '../../protocol/dpop/seen.ts'
import { checkResourceRequest } from '../../protocol/resource.ts'

const NOW: Moment = 1_750_000_000_000
const ISSUER = 'http://127.0.0.1:3000'
const AUDIENCE = 'http://127.0.0.1:3100'
const URL_ = 'http://127.0.0.1:3100/notes'

let key: DeviceKey
let jkt: string
let signer: { privateKey: CryptoKey; jwk: JWK }
let nonces: ProofNonces
let seen: SeenProofs

const newDeviceKey = async (): Promise<DeviceKey> =>
  webCryptoDeviceKey(
    await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]),
  )

const newSigner = async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { privateKey, jwk: await exportJWK(publicKey) }
}

beforeEach(async () => {
  key = await newDeviceKey()
  jkt = await thumbprint(await key.publicJwk())
  signer = await newSigner()
  nonces = new ProofNonces()
  seen = new SeenProofs()
})

const claims = () => ({
  iss: ISSUER,
  sub: 'usr_bob',
  aud: AUDIENCE,
  client_id: 'latchkey-desktop',
  iat: toSeconds(NOW),
  exp: toSeconds(NOW + HOUR),
  jti: 'at_1',
  sid: 'session',
  auth_time: toSeconds(NOW),
  cnf: { jkt },
  account: { id: 'acc_1', name: 'Acme', role: 'member' },
  subscription: {
    id: 'sub_1',
    plan: 'pro',
    status: 'active',
    trial_ends_at: null,
    period_ends_at: null,
  },
})

const issue = (
  more: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  privateKey: CryptoKey | Uint8Array = signer.privateKey,
) =>
  new SignJWT({ ...claims(), ...more })
    .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid: 'k1', ...header })
    .sign(privateKey)

const prove = (token: string, by: DeviceKey = key) =>
  createProof(by, {
    method: 'GET',
    url: URL_,
    now: NOW,
    nonce: nonces.issue(NOW),
    accessToken: token,
  })

const check = (authorization: string | undefined, proofs: readonly string[], now = NOW) =>
  checkResourceRequest(
    { method: 'GET', url: URL_, authorization, proofs },
    {
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: createLocalJWKSet({ keys: [{ ...signer.jwk, kid: 'k1', alg: 'ES256' }] }),
      now,
      nonces,
      seen,
    },
  )

const refused = { name: 'LatchkeyError', code: 'invalid_token', status: 401 }
const badProof = { name: 'LatchkeyError', code: 'invalid_dpop_proof' }

test('a bound token with the proof of its key is taken, and tells its claims', async () => {
  const token = await issue({ extra: 'not ours' })
  expect(await check(`DPoP ${token}`, [await prove(token)])).toEqual(claims())
  await expect(check(`dpop ${token}`, [await prove(token)])).resolves.toBeTruthy()
})

describe('a bound token is worthless without its key', () => {
  test('as a Bearer token, with a proof or without', async () => {
    const token = await issue()
    await expect(check(`Bearer ${token}`, [])).rejects.toMatchObject(refused)
    await expect(check(`Bearer ${token}`, [await prove(token)])).rejects.toMatchObject(refused)
  })

  test('without a proof', async () => {
    await expect(check(`DPoP ${await issue()}`, [])).rejects.toMatchObject(badProof)
  })

  test('with a proof of another key', async () => {
    const token = await issue()
    const proof = await prove(token, await newDeviceKey())
    await expect(check(`DPoP ${token}`, [proof])).rejects.toMatchObject(refused)
  })

  test('with a proof that was made for another token of the same device', async () => {
    const token = await issue()
    const proof = await prove(await issue({ jti: 'at_2' }))
    await expect(check(`DPoP ${token}`, [proof])).rejects.toMatchObject(badProof)
  })

  test('with a proof used before', async () => {
    const token = await issue()
    const proof = await prove(token)
    await check(`DPoP ${token}`, [proof])
    await expect(check(`DPoP ${token}`, [proof])).rejects.toMatchObject(badProof)
  })
})

test('a token that is bound to no key goes as Bearer, and not as DPoP', async () => {
  const token = await issue({ cnf: undefined })
  await expect(check(`Bearer ${token}`, [])).resolves.toMatchObject({ sub: 'usr_bob' })
  await expect(check(`DPoP ${token}`, [await prove(token)])).rejects.toMatchObject(refused)
})

test('59 min 59 s after its issue a token is taken; at 60 min it is not', async () => {
  const token = await issue({ cnf: undefined })
  await expect(check(`Bearer ${token}`, [], NOW + HOUR - SECOND)).resolves.toBeTruthy()
  await expect(check(`Bearer ${token}`, [], NOW + HOUR)).rejects.toMatchObject(refused)
})

/** Unbound tokens, so that nothing but the named fault can be why they are refused. */
const WRONG: Record<string, () => Promise<string>> = {
  'an ID token: typ JWT': () => issue({ cnf: undefined }, { typ: 'JWT' }),
  'no typ at all': () => issue({ cnf: undefined }, { typ: undefined }),
  'a logout token: typ logout+jwt': () => issue({ cnf: undefined }, { typ: 'logout+jwt' }),
  'a security event: typ secevent+jwt': () => issue({ cnf: undefined }, { typ: 'secevent+jwt' }),
  'a DPoP proof in its place': () => issue({ cnf: undefined }, { typ: 'dpop+jwt' }),
  'another issuer': () => issue({ cnf: undefined, iss: 'http://127.0.0.1:3001' }),
  'an issuer that ends otherwise': () => issue({ cnf: undefined, iss: `${ISSUER}/` }),
  'another audience': () => issue({ cnf: undefined, aud: 'http://127.0.0.1:9' }),
  'no audience': () => issue({ cnf: undefined, aud: undefined }),
  'no end': () => issue({ cnf: undefined, exp: undefined }),
  'not begun': () => issue({ cnf: undefined, nbf: toSeconds(NOW) + 1 }),
  'no session': () => issue({ cnf: undefined, sid: undefined }),
  'a role that does not exist': () =>
    issue({ cnf: undefined, account: { id: 'acc_1', name: 'Acme', role: 'god' } }),
  'a binding to nothing': () => issue({ cnf: {} }),
  'signed by a stranger under our kid': async () =>
    issue({ cnf: undefined }, {}, (await newSigner()).privateKey),
  'signed by the key that it brings along': async () => {
    const stranger = await newSigner()
    return issue({ cnf: undefined }, { jwk: stranger.jwk }, stranger.privateKey)
  },
  'signed by a key that it links to': async () => {
    const stranger = await newSigner()
    const header = { jku: 'http://evil.test/jwks', kid: 'evil' }
    return issue({ cnf: undefined }, header, stranger.privateKey)
  },
  'HS256 keyed with our public key': () =>
    issue(
      { cnf: undefined },
      { alg: 'HS256' },
      new TextEncoder().encode(JSON.stringify(signer.jwk)),
    ),
  'alg none': async () => {
    const [, payload] = (await issue({ cnf: undefined })).split('.')
    return `${Buffer.from('{"typ":"at+jwt","alg":"none"}').toString('base64url')}.${payload}.`
  },
  'not a JWT': async () => 'opaque',
}

describe('a token with one thing wrong is refused', () => {
  test.for(Object.entries(WRONG))('%s', async ([, make]) => {
    const token = await make()
    await expect(check(`Bearer ${token}`, [])).rejects.toMatchObject(refused)
    await expect(check(`DPoP ${token}`, [await prove(token)])).rejects.toMatchObject(refused)
  })
})

test.for([
  undefined,
  '',
  'DPoP',
  'Bearer ',
  'Basic dXNlcjpwYXNz',
  'Bearer two tokens',
  'Bearer a,b',
  'Token abc',
])('the header %s brings no token', async (authorization) => {
  await expect(check(authorization, [])).rejects.toMatchObject(refused)
})

test('a refusal never quotes the token', async () => {
  const token = await issue({ aud: 'elsewhere' })
  const error = (await check(`Bearer ${token}`, []).catch((error: unknown) => error)) as Error
  expect(error.message).not.toContain(token.slice(0, 12))
})
