import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import * as v from 'valibot'
import { DEFAULT_APPLICATION } from '../../mock-provider/defaults.ts'
import { Party } from '../../playground/party.ts'
import { readCost } from '../process-cost.ts'

/** What both are asked for: our default application's sign-in, which oauth2-mock-server takes as any other. */
export const APPLICATION = {
  clientId: DEFAULT_APPLICATION.clientId,
  clientSecret: DEFAULT_APPLICATION.clientSecret,
  redirectUri: DEFAULT_APPLICATION.redirectUris[0] ?? '',
  scope: `openid ${DEFAULT_APPLICATION.clientId}`,
} as const

export const PROGRAMS = {
  provider: 'provider.mjs',
  'oauth2-mock-server': 'bench-oauth2-mock-server.mjs',
} as const

export type ContenderName = keyof typeof PROGRAMS

const Metadata = v.object({
  issuer: v.string(),
  authorization_endpoint: v.string(),
  token_endpoint: v.string(),
  jwks_uri: v.string(),
})

/** A provider in a process of its own. */
export interface Contender {
  readonly name: ContenderName
  readonly party: Party
  readonly metadata: v.InferOutput<typeof Metadata>
  /** Milliseconds from its start until it served. */
  readonly startTime: number
  /** Megabytes it held then; `undefined` where the system doesn't tell. */
  readonly startMemory: number | undefined
  /** @throws when it isn't an ID token of this provider's for {@link APPLICATION}. */
  verify(idToken: string): Promise<JWTPayload>
}

/** @param programs - the folder of the bundled programs. */
export async function startContender(
  name: ContenderName,
  programs: URL,
  folder: string,
): Promise<Contender> {
  const party = new Party({
    name,
    program: fileURLToPath(new URL(PROGRAMS[name], programs)),
    environment: { NODE_ENV: 'production', PORT: '0' },
    logFile: join(folder, `${name}.log`),
  })
  const began = performance.now()
  const { issuer = '' } = await party.start()
  const startTime = performance.now() - began
  const bytes = party.pid === undefined ? undefined : readCost(party.pid)?.rssBytes
  const answer = await fetch(`${issuer.replace(/\/?$/, '/')}.well-known/openid-configuration`)
  const metadata = v.parse(Metadata, await answer.json())
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri))
  return {
    name,
    party,
    metadata,
    startTime,
    startMemory: bytes === undefined ? undefined : bytes / 1e6,
    verify: async (idToken) =>
      (
        await jwtVerify(idToken, keys, {
          issuer: metadata.issuer,
          audience: APPLICATION.clientId,
        })
      ).payload,
  }
}
