import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import * as v from 'valibot'
import { issueCredentials, pinOf } from '../../../mock-provider/certificates/authority.ts'
import { openAuthority } from '../../../mock-provider/certificates/folder.ts'
import { ProviderConfig, type ProviderConfigInput } from '../../../mock-provider/config.ts'
import { DEFAULT_CONFIG } from '../../../mock-provider/defaults.ts'
import { APPLICATIONS } from '../applications.ts'
import { clock } from '../world.ts'

// After the clock, which world.ts puts in place.
const { startProvider } = await import('../../../mock-provider/server.ts')

export const TENANT = '775527ff-9a37-4307-8b3d-cc311f58d925'
export const ALICE = '0a11ce00-6f1d-4c1e-8a51-2f6b1c9d0001'

export const POLICIES = [
  { id: 'B2C_1_signupsignin', journey: 'sign-up-or-sign-in' },
  { id: 'B2C_1_partners', journey: 'sign-in' },
  { id: 'B2C_1_passwordreset', journey: 'reset' },
] satisfies ProviderConfigInput['policies']

/**
 * A provider that speaks https on a free port, by an authority of its own.
 *
 * @param host - the name in its addresses.
 */
export async function openSecureWorld(more: Partial<ProviderConfigInput> = {}, host = 'localhost') {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-clients-'))
  const { authority, file: ca } = openAuthority(folder, clock.now())
  const credentials = issueCredentials(authority, host, clock.now())
  const provider = await startProvider({
    port: 0,
    host,
    credentials,
    config: v.parse(ProviderConfig, {
      ...DEFAULT_CONFIG,
      applications: APPLICATIONS,
      policies: POLICIES,
      ...more,
    }),
    clock,
    control: false,
    log: () => {},
  })

  const authorityOf = (id: string): string =>
    provider.policies.find((policy) => policy.id === id)?.authority ?? 'no such policy'

  const getJson = (url: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options = { ca: authority.certificate.toString(), agent: false as const }
      const asked = request(url, options, async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve(JSON.parse(text))
      })
      asked.on('error', reject).end()
    })

  /**
   * Checks a token as an API has to. MSAL for Node reads tokens and checks no signature, so that it
   * would take any.
   */
  async function verified(token: string, audience: string): Promise<JWTPayload> {
    const keys = await getJson(`${authorityOf('B2C_1_signupsignin')}/discovery/v2.0/keys`)
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as JSONWebKeySet), {
      audience,
      algorithms: ['RS256'],
      typ: 'JWT',
    })
    return payload
  }

  return {
    ...provider,
    credentials,
    ca,
    /** What Chromium is told to trust (print-env). */
    pin: pinOf(authority),
    host: new URL(provider.url).host,
    authorityOf,
    verified,
    async close() {
      await provider.close()
      rmSync(folder, { recursive: true })
    },
  }
}
