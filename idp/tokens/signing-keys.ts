import { chmod, open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose'
import * as v from 'valibot'
import { StartError } from '../start-error.ts'

const PrivateJwk = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: v.string(),
  y: v.string(),
  d: v.string(),
  kid: v.string(),
})

const KeyFile = v.object({ keys: v.pipe(v.array(PrivateJwk), v.minLength(1)) })

/** The keys that access tokens are signed with. The newest signs, all of them are published. */
export interface SigningKeys {
  readonly kid: string
  readonly privateKey: CryptoKey
  /** What `GET /jwks` answers (RFC 7517 §5). */
  readonly published: JSONWebKeySet
  /** For verifying our own tokens. */
  readonly verifyKeys: JWTVerifyGetKey
}

/**
 * Reads the signing keys of a data folder, and makes one at the first start. The folder must be ours
 * already (its lock is held), so nobody else makes keys at the same moment.
 *
 * @throws StartError when the file is not what we wrote.
 */
export async function openSigningKeys(folder: string): Promise<SigningKeys> {
  const file = path.join(folder, 'keys.json')
  const { keys } = (await readKeys(file)) ?? (await makeKeys(file))
  const newest = keys.at(-1) as (typeof keys)[number]
  // The right names may still hold numbers that are no key.
  const privateKey = await importJWK(newest, 'ES256').catch(() => {
    throw unreadable(file)
  })
  const published = {
    keys: keys.map(({ d: _private, ...jwk }) => ({ ...jwk, use: 'sig', alg: 'ES256' })),
  }
  return {
    kid: newest.kid,
    privateKey: privateKey as CryptoKey,
    published,
    verifyKeys: createLocalJWKSet(published),
  }
}

async function readKeys(file: string): Promise<v.InferOutput<typeof KeyFile> | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(file)
  }
  try {
    return v.parse(KeyFile, JSON.parse(text))
  } catch {
    throw unreadable(file)
  }
}

const unreadable = (file: string) =>
  new StartError(
    `The signing keys in ${file} can't be read. Put the file back from a backup; or move it away to start with new keys, which makes every access token out there invalid until its next refresh.`,
  )

async function makeKeys(file: string): Promise<v.InferOutput<typeof KeyFile>> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  const content = v.parse(KeyFile, { keys: [{ ...jwk, kid }] })
  const draft = `${file}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(JSON.stringify(content))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await chmod(draft, 0o600)
  await rename(draft, file)
  return content
}
