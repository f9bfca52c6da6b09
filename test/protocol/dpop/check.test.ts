import { base64url, exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, type Moment, SECOND } from '../../../clock/moment.ts'
import { checkProof, type ProofExpectations } from '../../../protocol/dpop/check.ts'
import { webCryptoDeviceKey } from '../../../protocol/dpop/key.ts'
import { NONCE_LIFE, ProofNonces } from '../../../protocol/dpop/nonce.ts'
import { accessTokenHash, createProof } from '../../../protocol/dpop/proof.ts'
import { SeenProofs } from '../../../protocol/dpop/seen.ts'
import { goodParts, newKey, type ProofParts, sign, unsigned } from './independent-proof.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const URL_ = 'http://127.0.0.1:3000/token'
const NOW: Moment = 1_750_000_000_000
const TOKEN = 'an.access.token'

let nonces: ProofNonces
let seen: SeenProofs
let good: ProofParts

beforeEach(async () => {
  nonces = new ProofNonces()
  seen = new SeenProofs()
  good = await goodParts({ method: 'POST', url: URL_, now: NOW, nonce: nonces.issue(NOW) })
})

const check = (proof: string | readonly string[], more: Partial<ProofExpectations> = {}) =>
  checkProof({
    headers: typeof proof === 'string' ? [proof] : proof,
    method: 'POST',
    url: URL_,
    now: NOW,
    nonces,
    seen,
    ...more,
  })

const withClaims = (claims: Record<string, unknown>): ProofParts => ({
  ...good,
  claims: { ...good.claims, ...claims },
})

const withHeader = (header: Record<string, unknown>, key = good.key): ProofParts => ({
  ...good,
  header: { ...good.header, ...header },
  key,
})

const without = (claim: string): ProofParts => {
  const { [claim]: _gone, ...claims } = good.claims
  return { ...good, claims }
}

const refusal = { name: 'LatchkeyError', code: 'invalid_dpop_proof', status: 400 }

test('a good proof names its key by thumbprint (RFC 7638, RFC 9449 §6.1)', async () => {
  const { jkt, jwk } = await check(await sign(good))
  expect(jwk).toEqual(good.header.jwk)
  const { kty, crv, x, y } = jwk
  const canonical = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }))
  const digest = await crypto.subtle.digest('SHA-256', canonical)
  expect(jkt).toBe(base64url.encode(new Uint8Array(digest)))
})

type Mutation = () => Promise<string | readonly string[]>

const otherCurve = async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true })
  return sign(withHeader({ alg: 'ES384', jwk: await exportJWK(publicKey) }, privateKey))
}

/** RFC 9449 §4.3, each of its checks failed by one change to a good proof. */
const MUTATIONS: Record<string, Mutation> = {
  '1: no header': async () => [],
  '1: two headers, both good': async () => [
    await sign(good),
    await sign(withClaims({ jti: 'j2345678' })),
  ],
  '1: the same header twice': async () => Array(2).fill(await sign(good)),
  '1: two proofs joined by a comma': async () => `${await sign(good)},${await sign(good)}`,
  '2: empty': async () => '',
  '2: not a JWT': async () => 'proof',
  '2: four parts': async () => `${await sign(good)}.x`,
  '2: header is not JSON': async () => (await sign(good)).replace(/^[^.]+/, 'e30x'),
  '2: payload is not an object': async () => {
    const [header, , signature] = (await sign(good)).split('.')
    return [header, base64url.encode('"text"'), signature].join('.')
  },
  ...Object.fromEntries(
    ['jti', 'htm', 'htu', 'iat'].map((claim) => [`3: no ${claim}`, () => sign(without(claim))]),
  ),
  '3: jti of another type': () => sign(withClaims({ jti: 12345678 })),
  '3: jti too short to be unique': () => sign(withClaims({ jti: 'j' })),
  '3: jti longer than any honest one': () => sign(withClaims({ jti: 'j'.repeat(257) })),
  '3: iat of another type': async () => {
    // jose refuses to sign such a one, so it is signed by hand.
    return signByHand(withClaims({ iat: '1750000000' }))
  },
  '4: typ JWT': () => sign(withHeader({ typ: 'JWT' })),
  '4: typ at+jwt': () => sign(withHeader({ typ: 'at+jwt' })),
  '4: no typ': () => sign(withHeader({ typ: undefined })),
  '5: alg none': async () => unsigned(withHeader({ alg: 'none' })),
  '5: alg HS256 keyed with the public key': () =>
    sign(withHeader({ alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(good.header.jwk)))),
  '5: alg HS256 with its own secret in the header': () => {
    const secret = crypto.getRandomValues(new Uint8Array(32))
    return sign(
      withHeader({ alg: 'HS256', jwk: { kty: 'oct', k: base64url.encode(secret) } }, secret),
    )
  },
  '5: alg RS256': async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    return sign(withHeader({ alg: 'RS256', jwk: await exportJWK(publicKey) }, privateKey))
  },
  '5: alg ES384, another curve': otherCurve,
  '5: an unknown critical header': async () =>
    signByHand(withHeader({ crit: ['x-new'], 'x-new': true })),
  '6: no jwk': () => sign(withHeader({ jwk: undefined })),
  '6: jwk is text': () => sign(withHeader({ jwk: 'key' })),
  '6: signed by another key': async () => sign({ ...good, key: (await newKey()).privateKey }),
  '6: a changed claim': async () => {
    const [header, , signature] = (await sign(good)).split('.')
    const claims = base64url.encode(JSON.stringify({ ...good.claims, extra: 1 }))
    return [header, claims, signature].join('.')
  },
  '6: no signature': async () => unsigned(good),
  '6: a signature of zeros': async () => unsigned(good, base64url.encode(new Uint8Array(64))),
  '6: a point that is not on the curve': () =>
    sign(withHeader({ jwk: { ...Object(good.header.jwk), x: 'A'.repeat(43) } })),
  '6: a coordinate in the alphabet of plain base64': () =>
    sign(withHeader({ jwk: { ...Object(good.header.jwk), x: `+${'A'.repeat(42)}` } })),
  '6: the same key written in another way, which would have another thumbprint': () => {
    const jwk = Object(good.header.jwk)
    const last = ALPHABET.indexOf(jwk.x.at(-1))
    return sign(withHeader({ jwk: { ...jwk, x: jwk.x.slice(0, -1) + ALPHABET[last + 1] } }))
  },
  '7: the private key in the header': async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    return sign(withHeader({ jwk: await exportJWK(privateKey) }, privateKey))
  },
  '8: another method': () => sign(withClaims({ htm: 'GET' })),
  '8: the method in small letters': () => sign(withClaims({ htm: 'post' })),
  ...Object.fromEntries(
    [
      'http://127.0.0.1:3000/refresh',
      'http://127.0.0.1:3000/token/',
      'http://127.0.0.1:3000/Token',
      'http://127.0.0.1:3001/token',
      'http://127.0.0.1/token',
      'http://localhost:3000/token',
      'https://127.0.0.1:3000/token',
      'http://evil.test/http://127.0.0.1:3000/token',
      '/token',
      '',
    ].map((htu) => [`9: htu ${htu || 'empty'}`, () => sign(withClaims({ htu }))]),
  ),
  'too long': () => sign(withClaims({ padding: 'x'.repeat(4_096) })),
}

/** ES256 over any header and claims at all, also those that jose would not sign. */
async function signByHand(parts: ProofParts): Promise<string> {
  const [header, claims] = unsigned(parts).split('.')
  const data = new TextEncoder().encode(`${header}.${claims}`)
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(algorithm, parts.key as CryptoKey, data)
  return `${header}.${claims}.${base64url.encode(new Uint8Array(signature))}`
}

describe('the checks of RFC 9449 §4.3: one thing wrong, and the proof is refused', () => {
  test.for(Object.entries(MUTATIONS))('%s', async ([, mutation]) => {
    await expect(check(await mutation())).rejects.toMatchObject(refusal)
  })

  test('a proof signed by hand like those above, but right, is taken', async () => {
    await expect(check(await signByHand(good))).resolves.toBeTruthy()
  })

  test('who sends a private key hears just that, for it must be thrown away now', async () => {
    const proof = await MUTATIONS['7: the private key in the header']?.()
    await expect(check(proof ?? '')).rejects.toThrow(/private key: never send it/)
  })

  test('the sentence says what to do, and never quotes the proof', async () => {
    for (const mutation of Object.values(MUTATIONS)) {
      const proof = await mutation()
      const error = await check(proof).catch((error: unknown) => error)
      const { message } = error as Error
      expect(message).toMatch(/^[A-Z].+\.$/)
      for (const part of [proof].flat().filter((text) => text.length > 20)) {
        expect(message).not.toContain(part.slice(0, 20))
      }
    }
  })
})

describe('htu is compared in the URL standard’s normal form, without query and fragment', () => {
  test.for([
    ['http://127.0.0.1:3000/token', 'http://127.0.0.1:3000/token?a=1'],
    ['http://127.0.0.1:3000/token?b=2#part', 'http://127.0.0.1:3000/token'],
    ['HTTP://127.0.0.1:3000/token', 'http://127.0.0.1:3000/token'],
    ['https://ID.Example.TEST/token', 'https://id.example.test/token'],
    ['https://id.example.test:443/token', 'https://id.example.test/token'],
    ['http://id.example.test/token', 'http://id.example.test:80/token'],
    ['http://127.0.0.1:3000/a/../token', 'http://127.0.0.1:3000/token'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/'],
  ] as const)('%s is %s', async ([htu, url]) => {
    await expect(check(await sign(withClaims({ htu })), { url })).resolves.toBeTruthy()
  })
})

describe('10: the nonce says when the proof was made', () => {
  const asks = { code: 'use_dpop_nonce', status: 400 }

  test('no nonce: asked to make it again with one', async () => {
    await expect(check(await sign(without('nonce')))).rejects.toMatchObject(asks)
  })

  test('a nonce is taken for five minutes to the millisecond, and no longer', async () => {
    const proof = await sign(good)
    await expect(check(proof, { now: NOW + NONCE_LIFE + 1 })).rejects.toMatchObject(asks)
    await expect(check(proof, { now: NOW + NONCE_LIFE })).resolves.toBeTruthy()
  })

  test('a nonce of another process, or of this one before its restart: asked again', async () => {
    const nonce = new ProofNonces().issue(NOW)
    await expect(check(await sign(withClaims({ nonce })))).rejects.toMatchObject(asks)
  })

  test('a nonce from the future, a made-up one, an empty one: asked again', async () => {
    for (const nonce of [nonces.issue(NOW + SECOND), 'nonce', '', 'A'.repeat(30)]) {
      await expect(check(await sign(withClaims({ nonce })))).rejects.toMatchObject(asks)
    }
  })

  test('a refused nonce does not use the proof up, nor does any other refusal before it', async () => {
    const proof = await sign(good)
    await expect(check(proof, { now: NOW + DAY })).rejects.toMatchObject(asks)
    await expect(check(proof, { method: 'GET' })).rejects.toMatchObject(refusal)
    await expect(check(proof)).resolves.toBeTruthy()
  })
})

describe('11: a device whose clock is wrong is served all the same', () => {
  test.for([
    ['three years slow', -3 * 365 * DAY],
    ['ten years fast', 10 * 365 * DAY],
  ] as const)('%s', async ([, wrong]) => {
    const iat = Math.floor((NOW + wrong) / SECOND)
    await expect(check(await sign(withClaims({ iat })))).resolves.toBeTruthy()
  })
})

describe('12: at a resource, the proof belongs to one access token', () => {
  const ath = (token: string) => accessTokenHash(token)

  test('the hash of this token is taken', async () => {
    const proof = await sign(withClaims({ ath: await ath(TOKEN) }))
    await expect(check(proof, { accessToken: TOKEN })).resolves.toBeTruthy()
  })

  test.for([
    ['the hash of another token', 'another.access.token'],
    ['the hash of nothing', ''],
    ['the token itself', undefined],
  ] as const)('%s is refused', async ([, hashed]) => {
    const claim = hashed === undefined ? TOKEN : await ath(hashed)
    const proof = await sign(withClaims({ ath: claim }))
    await expect(check(proof, { accessToken: TOKEN })).rejects.toMatchObject(refusal)
  })

  test('none is refused', async () => {
    await expect(check(await sign(good), { accessToken: TOKEN })).rejects.toMatchObject(refusal)
  })

  test('ath is the base64url of SHA-256: the example of RFC 9449 §7.1', async () => {
    const token = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
    expect(await ath(token)).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo')
  })
})

describe('a proof is used once', () => {
  test('the second time it is refused, at another address by htu and here by jti', async () => {
    const proof = await sign(good)
    await check(proof)
    await expect(check(proof)).rejects.toMatchObject(refusal)
    await expect(check(proof, { now: NOW + NONCE_LIFE })).rejects.toMatchObject(refusal)
  })

  test('the same jti in another proof of the same key is a replay; of another key it is not', async () => {
    await check(await sign(good))
    await expect(check(await sign(withClaims({ extra: 1 })))).rejects.toMatchObject(refusal)
    const { privateKey, jwk } = await newKey()
    await expect(check(await sign(withHeader({ jwk }, privateKey)))).resolves.toBeTruthy()
  })

  test('presented twice at once, it is taken once', async () => {
    const proof = await sign(good)
    const outcomes = await Promise.allSettled([check(proof), check(proof), check(proof)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('whoever follows the standard is understood', () => {
  test('our own proofs', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])
    const proof = await createProof(webCryptoDeviceKey(pair), {
      method: 'POST',
      url: `${URL_}?with=query#and-fragment`,
      now: 0,
      nonce: nonces.issue(NOW),
      accessToken: TOKEN,
    })
    await expect(check(proof, { accessToken: TOKEN })).resolves.toBeTruthy()
  })

  test('oauth4webapi’s proofs: first asked for a nonce, then taken', async () => {
    const keys = await oauth.generateKeyPair('ES256')
    const DPoP = oauth.DPoP({}, keys)
    const answers: unknown[] = []
    const url = 'http://127.0.0.1:3000/me'
    const request = (): Promise<Response> =>
      oauth.protectedResourceRequest(TOKEN, 'GET', new URL(`${url}?q=1`), undefined, undefined, {
        DPoP,
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: async (_url, { headers }) => {
          const proof = new Headers(headers).get('dpop') ?? ''
          const answer = await check(proof, { method: 'GET', url, accessToken: TOKEN }).catch(
            (error: { code: string }) => error.code,
          )
          answers.push(answer)
          if (typeof answer !== 'string') return new Response('{}')
          return new Response(null, {
            status: 401,
            headers: {
              'www-authenticate': `DPoP error="${answer}"`,
              'dpop-nonce': nonces.issue(NOW),
            },
          })
        },
      })
    await expect(request()).rejects.toSatisfy((error) => oauth.isDPoPNonceError(error))
    expect((await request()).status).toBe(200)
    const jkt = await DPoP.calculateThumbprint()
    expect(answers).toEqual(['use_dpop_nonce', expect.objectContaining({ jkt })])
  })
})
