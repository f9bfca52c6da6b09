import { setTimeout as pause } from 'node:timers/promises'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { nodeDisk } from '../idp/store/disk.ts'
import { generationFiles, planLoad } from '../idp/store/generations.ts'
import { load } from '../idp/store/load.ts'
import { parseRefreshToken } from '../idp/tokens/refresh-token.ts'
import { hashOf } from '../idp/tokens/secret.ts'
import type { Contender } from './contenders.ts'
import { WrongAnswer } from './load.ts'

/**
 * The newest access token of each session that was used: signed by the server's published key, and
 * bound to the device's key.
 *
 * @returns how many were checked
 * @throws WrongAnswer
 */
export async function verifyAccessTokens({ target, jwks, sessions }: Contender): Promise<number> {
  const keys = createRemoteJWKSet(new URL(jwks))
  let checked = 0
  for (const { accessToken, device } of sessions) {
    if (accessToken === undefined) continue
    const { payload } = await jwtVerify(accessToken, keys, {
      typ: 'at+jwt',
      algorithms: ['ES256'],
    }).catch((cause: unknown) => {
      throw new WrongAnswer(`An access token of ${target.name} does not verify.`, { cause })
    })
    if ((payload.cnf as { jkt?: unknown } | undefined)?.jkt !== device.jkt) {
      throw new WrongAnswer(`An access token of ${target.name} is not bound to its device's key.`)
    }
    checked++
  }
  return checked
}

/**
 * Kills the site and looks into its store: every refresh token that was ever acknowledged last must be
 * the session's current one.
 *
 * @returns how many sessions were checked
 * @throws WrongAnswer
 */
export async function verifyDurable({ party, data, sessions }: Contender): Promise<number> {
  if (party.pid !== undefined) process.kill(party.pid, 'SIGKILL')
  while (party.state !== 'stopped') await pause(5)
  const plan = planLoad(data, generationFiles(await nodeDisk.list(data)))
  const stored = await load(data, nodeDisk, plan)
  for (const { refreshToken } of sessions) {
    const token = parseRefreshToken(refreshToken)
    const session = token && stored.data.session.get(token.sessionId)
    if (!token || session?.tokens?.current !== hashOf(token.secret)) {
      throw new WrongAnswer('The site lost an acknowledged refresh when it was killed.')
    }
  }
  return sessions.length
}
