import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
} from 'jose'
import * as v from 'valibot'
import { writePrivateFile } from '../private-file.ts'
import type { Settings } from '../settings.ts'
import { StartError } from '../start-error.ts'

const PrivateJwk = v.object({
  kty: v.literal('RSA'),
  n: v.string(),
  e: v.string(),
  d: v.string(),
  p: v.string(),
  q: v.string(),
  dp: v.string(),
  dq: v.string(),
  qi: v.string(),
  kid: v.string(),
})

type PrivateJwk = v.InferOutput<typeof PrivateJwk>

const KeyFile = v.object({ keys: v.pipe(v.array(PrivateJwk), v.minLength(1)) })

/** The keys that Security Event Tokens are signed with. The newest signs, all of them are published. */
export interface EventKeys {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly published: JSONWebKeySet
}

/**
 * The keys of Security Event Tokens: RS256, as the CAEP interoperability profile demands
 * (notes/standards.md E-4), and apart from those of access tokens, so that neither kind of token ever
 * verifies as the other. Read from the data folder, and made when the first endpoint asks for them.
 *
 * @returns `null` while no endpoint does
 * @throws StartError when the file is not what we wrote
 */
export async function openEventKeys({
  data,
  services,
}: Pick<Settings, 'data' | 'services'>): Promise<EventKeys | null> {
  if (!services.some(({ format }) => format === 'caep')) return null
  const file = path.join(data, 'event-keys.json')
  const keys = (await readKeys(file)) ?? (await makeKeys(file))
  const newest = keys.at(-1)
  const privateKey = newest && (await importJWK(newest, 'RS256').catch(() => undefined))
  if (!newest || !(privateKey instanceof CryptoKey)) throw unreadable(file)
  return {
    kid: newest.kid,
    privateKey,
    published: {
      keys: keys.map(({ kty, n, e, kid }) => ({ kty, n, e, kid, use: 'sig', alg: 'RS256' })),
    },
  }
}

async function readKeys(file: string): Promise<readonly PrivateJwk[] | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw unreadable(file)
  }
  try {
    return v.parse(KeyFile, JSON.parse(text)).keys
  } catch {
    throw unreadable(file)
  }
}

async function makeKeys(file: string): Promise<readonly PrivateJwk[]> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const jwk = await exportJWK(privateKey)
  const content = v.parse(KeyFile, { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk) }] })
  await writePrivateFile(file, JSON.stringify(content))
  return content.keys
}

const unreadable = (file: string) =>
  new StartError(
    `The keys of Security Event Tokens in ${file} can't be read. Put the file back from a backup; or move it away to start with new ones, which receivers will find at the jwks_uri.`,
  )
