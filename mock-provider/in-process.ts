import * as v from 'valibot'
import { SystemClock } from '../clock/clock.ts'
import { ProviderConfig, type ProviderConfigInput } from './config.ts'
import { DEFAULT_CONFIG } from './defaults.ts'
import { type ProviderOptions, type Reach, type RunningProvider, startProvider } from './server.ts'

/**
 * Starts a provider within a test, on a free port of this machine; as many side by side as are needed.
 *
 * What is left out is as `npm run provider` has it: five people, whose password is
 * `DEFAULT_PASSWORD`, and policies to sign in and to reset a password.
 *
 * A test that moves time calls `shiftDate()` of `clock/shifted-date.ts` before this module is imported,
 * since the engine reads `Date`.
 *
 * @example
 * ```ts
 * const provider = await startInProcess({ applications: [{ clientId: 'shop', name: 'Shop', redirectUris: ['http://localhost'] }] })
 * const metadata = await fetch(`${provider.policies[0]?.authority}/v2.0/.well-known/openid-configuration`)
 * await provider.close()
 * ```
 *
 * @throws ValiError naming what is wrong in the configuration.
 */
export const startInProcess = async (
  config: Partial<ProviderConfigInput> = {},
  options: Partial<Omit<ProviderOptions, 'config'> & Reach> = {},
): Promise<RunningProvider> =>
  startProvider({
    port: 0,
    clock: new SystemClock(),
    log: () => {},
    control: false,
    ...options,
    config: v.parse(ProviderConfig, { ...DEFAULT_CONFIG, ...config }),
  })
